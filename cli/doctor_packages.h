// What to install, in the words of the distribution.
#ifndef CLI_DOCTOR_PACKAGES_H
#define CLI_DOCTOR_PACKAGES_H

#include "doctor_findings.h"
#include "doctor_place.h"

// What there is to install, by the names of its packages.
typedef enum cli_package { CLI_PACKAGE_LOADER, CLI_PACKAGE_MESA, CLI_PACKAGE_LAYER } cli_package;
// The last finding is mended by a package: the distribution's command, or a few words.
void cli_fix_by_package(cli_findings *findings, const cli_place *place, cli_package package);

// The last finding is mended by installing libraries, whose names have a blank each behind them.
void cli_fix_by_libraries(cli_findings *findings, const cli_place *place, const char *names);

#endif
