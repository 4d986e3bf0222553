// The checks of `kronos doctor`: what keeps this machine from computing on Vulkan, and what to do
// about it. Each adds findings; none changes anything.
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <sys/resource.h>
#include <sys/stat.h>

#include "cli.h"
#include "doctor_findings.h"
#include "doctor_packages.h"
#include "doctor_place.h"
#include "targets.h"

// What cli_check_manifests found.
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
