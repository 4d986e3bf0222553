#include "torture_place.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proxied.h"

enum { PATH_BYTES = 4096 };

// What the library logs about failures is not looked at; its sentences are.
static void ignore_log(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

static void remove_files(const char *folder)
{
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries && (entry = readdir(entries));)
        (void)unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        (void)closedir(entries);
}

static void remove_folder(void *folder)
{
    remove_files(folder);
    (void)rmdir(folder);
}

static const char *make_folder(kt_test *t)
{
    const char *base = getenv("TMPDIR");
    char *path = kt_alloc(t, PATH_BYTES);
    snprintf(path, PATH_BYTES, "%s/kronos-case-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(path)) {
        FAILF(t, "no folder like %s can be made", path);
        return NULL;
    }
    kt_defer(t, remove_folder, path);
    return path;
}

// The copy of the proxy that stands in front of the null driver. It is a library of its own, so
// that cases on both drivers can share a process.
static bool use_null_driver(torture_place *place)
{
    kt_test *t = place->t;
    const char *null_driver = kt_null_driver(t),
               *end = null_driver ? strrchr(null_driver, '/') : NULL;
    char *path = kt_alloc(t, PATH_BYTES), message[256];
    if (end)
        snprintf(path, PATH_BYTES, "%.*s/watched%s", (int)(end - null_driver), null_driver, end);
    void *library = end ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL; // never closed
    const kronos_proxy_api *(*get)(void) = NULL;
    if (library)
        *(void **)&get = dlsym(library, "kronos_proxy_get");
    if (!get) {
        SKIP(t, "no null driver behind the proxy: %s", path);
        return false;
    }
    place->proxy = get();
    place->config.driver = path;
    const bool taken = place->proxy->configure(place->variant, message, sizeof message);
    return taken || CHECK_EQ_STRING(message, "");
}

bool torture_place_begin(torture_place *place, kt_test *t, const char *variant, bool null_driver)
{
    *place = (torture_place){.t = t,
                             .variant = variant,
                             .computes = !null_driver,
                             .config = {.queues = 2, .log = ignore_log},
                             .folder = make_folder(t)};
    uint8_t *bytes = kt_alloc(t, 2 * TORTURE_PAGE);
    place->page = (uint32_t *)(bytes + TORTURE_PAGE - (uintptr_t)bytes % TORTURE_PAGE);
    if (!place->folder)
        return false;
    if (null_driver)
        return use_null_driver(place);
    place->proxy = proxied_api(t);
    return place->proxy && proxied_prepare(t, variant, &place->config);
}

void torture_place_empty(const torture_place *place)
{
    remove_files(place->folder);
}
