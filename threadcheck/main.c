// The program behind `kronos threads`: it has libkronos with points inside, and so does not share
// the command's.
#include "main.h"

#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "json.h"

#define KT_SUITE_TABLE KT_JOIN(kt_suite_, KT_SUITE, )

extern const kt_suite KT_SUITE_TABLE;

// What looks at each schedule besides the scene itself.
static const char *const CHECKERS[] = {"numbers",
                                       "objects left",
                                       "objects destroyed in use",
                                       "writes that the host sees unordered",
                                       "two threads inside one object",
                                       "deadlocks"};

enum { CHECKER_COUNT = sizeof CHECKERS / sizeof CHECKERS[0] };

static void print_json(const kt_run *run, const explore_counts *counts)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "schedules");
    kt_json_add_u64(object, "seed", run->config.seed);
    kt_json_add_u64(object, "schedules", counts->schedules);
    kt_json_add_u64(object, "steps", counts->steps);
    kt_json_add_u64(object, "switches", counts->switches);
    cJSON *checkers = cJSON_AddArrayToObject(object, "checkers");
    for (int i = 0; i < CHECKER_COUNT; i++)
        cJSON_AddItemToArray(checkers, cJSON_CreateString(CHECKERS[i]));
    char *text = cJSON_PrintUnformatted(object);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void finished(const kt_options *options, const kt_run *run)
{
    const explore_counts counts = explore_counts_of(run);
    if (options->given & KT_OPTION_JSON) {
        print_json(run, &counts);
        return;
    }
    printf("# %" PRIu64 " schedules of seed %" PRIu64 ": %" PRIu64 " steps, %" PRIu64
           " of them another thread's turn\n# looked for:",
           counts.schedules, run->config.seed, counts.steps, counts.switches);
    for (int i = 0; i < CHECKER_COUNT; i++)
        printf("%s %s", i ? "," : "", CHECKERS[i]);
    puts("");
}

// Children look at their environment.
static void hand_on(const char *variable, const char *value)
{
    if (value)
        setenv(variable, value, true);
}

static void begin(const kt_options *options)
{
    hand_on("KRONOS_SCHEDULES", options->schedules);
    hand_on("KRONOS_SCHEDULE", options->schedule);
}

int main(int argc, char **argv)
{
    const kt_suite *suites[] = {&KT_SUITE_TABLE};
    const bool known = !strcmp(KT_SUITE_TABLE.name, "threadcheck"); // to the kronos command
    return kt_main(argc, argv,
                   &(kt_program){.name = known ? "kronos threads" : NULL,
                                 .suites = suites,
                                 .suite_count = 1,
                                 .more_options = KT_OPTION_SCHEDULES | KT_OPTION_SCHEDULE,
                                 .begin = begin,
                                 .finished = finished});
}
