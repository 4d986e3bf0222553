// The drivers that the Vulkan loader would try.
#ifndef CLI_DOCTOR_MANIFESTS_H
#define CLI_DOCTOR_MANIFESTS_H

#include "doctor.h"

typedef struct cli_driver {
    char *manifest; // as the loader names it
    char *library;  // path, or bare name for the dynamic linker
    char *file;     // the library itself, links resolved; NULL where it is not found
    bool usable;    // nothing was found that keeps it from being loaded
} cli_driver;

struct cli_drivers {
    cli_driver *items;
    size_t count;
    const char *variable; // that hides others: it names these, or leaves some out; NULL: none does
};

// Looks at every driver manifest and at the library that it names.
void cli_check_manifests(cli_findings *findings, const cli_place *place, cli_drivers *out);
void cli_drivers_finish(cli_drivers *drivers);

// The first driver with a part of its library's name, such as "libvulkan_radeon", usable ones
// before others; NULL where there is none.
const cli_driver *cli_drivers_find(const cli_drivers *drivers, const char *part);

#endif
