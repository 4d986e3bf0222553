#include "suite_program.h"

#include <stdlib.h>

#include "arguments.h"
#include "drivers.h"
#include "guest.h"
#include "run.h"

static int run(cli_guest *guest, const char *name, kt_text *problem)
{
    char signal[32];
    if (!cli_guest_run(guest, problem))
        return KT_EXIT_UNUSABLE;
    if (!guest->end.signaled)
        return guest->end.code;
    kt_refuse(problem, "%s was ended by %s", name,
              kt_signal_name(guest->end.code, signal, sizeof signal));
    return KT_EXIT_UNUSABLE;
}

int cli_suite_program(const char *name, int count, char **arguments, kt_text *problem)
{
    char *path = kt_own_driver(name);
    if (!path) {
        kt_refuse(problem, "%s is missing: it lies beside Kronos' own drivers", name);
        return KT_EXIT_UNUSABLE;
    }
    cli_guest guest = {0};
    cli_guest_add(&guest, path);
    for (int i = 0; i < count; i++)
        cli_guest_add(&guest, arguments[i]);
    const int code = run(&guest, name, problem);
    cli_guest_finish(&guest);
    free(path);
    return code;
}
