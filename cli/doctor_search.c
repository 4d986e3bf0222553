#include "doctor_search.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

// By cli_manifests: the folder's name, the variables that replace the standard folders (the first
// that is set counts), and the one that adds to them.
static const struct {
    const char *folder, *instead[2], *added;
} KINDS[] = {
    {"icd.d", {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}, "VK_ADD_DRIVER_FILES"},
    {"explicit_layer.d", {"VK_LAYER_PATH", NULL}, "VK_ADD_LAYER_PATH"},
    {"implicit_layer.d", {NULL, NULL}, NULL},
};

static void add_path(cli_search *search, const char *path)
{
    for (size_t i = 0; i < search->count; i++)
        if (!strcmp(search->paths[i], path))
            return; // a second time is once
    search->paths = kt_memory_append(search->paths, search->count, sizeof *search->paths);
    search->paths[search->count++] = kt_copy_string(path);
}

// Each part of a list joined by ':', with `tail` behind it.
static void add_list(cli_search *search, const char *list, const char *tail)
{
    for (const char *at = list; at && *at;) {
        size_t length = strcspn(at, ":");
        size_t kept = length;
        while (*tail && kept > 1 && at[kept - 1] == '/')
            kept--;
        kt_text path = {0};
        kt_text_format(&path, "%.*s%s", (int)kept, at, tail);
        if (length)
            add_path(search, path.bytes);
        kt_text_finish(&path);
        at += length + (at[length] == ':');
    }
}

// The folder of a variable of the XDG base directory specification; empty is as good as not set.
static void add_xdg(cli_search *search, const cli_place *place, const char *variable,
                    const char *other, const char *tail)
{
    const char *value = cli_place_variable(place, variable);
    add_list(search, value && *value ? value : other, tail);
}

// The user's own, where XDG does not say otherwise.
static void add_home(cli_search *search, const cli_place *place, const char *variable,
                     const char *below, const char *tail)
{
    kt_text other = {0};
    const char *home = cli_place_variable(place, "HOME");
    if (home && *home)
        kt_text_format(&other, "%s/%s", home, below);
    add_xdg(search, place, variable, kt_text_string(&other), tail);
    kt_text_finish(&other);
}

void cli_search_init_standard(cli_search *search, const cli_place *place, cli_manifests kind)
{
    *search = (cli_search){0};
    kt_text tail = {0};
    kt_text_format(&tail, "/vulkan/%s", KINDS[kind].folder);
    if (KINDS[kind].added)
        add_list(search, cli_place_variable(place, KINDS[kind].added), "");
    add_home(search, place, "XDG_CONFIG_HOME", ".config", tail.bytes);
    add_xdg(search, place, "XDG_CONFIG_DIRS", "/etc/xdg", tail.bytes);
    add_list(search, "/etc", tail.bytes);
    add_home(search, place, "XDG_DATA_HOME", ".local/share", tail.bytes);
    add_xdg(search, place, "XDG_DATA_DIRS", "/usr/local/share:/usr/share", tail.bytes);
    kt_text_finish(&tail);
}

void cli_search_init(cli_search *search, const cli_place *place, cli_manifests kind)
{
    for (int i = 0; i < 2; i++) {
        const char *variable = KINDS[kind].instead[i];
        const char *value = variable ? cli_place_variable(place, variable) : NULL;
        if (!value)
            continue;
        // An empty one replaces the folders by nothing.
        cli_search_init_list(search, value);
        search->variable = variable;
        return;
    }
    cli_search_init_standard(search, place, kind);
}

void cli_search_init_list(cli_search *search, const char *list)
{
    *search = (cli_search){0};
    add_list(search, list, "");
}

void cli_search_finish(cli_search *search)
{
    for (size_t i = 0; i < search->count; i++)
        free(search->paths[i]);
    free(search->paths);
    *search = (cli_search){0};
}

bool cli_is_manifest(const char *path)
{
    static const char ENDING[] = ".json";
    size_t length = strlen(path), ending = sizeof ENDING - 1;
    return length > ending && !strcmp(path + length - ending, ENDING);
}

// Adds a path to an array that ends with NULL.
static char **append(char **paths, size_t *count, char *path)
{
    paths = kt_memory_grow(paths, *count + 2, sizeof *paths);
    paths[(*count)++] = path;
    paths[*count] = NULL;
    return paths;
}

char **cli_search_list(const cli_search *search, const cli_place *place)
{
    char **paths = kt_memory(1, sizeof *paths);
    size_t count = 0;
    for (size_t i = 0; i < search->count; i++) {
        const char *path = search->paths[i];
        if (cli_is_manifest(path)) {
            paths = append(paths, &count, kt_copy_string(path));
            continue;
        }
        char **names = cli_place_names(place, path);
        for (char **name = names; *name; name++) {
            kt_text file = {0};
            bool ended = path[strlen(path) - 1] == '/'; // no path is empty
            kt_text_format(&file, "%s%s%s", path, ended ? "" : "/", *name);
            if (cli_is_manifest(*name))
                paths = append(paths, &count, file.bytes);
            else
                kt_text_finish(&file);
        }
        free(names);
    }
    return paths;
}

void cli_paths_free(char **paths)
{
    for (char **path = paths; *path; path++)
        free(*path);
    free(paths);
}
