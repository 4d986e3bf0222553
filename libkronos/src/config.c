#include "config.h"

#include <stdio.h>
#include <string.h>

#include "os/environment.h"

// Enough for a submit to cost little of a batch, few enough for the device to start early.
enum { DEFAULT_BATCH_NODES = 2048 };

static void log_to_stderr(void *user, kro_log_level level, const char *message)
{
    static const char *const names[] = {"error", "warning", "info"};
    const kro_log_level *highest = user;
    if (level <= *highest)
        fprintf(stderr, "kronos: %s: %s\n", names[level], message);
}

static const kro_log_level *stderr_level(void)
{
    static const kro_log_level levels[] = {KRO_LOG_ERROR, KRO_LOG_WARNING, KRO_LOG_INFO};
    const char *name = kro__environment("KRONOS_LOG");
    if (name && strcmp(name, "error") == 0)
        return &levels[KRO_LOG_ERROR];
    if (name && strcmp(name, "info") == 0)
        return &levels[KRO_LOG_INFO];
    return &levels[KRO_LOG_WARNING];
}

static const char *environment_text(const char *given, const char *variable)
{
    return given && *given ? given : kro__environment(variable);
}

static bool environment_flag(bool given, const char *variable)
{
    const char *value = kro__environment(variable);
    return given || (value && strcmp(value, "1") == 0);
}

kro_context_config kro__complete_config(const kro_context_config *config)
{
    kro_context_config full = config ? *config : (kro_context_config){0};
    full.device = environment_text(full.device, "KRONOS_DEVICE");
    full.driver = environment_text(full.driver, "KRONOS_DRIVER");
    full.cache_dir = environment_text(full.cache_dir, "KRONOS_CACHE_DIR");
    full.validation = environment_flag(full.validation, "KRONOS_VALIDATION");
    full.plain = environment_flag(full.plain, "KRONOS_PLAIN");
    if (full.batch_nodes == 0)
        full.batch_nodes = DEFAULT_BATCH_NODES;
    if (full.queues == 0)
        full.queues = 1;
    if (full.queues > KRO__MAX_QUEUES)
        full.queues = KRO__MAX_QUEUES;
    if (!full.log) {
        full.log = log_to_stderr;
        full.log_user = (void *)stderr_level(); // read only
    }
    return full;
}

kro__open_config kro__open_config_of(const kro_context_config *full)
{
    return (kro__open_config){
        .driver = full->driver,
        .validation = full->validation,
        .robust = full->robust,
        .no_memory_budget = full->no_memory_budget,
        .enable_all_features = full->enable_all_features,
        .queues = full->queues,
        .slab_bytes = full->slab_bytes,
        .cache_dir = full->cache_dir,
        .get_instance_proc_addr = full->get_instance_proc_addr,
        .log = {.function = full->log, .user = full->log_user},
    };
}
