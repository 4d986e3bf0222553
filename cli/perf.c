#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "survey.h"
#include "survey_table.h"

enum { DEVICE = 1 << 0, DRIVER = 1 << 1, TIER = 1 << 2, SEED = 1 << 3, JSON = 1 << 4 };

static const kt_argument OPTIONS[] = {
    {TIER, "--tier", "TIER", "quick (default), standard or full"},
    {DEVICE, "--device", "D", "\"index:1\", \"vendor:nvidia\", \"type:cpu\" or part of a name"},
    {DRIVER, "--driver", "FILE", "driver library or manifest to open without the loader"},
    {SEED, "--seed", "S", "of the order in which contenders take turns; default: 1"},
    {JSON, "--json", NULL, "everything, as JSON"},
};

typedef struct command {
    kp_survey_config survey;
    bool json;
} command;

static bool take_tier(command *self, const char *value, kt_text *problem)
{
    for (int tier = KT_TIER_QUICK; tier <= KT_TIER_FULL; tier++)
        if (!strcmp(value, kt_tier_text((kt_tier)tier))) {
            self->survey.tier = (kt_tier)tier;
            return true;
        }
    return kt_refuse(problem, "--tier is quick, standard or full, not '%s'", value);
}

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    switch (bit) {
    case 0:
        if (self->survey.filter)
            return kt_refuse(problem, "perf takes one pattern, '%s' is too much", value);
        self->survey.filter = value;
        return true;
    case DEVICE:
        self->survey.device = value;
        return true;
    case DRIVER:
        self->survey.driver = value;
        return true;
    case TIER:
        return take_tier(self, value, problem);
    case SEED:
        return kt_parse_number(value, UINT64_MAX, &self->survey.seed) ||
               kt_refuse(problem, "--seed is a whole number, not '%s'", value);
    default: // JSON
        self->json = true;
        return true;
    }
}

static void print_json(const cJSON *results)
{
    char *text = cJSON_Print(results);
    puts(text ? text : "");
    cJSON_free(text);
}

int cli_perf(int count, char **arguments)
{
    command self = {.survey = {.seed = 1}};
    const cli_command_line line = {
        .usage = "kronos perf [options] [GLOB]\n\nMeasures what dispatches cost beside the same "
                 "work in hand-written Vulkan, in turns.\nGLOB chooses workloads, such as "
                 "'chain/*'. docs/performance.md explains what is\nmeasured.",
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    int code;
    if (!cli_arguments(&line, &self, count, arguments, &code))
        return code;
    kt_text problem = {0};
    cJSON *results = kp_survey_run(&self.survey, &problem);
    code = results ? KT_EXIT_EXPECTED : KT_EXIT_UNUSABLE;
    if (!results)
        fprintf(stderr, "kronos perf: %s\n", kt_text_string(&problem));
    else if (self.json)
        print_json(results);
    else
        kp_survey_print(results, stdout);
    cJSON_Delete(results);
    kt_text_finish(&problem);
    return code;
}
