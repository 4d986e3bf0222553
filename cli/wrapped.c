#include "wrapped.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "arguments.h"
#include "doctor_manifests.h"
#include "doctor_place.h"
#include "drivers.h"
#include "main.h"
#include "os/files.h"

static const char PROXY[] = "libkronos_proxy.so";

static bool write_file(const char *path, const void *bytes, size_t size_bytes, kt_text *problem)
{
    return kt_write_file(path, bytes, size_bytes) ||
           kt_refuse(problem, "%s cannot be written: %s", path, strerror(errno));
}

// The manifest of a driver with another library in it; everything else it says stays.
static bool write_manifest(const cli_driver *driver, const char *path, const char *library,
                           kt_text *problem)
{
    char *text = kt_read_file(driver->manifest, NULL);
    cJSON *json = text ? cJSON_Parse(text) : NULL;
    cJSON *icd = cJSON_GetObjectItemCaseSensitive(json, "ICD");
    cJSON_DeleteItemFromObjectCaseSensitive(icd, "library_path");
    bool right = icd && cJSON_AddStringToObject(icd, "library_path", library);
    char *written = right ? cJSON_Print(json) : NULL;
    right = written ? write_file(path, written, strlen(written), problem)
                    : kt_refuse(problem, "%s can no longer be read", driver->manifest);
    cJSON_free(written);
    cJSON_Delete(json);
    free(text);
    return right;
}

// A folder with a copy of the proxy, the driver that it stands in front of, and its manifest, which
// keeps its name: the loader's filters and its order go by it.
static bool wrap(cli_wrapped *wrapped, const cli_driver *driver, const char *proxy,
                 size_t proxy_bytes, kt_text *problem)
{
    kt_text folder = {0}, library = {0}, beside = {0}, manifest = {0};
    const char *slash = strrchr(driver->manifest, '/');
    kt_text_format(&folder, "%s/%zu", wrapped->folder, wrapped->driver_count);
    kt_text_format(&library, "%s/%s", folder.bytes, PROXY);
    kt_text_format(&beside, "%s.driver", library.bytes);
    kt_text_format(&manifest, "%s/%s", folder.bytes, slash ? slash + 1 : driver->manifest);
    bool right = mkdir(folder.bytes, 0700) == 0 ||
                 kt_refuse(problem, "%s cannot be made: %s", folder.bytes, strerror(errno));
    right = right && write_file(library.bytes, proxy, proxy_bytes, problem) &&
            write_file(beside.bytes, driver->library, strlen(driver->library), problem) &&
            write_manifest(driver, manifest.bytes, library.bytes, problem);
    if (right) {
        kt_text_format(&wrapped->manifests, "%s%s", wrapped->driver_count ? ":" : "",
                       manifest.bytes);
        wrapped->driver_count++;
    }
    kt_text_finish(&folder);
    kt_text_finish(&library);
    kt_text_finish(&beside);
    kt_text_finish(&manifest);
    return right;
}

// Libraries are loaded from the folder, which some systems forbid below /tmp. Its path stands in
// lists joined by ':' and in specs joined by ';'.
static bool make_folder(cli_wrapped *wrapped, kt_text *problem)
{
    const char *const bases[] = {getenv("TMPDIR"), "/tmp", "/var/tmp"};
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        struct statvfs system;
        if (!bases[i] || *bases[i] != '/' || strpbrk(bases[i], ":;") ||
            statvfs(bases[i], &system) != 0 || (system.f_flag & ST_NOEXEC))
            continue;
        kt_text path = {0};
        kt_text_format(&path, "%s/kronos-XXXXXX", bases[i]);
        if (mkdtemp(path.bytes)) {
            wrapped->folder = path.bytes;
            return true;
        }
        kt_text_finish(&path);
    }
    return kt_refuse(problem, "there is no folder to load libraries from: name one in TMPDIR that "
                              "can be written, is not mounted noexec and has no ':' or ';'");
}

// The loader's drivers. What certify looks at besides is not for the loader.
static void find_drivers(cli_drivers *drivers, cli_findings *findings)
{
    static const char OTHER[] = "KRONOS_EXTRA_DRIVERS=";
    cli_place place = cli_place_here();
    size_t count = 0, kept = 0;
    while (place.environment[count])
        count++;
    const char **environment = kt_memory(count + 1, sizeof *environment);
    for (size_t i = 0; i < count; i++)
        if (strncmp(place.environment[i], OTHER, strlen(OTHER)) != 0)
            environment[kept++] = place.environment[i];
    place.environment = environment;
    cli_check_manifests(findings, &place, drivers);
    free(environment);
}

static void append_counts(kt_text *out, const cli_wrapped *wrapped)
{
    kt_text_format(out, "%s/counts", wrapped->folder);
}

static bool make_counts(cli_wrapped *wrapped, kt_text *problem)
{
    char message[1024];
    kt_text path = {0};
    append_counts(&path, wrapped);
    wrapped->counts = kro__counts_map(path.bytes, true, message, sizeof message);
    kt_text_finish(&path);
    return wrapped->counts || kt_refuse(problem, "%s", message);
}

bool cli_wrapped_init(cli_wrapped *wrapped, kt_text *problem)
{
    *wrapped = (cli_wrapped){0};
    cli_findings findings = {0};
    cli_drivers drivers;
    size_t proxy_bytes = 0;
    find_drivers(&drivers, &findings);
    char *path = kt_own_driver(PROXY);
    char *proxy = path ? kt_read_file(path, &proxy_bytes) : NULL;
    bool right = proxy || kt_refuse(problem, "%s is not installed with this command", PROXY);
    right = right && make_folder(wrapped, problem) && make_counts(wrapped, problem);
    for (size_t i = 0; right && i < drivers.count; i++)
        if (drivers.items[i].usable)
            right = wrap(wrapped, &drivers.items[i], proxy, proxy_bytes, problem);
    if (right && !wrapped->driver_count)
        right = kt_refuse(problem, "the Vulkan loader has no driver here that can be loaded; "
                                   "'kronos doctor' says why");
    free(proxy);
    free(path);
    cli_drivers_finish(&drivers);
    cli_findings_finish(&findings);
    if (!right)
        cli_wrapped_finish(wrapped);
    return right;
}

void cli_wrapped_finish(cli_wrapped *wrapped)
{
    if (wrapped->folder)
        kt_remove_folder(wrapped->folder);
    if (wrapped->counts)
        munmap(wrapped->counts, sizeof *wrapped->counts);
    free(wrapped->folder);
    kt_text_finish(&wrapped->manifests);
    *wrapped = (cli_wrapped){0};
}

// The variables that the program and all that it starts find.
static bool set_environment(const cli_wrapped *wrapped, const char *spec, kt_text *problem)
{
    const char *manifests = kt_text_string(&wrapped->manifests);
    kt_text words = {0};
    // Standard error is the program's: no report there.
    kt_text_format(&words, "%s%sreport=/dev/null;counts=", spec, *spec ? ";" : "");
    append_counts(&words, wrapped);
    bool right = !setenv("VK_DRIVER_FILES", manifests, true) &&
                 !setenv("VK_ICD_FILENAMES", manifests, true) && // what older loaders call it
                 !setenv("KRONOS_PROXY", words.bytes, true) && !unsetenv("VK_ADD_DRIVER_FILES") &&
                 !unsetenv("KRONOS_PROXY_DRIVER");
    kt_text_finish(&words);
    return right || kt_refuse(problem, "the environment cannot be changed: %s", strerror(errno));
}

const char **cli_wrapped_environment(const cli_wrapped *wrapped, const char *spec)
{
    static const char *const SET[] = {"VK_DRIVER_FILES", "VK_ICD_FILENAMES", "KRONOS_PROXY"};
    enum { SET_COUNT = sizeof SET / sizeof SET[0] };
    const char *manifests = kt_text_string(&wrapped->manifests);
    const char *const values[SET_COUNT] = {manifests, manifests, spec};
    const char **changes = kt_memory(SET_COUNT + 3, sizeof *changes);
    for (size_t i = 0; i < SET_COUNT; i++) {
        kt_text text = {0};
        kt_text_format(&text, "%s=%s", SET[i], values[i]);
        changes[i] = text.bytes;
    }
    changes[SET_COUNT] = kt_copy_string("VK_ADD_DRIVER_FILES");
    changes[SET_COUNT + 1] = kt_copy_string("KRONOS_PROXY_DRIVER");
    return changes;
}

void cli_wrapped_free(const char **environment)
{
    for (size_t i = 0; environment && environment[i]; i++)
        free((char *)environment[i]);
    free(environment);
}

bool cli_wrapped_run(const cli_wrapped *wrapped, cli_guest *guest, const char *spec,
                     kt_text *problem)
{
    return set_environment(wrapped, spec, problem) && cli_guest_run(guest, problem);
}

bool cli_wrapped_was_reached(const cli_wrapped *wrapped)
{
    return atomic_load(&wrapped->counts->calls[KRO__CALL_vkCreateInstance].value) != 0;
}

int cli_wrapped_code(const cli_wrapped *wrapped, const cli_guest *guest, kt_text *problem)
{
    enum { SIGNALED = 128 };
    char name[32];
    const kt_process_end *end = &guest->end;
    int code = end->code + (end->signaled ? SIGNALED : 0);
    if (end->signaled)
        fprintf(stderr, "kronos: %s was ended by %s\n", guest->words[0],
                kt_signal_name(end->code, name, sizeof name));
    else if (code)
        fprintf(stderr, "kronos: %s ended with exit code %d, which is that of kronos, too\n",
                guest->words[0], code);
    if (cli_wrapped_was_reached(wrapped))
        return code;
    kt_refuse(problem,
              "there is nothing to tell: %s created no Vulkan instance through the loader. What "
              "opens a driver itself (KRONOS_DRIVER), runs with another user's rights or clears "
              "its environment is not seen",
              guest->words[0]);
    return code ? code : KT_EXIT_UNUSABLE;
}
