#include "doctor_packages.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "os/files.h"

// What a distribution calls a package, by the ID or ID_LIKE of its os-release.
typedef struct distribution {
    const char *id, *install;
    const char *packages[3]; // by cli_package
} distribution;

static const distribution DISTRIBUTIONS[] = {
    {"debian", "apt-get install", {"libvulkan1", "mesa-vulkan-drivers", "vulkan-validationlayers"}},
    {"ubuntu", "apt-get install", {"libvulkan1", "mesa-vulkan-drivers", "vulkan-validationlayers"}},
    {"fedora", "dnf install", {"vulkan-loader", "mesa-vulkan-drivers", "vulkan-validation-layers"}},
    {"rhel", "dnf install", {"vulkan-loader", "mesa-vulkan-drivers", "vulkan-validation-layers"}},
    {"arch",
     "pacman -S",
     {"vulkan-icd-loader", "vulkan-swrast vulkan-radeon vulkan-intel", "vulkan-validation-layers"}},
};

enum { DISTRIBUTION_COUNT = sizeof DISTRIBUTIONS / sizeof DISTRIBUTIONS[0] };

// Whether a line such as `ID_LIKE="rhel fedora"` holds a word.
static bool has_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = line; (at = strstr(at, word)); at += length)
        if (strchr("= \"", at[-1]) && strchr(" \"\n", at[length]))
            return true;
    return false;
}

static const distribution *find_distribution(const cli_place *place)
{
    char *file = cli_place_file(place, "/etc/os-release");
    char *text = kt_read_file(file, NULL);
    free(file);
    const distribution *found = NULL;
    for (char *line = text; line && *line && !found;) {
        char *end = line + strcspn(line, "\n");
        bool more = *end;
        *end = '\0';
        bool counts = !strncmp(line, "ID=", 3) || !strncmp(line, "ID_LIKE=", 8);
        for (int i = 0; counts && !found && i < DISTRIBUTION_COUNT; i++)
            if (has_word(line, DISTRIBUTIONS[i].id))
                found = &DISTRIBUTIONS[i];
        line = more ? end + 1 : end;
    }
    free(text);
    return found;
}

void cli_fix_by_package(cli_findings *findings, const cli_place *place, cli_package package)
{
    static const char *const WORDS[] = {
        "install the Vulkan loader (libvulkan1, vulkan-loader or vulkan-icd-loader)",
        "install a Vulkan driver: mesa-vulkan-drivers, with one for any CPU, or the GPU vendor's",
        "install the Khronos validation layer (vulkan-validationlayers)",
    };
    const distribution *here = find_distribution(place);
    if (here)
        cli_fix(findings, "%s%s %s", place->uid == 0 ? "" : "sudo ", here->install,
                here->packages[package]);
    else
        cli_fix(findings, "%s", WORDS[package]);
}

// The package of a library by Debian's rule: "libX11.so.6" is in libx11-6, "libEGL.so.1" in
// libegl1. False where the name has another form.
//
// Source: Debian policy, "Run-time shared libraries".
static bool append_debian_package(kt_text *out, const char *name, size_t length)
{
    const char *ending = memmem(name, length, ".so.", 4);
    const char *version = ending ? ending + 4 : NULL;
    size_t digits = version ? strspn(version, "0123456789") : 0;
    if (!digits || version + digits != name + length)
        return false;
    for (const char *c = name; c < ending; c++)
        kt_text_format(out, "%c", *c == '_' ? '-' : tolower((unsigned char)*c));
    kt_text_format(out, "%s%.*s ", isdigit((unsigned char)ending[-1]) ? "-" : "", (int)digits,
                   version);
    return true;
}

void cli_fix_by_libraries(cli_findings *findings, const cli_place *place, const char *names)
{
    kt_text packages = {0};
    const distribution *here = find_distribution(place);
    bool known = here && !strcmp(here->install, DISTRIBUTIONS[0].install);
    for (const char *name = names; *name && known; name += strcspn(name, " ") + 1)
        known = append_debian_package(&packages, name, strcspn(name, " "));
    if (known)
        cli_fix(findings, "%s%s %s", place->uid == 0 ? "" : "sudo ", here->install, packages.bytes);
    else
        cli_fix(findings, "install the packages that hold %s", names);
    kt_text_finish(&packages);
}
