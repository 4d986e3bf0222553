#include "made_run.h"

#include <stdlib.h>
#include <string.h>

// The suite and the group that all made up cases are in.
static const kt_suite SUITE = {.name = "suite"};

made_run made_run_init(const char *device)
{
    made_run made = {.run.config.program = "kronos run", .run.device = cJSON_CreateObject()};
    cJSON_AddStringToObject(made.run.device, "name", device);
    return made;
}

void made_run_finish(made_run *made)
{
    for (size_t i = 0; i < made->run.slot_count; i++)
        free((char *)made->cases[i].name);
    free(made->cases);
    kt_run_finish(&made->run);
}

void made_run_add(made_run *made, const char *name, kt_status status, const char *message)
{
    static const kt_entry ENTRY = {0};
    kt_run *run = &made->run;
    const size_t count = run->slot_count + 1;
    made->cases = kt_memory_grow(made->cases, count, sizeof *made->cases);
    run->results = kt_memory_grow(run->results, count, sizeof *run->results);
    run->config.expectations = &made->expectations;
    made->cases[count - 1] =
        (kt_case){.name = kt_copy_string(name), .suite = &SUITE, .group = "group", .entry = &ENTRY};
    kt_result *result = &run->results[count - 1];
    *result = (kt_result){.status = status, .first.status = status};
    kt_text_format(&result->first.message, "%s", message);
    run->counts[status]++;
    run->slot_count = run->result_count = run->selected_count = run->done_count = count;
    // They move while they grow.
    for (size_t i = 0; i < count; i++)
        run->results[i].test_case = &made->cases[i];
}
