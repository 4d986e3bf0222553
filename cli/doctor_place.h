// The machine that is examined: its files and its environment.
#ifndef CLI_DOCTOR_PLACE_H
#define CLI_DOCTOR_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

// Where the checks look: this machine, or folders and variables that a test has planted.
typedef struct cli_place {
    const char *root;               // stands before every absolute path; "" for this machine
    const char *const *environment; // "NAME=VALUE", NULL at the end
    uid_t uid;
    const char *user; // its name; "" where it has none
} cli_place;

// This machine, as this process sees it.
cli_place cli_place_here(void);

// The value of a variable; NULL where it is not set.
const char *cli_place_variable(const cli_place *place, const char *name);
// The file that a path means there; the caller frees it.
char *cli_place_file(const cli_place *place, const char *path);
// Whether it is there, readable or not.
bool cli_place_has(const cli_place *place, const char *path);
// The first line of a file, without its end; NULL where there is none. The caller frees it.
char *cli_place_line(const cli_place *place, const char *path);
// The last part of what a link points to; NULL where there is no link. The caller frees it.
char *cli_place_link_name(const cli_place *place, const char *path);

// The names in a folder, sorted, NULL at the end; the caller frees the array, which holds them.
// Empty where there is no such folder.
char **cli_place_names(const cli_place *place, const char *folder);

// Whether this is a container: its engine's name ("docker", "podman", …), or NULL.
const char *cli_container(const cli_place *place);
// Whether a device node of an NVIDIA GPU is there.
bool cli_has_nvidia_device(const cli_place *place);

#endif
