#include "doctor.h"

#include "variables.h"

void cli_check_environment(cli_findings *findings, const cli_place *place)
{
    const size_t before = findings->count;
    for (size_t i = 0; i < cli_variable_count; i++) {
        const cli_variable *variable = &cli_variables[i];
        const char *value = cli_place_variable(place, variable->name);
        if (!value || !*value || !variable->effect)
            continue;
        cli_find(findings, CLI_WARNING, "environment", "%s=%s: %s", variable->name, value,
                 variable->effect);
        cli_fix(findings, "unset %s, unless that is what you want", variable->name);
    }
    const char *cache = cli_place_variable(place, "KRONOS_CACHE_DIR");
    if (cache && *cache && !cli_place_has(place, cache)) {
        cli_find(findings, CLI_WARNING, "environment",
                 "KRONOS_CACHE_DIR=%s is not there: pipelines are compiled anew each time", cache);
        cli_fix(findings, "mkdir -p %s", cache);
    }
    if (findings->count == before)
        cli_find(findings, CLI_OK, "environment", "no variable changes results or times");
}

void cli_check_limits(cli_findings *findings, rlim_t address_bytes, rlim_t open_files)
{
    // Drivers reserve far more addresses than memory; 64 GiB is what a GPU with 16 GiB asks for.
    const rlim_t enough_bytes = (rlim_t)64 << 30;
    enum { ENOUGH_FILES = 256 };
    const size_t before = findings->count;
    if (address_bytes < enough_bytes) {
        cli_find(findings, CLI_WARNING, "limits",
                 "addresses are limited to %llu MiB, and drivers of GPUs reserve many GiB",
                 (unsigned long long)(address_bytes >> 20));
        cli_fix(findings, "ulimit -v unlimited");
    }
    if (open_files < ENOUGH_FILES) {
        cli_find(findings, CLI_WARNING, "limits",
                 "%llu files may be open at once; drivers open many",
                 (unsigned long long)open_files);
        cli_fix(findings, "ulimit -n 1024");
    }
    if (findings->count == before)
        cli_find(findings, CLI_OK, "limits", "addresses and open files suffice");
}
