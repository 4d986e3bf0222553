#include "doctor_manifests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_library.h"
#include "doctor_search.h"
#include "fail.h"
#include "json.h"
#include "os/files.h"
#include "os/trust.h"
#include "vk/manifest.h"

enum { BITS = sizeof(void *) * 8 };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// What libkronos' own reader passes over, because it opens a driver by itself and the loader's
// rules about versions and architectures do not concern it. True where the loader goes on.
static bool check_members(cli_findings *findings, const char *path, const char *text)
{
    bool used = true;
    cJSON *json = cJSON_Parse(text);
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(json, "file_format_version");
    const cJSON *icd = cJSON_GetObjectItemCaseSensitive(json, "ICD");
    const char *format = cJSON_GetStringValue(version);
    const char *bits = kt_json_string(icd, "library_arch");
    if (!format) {
        cli_find(findings, CLI_WRONG, "manifest",
                 "%s has no \"file_format_version\": the loader skips it", path);
        cli_fix(findings, "add \"file_format_version\": \"1.0.0\" beside \"ICD\"");
        used = false;
    } else if (strcmp(format, "1.0.0") != 0 && strcmp(format, "1.0.1") != 0) {
        cli_find(findings, CLI_WARNING, "manifest",
                 "%s has file_format_version \"%s\"; the loader knows 1.0.0 and 1.0.1", path,
                 format);
        cli_fix(findings, "install the manifest that came with the driver, or a newer loader");
    }
    if (used && *bits && atoi(bits) != BITS) {
        cli_find(findings, CLI_OK, "driver", "%s is for %s-bit programs; the loader skips it here",
                 path, bits);
        used = false;
    }
    cJSON_Delete(json);
    return used;
}

// Reads a manifest. False, and a finding, where the loader makes nothing of it.
static bool read_manifest(cli_findings *findings, const cli_place *place, const char *path,
                          kro__manifest *out)
{
    size_t size_bytes = 0;
    char *file = cli_place_file(place, path);
    char *text = kt_read_file(file, &size_bytes);
    const int error = errno;
    free(file);
    if (!text) {
        cli_find(findings, CLI_WRONG, "manifest", "%s cannot be read: %s", path, strerror(error));
        if (error == ENOENT)
            cli_fix(findings, "correct the variable or the link that names it");
        else
            cli_fix(findings, "let everybody read it: chmod a+r %s", path);
        return false;
    }
    bool good = kro__manifest_parse(text, size_bytes, path, out) >= 0;
    if (!good) {
        cli_find(findings, CLI_WRONG, "manifest", "%s", kro__detail());
        cli_fix(findings, "install the package that it belongs to anew, or remove %s", path);
    }
    good = good && check_members(findings, path, text);
    free(text);
    return good;
}

// The filter of the loader's that keeps it from looking at a manifest; NULL where none does.
static const char *find_filter(cli_findings *findings, const cli_place *place, const char *path)
{
    const char *const filters[] = {"VK_LOADER_DRIVERS_SELECT", "VK_LOADER_DRIVERS_DISABLE"};
    for (int i = 0; i < 2; i++) {
        const char *value = cli_place_variable(place, filters[i]);
        bool selects = i == 0;
        if (!value || !*value || kt_match(value, base_name(path)) == selects)
            continue;
        cli_find(findings, CLI_WARNING, "driver", "%s is left out by %s=%s", path, filters[i],
                 value);
        cli_fix(findings, "unset %s", filters[i]);
        return filters[i];
    }
    return NULL;
}

// Two manifests are one too many where they share a name or a library: the loader takes both.
static void check_twice(cli_findings *findings, const cli_drivers *drivers, const cli_driver *own)
{
    for (size_t i = 0; i < drivers->count; i++) {
        const cli_driver *other = &drivers->items[i];
        bool same_library = other->file && own->file && !strcmp(other->file, own->file);
        if (!same_library && strcmp(base_name(other->manifest), base_name(own->manifest)) != 0)
            continue;
        cli_find(findings, CLI_WARNING, "driver",
                 "%s and %s %s: the loader shows its devices twice", other->manifest, own->manifest,
                 same_library ? "name the same library" : "are one driver in two places");
        cli_fix(findings, "remove one of them, or name the one to use in VK_DRIVER_FILES");
        return;
    }
}

// `--driver` and KRONOS_DRIVER are stricter than the loader.
static void check_trust(cli_findings *findings, const char *file)
{
    kro__trusted_file trusted;
    if (kro__trusted_file_open(file, &trusted) < 0) {
        cli_find(findings, CLI_WARNING, "driver", "the loader takes it, --driver would not: %s",
                 kro__detail());
        cli_fix(findings, "do what the sentence says before you name this driver in KRONOS_DRIVER");
    }
    kro__trusted_file_finish(&trusted);
}

static void check_library(cli_findings *findings, const cli_place *place, cli_driver *driver,
                          const kro__manifest *manifest)
{
    cli_library library;
    cli_library_init(&library, place, driver->library);
    driver->usable = !library.problem.size_bytes;
    driver->file = library.file;
    library.file = NULL;
    if (driver->usable) {
        cli_find(findings, CLI_OK, "driver", "%s: %s can be loaded (Vulkan %u.%u.%u)",
                 driver->manifest, driver->file ? driver->file : driver->library,
                 manifest->api_major, manifest->api_minor, manifest->api_patch);
        if (driver->file)
            check_trust(findings, driver->file);
    } else {
        cli_find(findings, CLI_WRONG, "driver", "%s: %s does not load: %s", driver->manifest,
                 driver->library, kt_text_string(&library.problem));
        cli_fix_library(findings, place, &library);
    }
    cli_library_finish(&library);
}

static void check_one(cli_findings *findings, const cli_place *place, const char *path,
                      cli_drivers *drivers)
{
    kro__manifest manifest;
    char library[2 * KRO__MANIFEST_PATH_BYTES];
    const char *filter = find_filter(findings, place, path);
    if (filter)
        drivers->variable = filter;
    if (filter || !read_manifest(findings, place, path, &manifest))
        return;
    if (!kro__manifest_resolve(path, manifest.library_path, library, sizeof library)) {
        cli_find(findings, CLI_WRONG, "manifest", "%s: the path of its library is too long", path);
        cli_fix(findings, "shorten library_path");
        return;
    }
    cli_driver driver = {.manifest = kt_copy_string(path), .library = kt_copy_string(library)};
    check_library(findings, place, &driver, &manifest);
    check_twice(findings, drivers, &driver);
    drivers->items = kt_memory_append(drivers->items, drivers->count, sizeof driver);
    drivers->items[drivers->count++] = driver;
}

// Names the manifests of the standard folders that a variable hides.
static void tell_hidden(cli_findings *findings, const cli_place *place, const cli_search *used)
{
    cli_search standard;
    cli_search_init_standard(&standard, place, CLI_MANIFESTS_DRIVERS);
    char **paths = cli_search_list(&standard, place);
    char **used_paths = cli_search_list(used, place);
    kt_text hidden = {0};
    for (char **path = paths; *path; path++) {
        bool named = false;
        for (char **other = used_paths; *other; other++)
            named = named || !strcmp(*other, *path);
        if (!named)
            kt_text_format(&hidden, "%s%s", hidden.size_bytes ? ", " : "", *path);
    }
    if (!used->count) {
        cli_find(findings, CLI_WRONG, "manifest",
                 "%s is set and empty: the loader then finds no driver at all", used->variable);
        cli_fix(findings, "unset %s", used->variable);
    } else if (hidden.size_bytes) {
        cli_find(findings, CLI_WARNING, "manifest", "%s hides %s", used->variable,
                 kt_text_string(&hidden));
        cli_fix(findings, "unset %s, unless that is what you want", used->variable);
    }
    kt_text_finish(&hidden);
    cli_paths_free(paths);
    cli_paths_free(used_paths);
    cli_search_finish(&standard);
}

static void tell_none(cli_findings *findings, const cli_place *place, const cli_search *search)
{
    kt_text folders = {0};
    for (size_t i = 0; i < search->count; i++)
        kt_text_format(&folders, "%s%s", i ? ", " : "", search->paths[i]);
    cli_find(findings, CLI_WRONG, "manifest", "no driver manifest is in %s",
             kt_text_string(&folders));
    if (cli_has_nvidia_device(place))
        cli_fix(findings, "mend what is said of NVIDIA's driver below");
    else
        cli_fix_by_package(findings, place, CLI_PACKAGE_MESA);
    kt_text_finish(&folders);
}

static void check_all(cli_findings *findings, const cli_place *place, const cli_search *search,
                      cli_drivers *out)
{
    char **paths = cli_search_list(search, place);
    if (!*paths && search->count)
        tell_none(findings, place, search);
    for (char **path = paths; *path; path++)
        check_one(findings, place, *path, out);
    cli_paths_free(paths);
}

void cli_check_manifests(cli_findings *findings, const cli_place *place, cli_drivers *out)
{
    *out = (cli_drivers){0};
    cli_search search;
    cli_search_init(&search, place, CLI_MANIFESTS_DRIVERS);
    out->variable = search.variable;
    if (search.variable)
        tell_hidden(findings, place, &search);
    check_all(findings, place, &search, out);
    cli_search_finish(&search);
    // What `kronos certify` looks at besides.
    cli_search_init_list(&search, cli_place_variable(place, "KRONOS_EXTRA_DRIVERS"));
    check_all(findings, place, &search, out);
    cli_search_finish(&search);
}

const cli_driver *cli_drivers_find(const cli_drivers *drivers, const char *part)
{
    const cli_driver *found = NULL;
    for (size_t i = 0; i < drivers->count; i++) {
        const cli_driver *driver = &drivers->items[i];
        if (strstr(base_name(driver->library), part) && (!found || !found->usable))
            found = driver;
    }
    return found;
}

void cli_drivers_finish(cli_drivers *drivers)
{
    for (size_t i = 0; i < drivers->count; i++) {
        free(drivers->items[i].manifest);
        free(drivers->items[i].library);
        free(drivers->items[i].file);
    }
    free(drivers->items);
    *drivers = (cli_drivers){0};
}
