// `kronos doctor`: what keeps this machine from computing on Vulkan, and what to do about it. Each
// check adds findings; none changes anything.
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "cli.h"
#include "targets.h"
#include "text.h"

typedef enum cli_state {
    CLI_OK,
    CLI_WARNING, // computing works, but not as it might seem to
    CLI_WRONG,
} cli_state;

typedef struct cli_finding {
    cli_state state;
    const char *check; // "loader", "manifest", …
    char *sentence;
    char *fix; // what to do, a command where there is one; NULL where there is nothing to do
} cli_finding;

typedef struct cli_findings {
    cli_finding *items;
    size_t count;
} cli_findings;

void cli_find(cli_findings *findings, cli_state state, const char *check, const char *format, ...)
    KT_PRINTF(4, 5);
// Gives the last finding its fix.
void cli_fix(cli_findings *findings, const char *format, ...) KT_PRINTF(2, 3);
void cli_findings_finish(cli_findings *findings);

// Where the checks look: this machine, or folders and variables that a test has planted.
typedef struct cli_place {
    const char *root;               // stands before every absolute path; "" for this machine
    const char *const *environment; // "NAME=VALUE", NULL at the end
    uid_t uid;
    const char *user; // its name; "" where it has none
} cli_place;

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

// What there is to install, by the names of its packages.
typedef enum cli_package { CLI_PACKAGE_LOADER, CLI_PACKAGE_MESA, CLI_PACKAGE_LAYER } cli_package;
// The last finding is mended by a package: the distribution's command, or a few words.
void cli_fix_by_package(cli_findings *findings, const cli_place *place, cli_package package);

// The last finding is mended by installing libraries, whose names have a blank each behind them.
void cli_fix_by_libraries(cli_findings *findings, const cli_place *place, const char *names);

// Whether this is a container: its engine's name ("docker", "podman", …), or NULL.
const char *cli_container(const cli_place *place);
// Whether a device node of an NVIDIA GPU is there.
bool cli_has_nvidia_device(const cli_place *place);

// The checks, each in a file of its own, in the order in which they are told. `drivers` is what
// cli_check_manifests found.

typedef struct cli_drivers cli_drivers;

// The Vulkan loader, by the name that the dynamic linker knows it by.
void cli_check_loader(cli_findings *findings, const cli_place *place, const char *name);
// A driver that is to be opened without the loader: only what is trusted is.
void cli_check_own_driver(cli_findings *findings, const char *driver);
// A device node that could not be opened, and the error number that said so. Pure but for asking
// who is in a group.
void cli_find_refused_node(cli_findings *findings, const cli_place *place, const char *path,
                           const struct stat *state, int error);
// The GPUs' files in /dev. True where one can be opened.
bool cli_check_nodes(cli_findings *findings, const cli_place *place);
// GPUs and who drives them. True where one has a kernel driver and a Vulkan driver that loads.
bool cli_check_kernel(cli_findings *findings, const cli_place *place, const cli_drivers *drivers);
void cli_check_container(cli_findings *findings, const cli_place *place,
                         const cli_drivers *drivers);
void cli_check_layers(cli_findings *findings, const cli_place *place);
void cli_check_environment(cli_findings *findings, const cli_place *place);
// Limits of this process: RLIM_INFINITY where there is none.
void cli_check_limits(cli_findings *findings, rlim_t address_bytes, rlim_t open_files);

// What is wrong with the devices as a whole: none, or none that is a GPU. False where nothing is.
bool cli_find_lack(cli_findings *findings, const cli_targets *targets, bool expects_gpu);
// One dispatch on each device that `options` and the environment name; true where one was right.
// Where `expects_gpu`, one of them should be a GPU.
bool cli_check_dispatch(cli_findings *findings, const cli_place *place, const kt_options *options,
                        bool expects_gpu);

#endif
