#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "comparison.h"
#include "exports.h"
#include "gate.h"
#include "os/files.h"
#include "survey_table.h"

enum {
    DEVICE = 1 << 0,
    DRIVER = 1 << 1,
    TIER = 1 << 2,
    SEED = 1 << 3,
    JSON = 1 << 4,
    SAVE = 1 << 5,
    COMPARE = 1 << 6,
    FORMAT = 1 << 7,
};

static const kt_argument OPTIONS[] = {
    {TIER, "--tier", "TIER", "quick (default), standard or full"},
    {DEVICE, "--device", "D", "\"index:1\", \"vendor:nvidia\", \"type:cpu\" or part of a name"},
    {DRIVER, "--driver", "FILE", "driver library or manifest to open without the loader"},
    {SEED, "--seed", "S", "of the order in which contenders take turns; default: 1"},
    {SAVE, "--save", "FILE", "keep the results of five surveys for --compare"},
    {COMPARE, "--compare", "FILE", "exit code 1 where it is worse than what FILE holds"},
    {JSON, "--json", NULL, "everything, as JSON"},
    {FORMAT, "--format", "F",
     "JSON for a tool that draws trends: github-action-benchmark\n(customSmallerIsBetter) or "
     "bencher"},
};

// Makes of the results what a tool takes.
typedef cJSON *(*export_function)(const cJSON *results);

static const struct format {
    const char *name;
    export_function function;
} FORMATS[] = {
    {"github-action-benchmark", kp_export_github},
    {"bencher", kp_export_bencher},
};

typedef struct command {
    kp_survey_config survey;
    const char *save, *compare; // files, or NULL
    export_function export;     // or NULL
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

static bool take_format(command *self, const char *value, kt_text *problem)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
        if (!strcmp(value, FORMATS[i].name)) {
            self->export = FORMATS[i].function;
            return true;
        }
    return kt_refuse(problem, "--format is github-action-benchmark or bencher, not '%s'", value);
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
    case SAVE:
        self->save = value;
        return true;
    case COMPARE:
        self->compare = value;
        return true;
    case FORMAT:
        return take_format(self, value, problem);
    default: // JSON
        self->json = true;
        return true;
    }
}

static bool write_json(const cJSON *results, FILE *file)
{
    char *text = cJSON_Print(results);
    const bool written = text && fprintf(file, "%s\n", text) > 0;
    cJSON_free(text);
    return written;
}

static bool save(const command *self, const cJSON *results, kt_text *problem)
{
    FILE *file = fopen(self->save, "we");
    bool written = file && write_json(results, file);
    if (file && fclose(file))
        written = false;
    return written || kt_refuse(problem, "--save: %s: %s", self->save, strerror(errno));
}

// What --compare names; NULL with a sentence in `problem`.
static cJSON *read_saved(const char *path, kt_text *problem)
{
    size_t size_bytes;
    char *text = kt_read_file(path, &size_bytes);
    if (!text) {
        kt_refuse(problem, "--compare: %s: %s", path, strerror(errno));
        return NULL;
    }
    cJSON *json = cJSON_ParseWithLength(text, size_bytes);
    free(text);
    if (!json)
        kt_refuse(problem, "--compare: %s is no JSON", path);
    return json;
}

// Compares and adds what is worse to the results.
//
// Returns: an exit code, with a sentence in `problem` where it is that of wrong usage.
static int compare(const command *self, const cJSON *saved, cJSON *results, kt_text *problem)
{
    cJSON *worse = kp_gate(&self->survey, saved, results, problem);
    if (!worse)
        return KT_EXIT_USAGE;
    cJSON_AddItemToObject(results, "worse", worse);
    return cJSON_GetArraySize(worse) ? KT_EXIT_FAULTS : KT_EXIT_EXPECTED;
}

static void print(const command *self, const cJSON *results)
{
    if (self->export) {
        cJSON *exported = self->export(results);
        (void)write_json(exported, stdout);
        cJSON_Delete(exported);
        return;
    }
    if (self->json) {
        (void)write_json(results, stdout); // kt_finish_output says whether that went well
        return;
    }
    kp_survey_print(results, stdout);
    const cJSON *worse = cJSON_GetObjectItem(results, "worse");
    kp_compare_print(worse, stdout);
    if (worse && !cJSON_GetArraySize(worse))
        printf("No worse than %s\n", self->compare);
}

// Measures, compares, saves and prints.
//
// Returns: an exit code, with a sentence in `problem` where something went wrong.
static int run(const command *self, const cJSON *saved, kt_text *problem)
{
    cJSON *results = self->save ? kp_baseline_run(&self->survey, problem)
                                : kp_survey_run(&self->survey, problem);
    if (!results)
        return KT_EXIT_UNUSABLE;
    int code = KT_EXIT_EXPECTED;
    if (self->save && !save(self, results, problem))
        code = KT_EXIT_USAGE;
    if (saved && code == KT_EXIT_EXPECTED)
        code = compare(self, saved, results, problem);
    if (code != KT_EXIT_USAGE)
        print(self, results);
    cJSON_Delete(results);
    return code;
}

int cli_perf(int count, char **arguments)
{
    command self = {.survey = {.seed = 1}};
    const cli_command_line line = {
        .usage = "kronos perf [options] [GLOB]\n\nMeasures what dispatches cost beside the same "
                 "work in hand-written Vulkan, in turns.\nGLOB chooses workloads, such as "
                 "'chain/*'. docs/performance.md explains what is\nmeasured. Exit code 1: worse "
                 "than what --compare names.",
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    int code;
    if (!cli_arguments(&line, &self, count, arguments, &code))
        return code;
    if (self.json && self.export)
        return kt_usage_error("--json and --format exclude each other");
    kt_text problem = {0};
    cJSON *saved = self.compare ? read_saved(self.compare, &problem) : NULL;
    code = self.compare && !saved ? KT_EXIT_USAGE : run(&self, saved, &problem);
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", kt_text_string(&problem));
    cJSON_Delete(saved);
    kt_text_finish(&problem);
    return code;
}
