#include "targets.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "probe.h"

void cli_append_slug(kt_text *out, const char *name)
{
    bool gap = out->size_bytes > 0;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name) || (unsigned char)*name >= 0x80) {
            gap = out->size_bytes > 0;
            continue;
        }
        kt_text_format(out, "%s%c", gap ? "-" : "", tolower((unsigned char)*name));
        gap = false;
    }
}

static bool folder_taken(const cli_targets *targets, const char *folder)
{
    for (size_t i = 0; i < targets->count; i++)
        if (!strcmp(targets->items[i].folder, folder))
            return true;
    return false;
}

// "llvmpipe-llvm-15-0-6-256-bits": the driver's name in front, unless the device's starts with it.
// A second device of that name gets a number.
static char *choose_folder(const cli_targets *targets, const cJSON *device)
{
    kt_text driver = {0}, name = {0}, folder = {0};
    cli_append_slug(&driver, kt_json_string(device, "driver_name"));
    cli_append_slug(&name, kt_json_string(device, "name"));
    bool inside = !strncmp(kt_text_string(&name), kt_text_string(&driver), driver.size_bytes);
    if (driver.size_bytes && !inside)
        kt_text_format(&folder, "%s-", kt_text_string(&driver));
    kt_text_format(&folder, "%s", name.size_bytes ? kt_text_string(&name) : "device");
    const size_t plain_bytes = folder.size_bytes;
    for (unsigned number = 2; folder_taken(targets, kt_text_string(&folder)); number++) {
        folder.size_bytes = plain_bytes;
        kt_text_format(&folder, "-%u", number);
    }
    kt_text_finish(&driver);
    kt_text_finish(&name);
    return folder.bytes;
}

// The same device through the same driver, found a second time through another manifest.
static bool is_known(const cli_targets *targets, const cJSON *device, const char *manifest)
{
    static const char *const SAME[] = {"uuid", "name", "driver_name", "driver_info",
                                       "driver_version"};
    for (size_t i = 0; manifest && i < targets->count; i++) {
        bool same = true;
        for (size_t j = 0; j < sizeof SAME / sizeof SAME[0]; j++)
            same = same && !strcmp(kt_json_string(targets->items[i].device, SAME[j]),
                                   kt_json_string(device, SAME[j]));
        if (same)
            return true;
    }
    return false;
}

// Changes that let the loader see the drivers of a manifest only; none where `manifest` is NULL.
static void set_environment(const char *manifest, char *out[3])
{
    // Loaders before 1.3.207 know the second name only.
    static const char *const NAMES[] = {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"};
    for (int i = 0; manifest && i < 2; i++) {
        kt_text text = {0};
        kt_text_format(&text, "%s=%s", NAMES[i], manifest);
        out[i] = text.bytes;
    }
}

// Takes the device over.
static void add_target(cli_targets *targets, cJSON *device, const char *selector,
                       const char *manifest)
{
    if (is_known(targets, device, manifest)) {
        cJSON_Delete(device);
        return;
    }
    cli_target target = {.device = device,
                         .selector = kt_copy_string(selector),
                         .folder = choose_folder(targets, device)};
    set_environment(manifest, target.environment);
    targets->items = kt_memory_append(targets->items, targets->count, sizeof target);
    targets->items[targets->count++] = target;
}

static void report_problem(cli_targets *targets, const char *who, const kt_text *problem)
{
    kt_text_format(&targets->problems, "%s: %s\n", who, kt_text_string(problem));
}

// Every device of the loader's drivers, of `driver`, or of a manifest.
static void add_all(cli_targets *targets, const char *driver, const char *manifest)
{
    char *environment[3] = {0};
    set_environment(manifest, environment);
    kt_text problem = {0};
    cJSON *devices = cli_probe_devices(driver, (const char *const *)environment, &problem);
    if (!devices)
        report_problem(targets,
                       manifest ? manifest
                       : driver ? driver
                                : "the Vulkan loader",
                       &problem);
    for (int i = 0; devices && devices->child; i++) {
        char selector[24];
        snprintf(selector, sizeof selector, "index:%d", i);
        add_target(targets, cJSON_DetachItemFromArray(devices, 0), selector, manifest);
    }
    cJSON_Delete(devices);
    kt_text_finish(&problem);
    free(environment[0]);
    free(environment[1]);
}

static void add_named(cli_targets *targets, const char *name, const char *driver)
{
    kt_text problem = {0};
    cJSON *device = cli_probe_device(name, driver, NULL, &problem);
    if (device)
        add_target(targets, device, name, NULL);
    else
        report_problem(targets, name, &problem);
    kt_text_finish(&problem);
}

void cli_targets_init(cli_targets *targets, const kt_options *options)
{
    *targets = (cli_targets){0};
    const char *device = options->device ? options->device : getenv("KRONOS_DEVICE");
    const char *driver = options->driver ? options->driver : getenv("KRONOS_DRIVER");
    if (device && *device) {
        add_named(targets, device, options->driver);
        return;
    }
    add_all(targets, options->driver, NULL);
    const char *manifests = getenv("KRONOS_EXTRA_DRIVERS");
    if (!manifests || (driver && *driver))
        return;
    char *copy = kt_copy_string(manifests), *rest = copy;
    for (char *manifest; (manifest = strsep(&rest, ":"));)
        if (*manifest)
            add_all(targets, NULL, manifest);
    free(copy);
}

void cli_targets_finish(cli_targets *targets)
{
    for (size_t i = 0; i < targets->count; i++) {
        cli_target *target = &targets->items[i];
        cJSON_Delete(target->device);
        free(target->selector);
        free(target->environment[0]);
        free(target->environment[1]);
        free(target->folder);
    }
    free(targets->items);
    kt_text_finish(&targets->problems);
    *targets = (cli_targets){0};
}
