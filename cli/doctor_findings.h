// What `kronos doctor` found, and what to do about it.
#ifndef CLI_DOCTOR_FINDINGS_H
#define CLI_DOCTOR_FINDINGS_H

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

#endif
