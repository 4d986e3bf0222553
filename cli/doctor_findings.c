#include "doctor.h"

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

static char *format_text(const char *format, va_list list)
{
    kt_text raw = {0}, clean = {0};
    kt_text_format_list(&raw, format, list);
    // Paths, manifests and drivers may hold any bytes.
    kt_text_append_clean(&clean, kt_text_string(&raw), raw.size_bytes);
    kt_text_finish(&raw);
    if (!clean.size_bytes)
        return kt_copy_string("");
    // One line, whatever a driver said.
    for (char *end; (end = strpbrk(clean.bytes, "\n\t"));)
        *end = ' ';
    while (clean.size_bytes && clean.bytes[clean.size_bytes - 1] == ' ')
        clean.bytes[--clean.size_bytes] = '\0';
    return clean.bytes;
}

void cli_find(cli_findings *findings, cli_state state, const char *check, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    cli_finding finding = {.state = state, .check = check, .sentence = format_text(format, list)};
    va_end(list);
    findings->items = kt_memory_grow(findings->items, findings->count + 1, sizeof *findings->items);
    findings->items[findings->count++] = finding;
}

void cli_fix(cli_findings *findings, const char *format, ...)
{
    cli_finding *last = &findings->items[findings->count - 1];
    va_list list;
    va_start(list, format);
    free(last->fix);
    last->fix = format_text(format, list);
    va_end(list);
}

void cli_findings_finish(cli_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].sentence);
        free(findings->items[i].fix);
    }
    free(findings->items);
    *findings = (cli_findings){0};
}

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
        "install a Vulkan driver: Mesa's (mesa-vulkan-drivers), which includes one for any CPU, or "
        "the GPU vendor's",
        "install the Khronos validation layer (vulkan-validationlayers)",
    };
    const distribution *here = find_distribution(place);
    if (here)
        cli_fix(findings, "%s%s %s", place->uid == 0 ? "" : "sudo ", here->install,
                here->packages[package]);
    else
        cli_fix(findings, "%s", WORDS[package]);
}
