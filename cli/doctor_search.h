// Where the Vulkan loader looks for manifests. Pure but for listing folders.
#ifndef CLI_DOCTOR_SEARCH_H
#define CLI_DOCTOR_SEARCH_H

#include "doctor_place.h"

typedef enum cli_manifests {
    CLI_MANIFESTS_DRIVERS,
    CLI_MANIFESTS_EXPLICIT_LAYERS,
    CLI_MANIFESTS_IMPLICIT_LAYERS,
} cli_manifests;

typedef struct cli_search {
    char **paths; // folders, and manifests that a variable names, in the loader's order
    size_t count;
    const char *variable; // the one that replaces the standard folders; NULL where none does
} cli_search;

// As the loader of Linux distributions searches for a process that has its caller's rights alone.
//
// Source: Vulkan loader, "Driver Discovery on Linux" and "Layer Discovery on Linux".
void cli_search_init(cli_search *search, const cli_place *place, cli_manifests kind);
// The same without the variables that replace the standard folders.
void cli_search_init_standard(cli_search *search, const cli_place *place, cli_manifests kind);
// What a list joined by ':' names.
void cli_search_init_list(cli_search *search, const char *list);
void cli_search_finish(cli_search *search);

// Whether a path names a manifest rather than a folder, as the loader tells them apart.
bool cli_is_manifest(const char *path);

// Every manifest there, in the loader's order, folder by folder sorted by name; also one that a
// variable names and that does not exist. NULL at the end; freed with cli_paths_free.
char **cli_search_list(const cli_search *search, const cli_place *place);
void cli_paths_free(char **paths);

#endif
