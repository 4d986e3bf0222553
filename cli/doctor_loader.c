#include "doctor.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_library.h"
#include "fail.h"
#include "os/trust.h"

// "1.3.239" out of "/usr/lib/libvulkan.so.1.3.239"; "" where the file has another kind of name.
static const char *version_of(const char *file)
{
    const char *ending = strstr(file, ".so.");
    return ending && strspn(ending + 4, "0123456789.") == strlen(ending + 4) ? ending + 4 : "";
}

// Loaders before 1.3.207 know one of the variables only.
static void check_variables(cli_findings *findings, const cli_place *place, const char *version)
{
    int major = 0, minor = 0, patch = 0;
    if (sscanf(version, "%d.%d.%d", &major, &minor, &patch) != 3 ||
        (major << 20 | minor << 12 | patch) >= (1 << 20 | 3 << 12 | 207))
        return;
    static const char *const NEWER[] = {"VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES"};
    for (int i = 0; i < 2; i++) {
        if (!cli_place_variable(place, NEWER[i]))
            continue;
        cli_find(findings, CLI_WARNING, "loader", "loader %s does not know %s", version, NEWER[i]);
        cli_fix(findings, "name the manifests in VK_ICD_FILENAMES, or install a newer loader");
    }
}

// A file that is there and cannot be loaded: loading it might end the process.
static bool is_broken(cli_findings *findings, const cli_place *place, const char *name)
{
    cli_library library;
    cli_library_init(&library, place, name);
    bool broken = library.file && library.problem.size_bytes;
    if (broken) {
        cli_find(findings, CLI_WRONG, "loader", "%s does not load: %s", library.file,
                 kt_text_string(&library.problem));
        cli_fix_library(findings, place, &library);
    }
    cli_library_finish(&library);
    return broken;
}

void cli_check_loader(cli_findings *findings, const cli_place *place, const char *name)
{
    if (is_broken(findings, place, name))
        return;
    // As libkronos does it. Code of the loader alone runs: it opens drivers when it is asked to.
    void *loader = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!loader) {
        const char *reason = dlerror();
        cli_find(findings, CLI_WRONG, "loader", "there is no Vulkan loader: %s",
                 reason ? reason : "no reason given");
        cli_fix_by_package(findings, place, CLI_PACKAGE_LOADER);
        return;
    }
    void *symbol = dlsym(loader, "vkGetInstanceProcAddr");
    Dl_info info;
    char *file = symbol && dladdr(symbol, &info) ? realpath(info.dli_fname, NULL) : NULL;
    if (file) {
        const char *version = version_of(file);
        cli_find(findings, CLI_OK, "loader", "Vulkan loader %s, %s",
                 *version ? version : "of unknown version", file);
        check_variables(findings, place, version);
    } else {
        cli_find(findings, CLI_WRONG, "loader",
                 "%s is no Vulkan loader: it has no vkGetInstanceProcAddr", name);
        cli_fix_by_package(findings, place, CLI_PACKAGE_LOADER);
    }
    free(file);
    dlclose(loader);
}

void cli_check_own_driver(cli_findings *findings, const char *driver)
{
    kro__trusted_file file;
    if (kro__trusted_file_open(driver, &file) >= 0) {
        cli_find(findings, CLI_OK, "driver", "%s may be opened without the loader", file.path);
    } else {
        cli_find(findings, CLI_WRONG, "driver", "%s", kro__detail());
        cli_fix(findings, "mend what the sentence names, or name another driver");
    }
    kro__trusted_file_finish(&file);
}
