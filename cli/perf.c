#include "cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "against.h"
#include "baseline.h"
#include "exports.h"
#include "gate.h"
#include "json.h"
#include "kronos_build.h"
#include "os/files.h"
#include "os/process.h"
#include "perf_files.h"
#include "sides.h"
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
    COUNTS = 1 << 8,
    AGAINST = 1 << 9,
    HISTORY = 1 << 10,
    HTML = 1 << 11,
};

static const kt_argument OPTIONS[] = {
    {TIER, "--tier", "TIER", "quick (default), standard or full"},
    {DEVICE, "--device", "D", "\"index:1\", \"vendor:nvidia\", \"type:cpu\" or part of a name"},
    {DRIVER, "--driver", "FILE", "driver library or manifest to open without the loader"},
    {SEED, "--seed", "S", "of the order in which contenders take turns; default: 1"},
    {COUNTS, "--counts", NULL, "counts only, no times: soon done, the same on every machine"},
    {SAVE, "--save", "FILE", "keep the results of five surveys for --compare"},
    {COMPARE, "--compare", "FILE", "exit code 1 where it is worse than what FILE holds"},
    {AGAINST, "--against", "REF",
     "exit code 1 where the working tree is worse than commit REF: both\nare built, and measured "
     "in turns"},
    {HISTORY, "--history", "FILE", "append the results to FILE, as a line of JSON"},
    {HTML, "--html", "FILE", "draw the results, and the trend in --history, as one web page"},
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
    const char *save, *compare, *history, *html; // files, or NULL
    const char *against;                         // a commit, or NULL
    export_function export;                      // or NULL
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
    case HISTORY:
        self->history = value;
        return true;
    case HTML:
        self->html = value;
        return true;
    case AGAINST:
        self->against = value;
        return true;
    case COUNTS:
        self->survey.counts_only = true;
        return true;
    case FORMAT:
        return take_format(self, value, problem);
    default: // JSON
        self->json = true;
        return true;
    }
}

static void print_json(const cJSON *json)
{
    char *text = cJSON_Print(json);
    puts(text ? text : ""); // kt_finish_output says whether that went well
    cJSON_free(text);
}

// Adds what was found to the results.
static void add_comparison(const kp_comparison *comparison, cJSON *results)
{
    cJSON_AddItemToObject(results, "worse", cJSON_Duplicate(comparison->worse, true));
    cJSON_AddItemToObject(results, "better", cJSON_Duplicate(comparison->better, true));
    if (comparison->untimed.size_bytes)
        kt_json_add_text(results, "untimed", kt_text_string(&comparison->untimed));
}

static void print(const command *self, const cJSON *results, const kp_comparison *comparison)
{
    if (self->export) {
        cJSON *exported = self->export(results);
        print_json(exported);
        cJSON_Delete(exported);
        return;
    }
    if (self->json) {
        print_json(results);
        return;
    }
    if (self->against)
        kp_against_print(results, stdout);
    else
        kp_survey_print(results, stdout);
    if (comparison->worse)
        kp_comparison_print(comparison, self->against ? self->against : self->compare, stdout);
}

// Which library was measured when.
static void add_origin(cJSON *results)
{
    kt_json_add_text(results, "commit", KRONOS_GIT_CLEAN ? KRONOS_GIT_HASH : KRONOS_GIT_HASH "+");
    kt_json_add_u64(results, "time", (uint64_t)kt_unix_time());
}

static int worst(const kp_comparison *comparison)
{
    return cJSON_GetArraySize(comparison->worse) ? KT_EXIT_FAULTS : KT_EXIT_EXPECTED;
}

static cJSON *survey_again(void *user, const kp_survey_config *survey, kt_text *problem)
{
    (void)user;
    return kp_survey_run(survey, problem);
}

// Writes the files that were asked for.
static bool keep(const command *self, const cJSON *results, kt_text *problem)
{
    return (!self->save || cli_perf_save(results, self->save, problem)) &&
           (!self->history || cli_perf_add_history(results, self->history, problem)) &&
           (!self->html || cli_perf_write_page(results, self->history, self->html, problem));
}

// Compares, keeps and prints what was measured.
//
// Returns: an exit code, with a sentence in `problem` where something went wrong.
static int use(const command *self, const cJSON *saved, cJSON *results, kt_text *problem)
{
    kp_comparison comparison = {0};
    int code = KT_EXIT_EXPECTED;
    const kp_gate_config gate = {.survey = self->survey, .run = survey_again};
    if (saved && !kp_gate(&gate, saved, results, &comparison, problem))
        code = KT_EXIT_USAGE;
    if (code == KT_EXIT_EXPECTED && saved)
        add_comparison(&comparison, results);
    if (code == KT_EXIT_EXPECTED && !keep(self, results, problem))
        code = KT_EXIT_USAGE;
    if (code == KT_EXIT_EXPECTED) {
        print(self, results, &comparison);
        code = worst(&comparison);
    }
    kp_comparison_finish(&comparison);
    return code;
}

// Measures, and does with it what was asked for.
//
// Returns: as above.
static int run(const command *self, const cJSON *saved, kt_text *problem)
{
    cJSON *results = self->save ? kp_baseline_run(&self->survey, problem)
                                : kp_survey_run(&self->survey, problem);
    if (!results)
        return KT_EXIT_UNUSABLE;
    add_origin(results);
    const int code = use(self, saved, results, problem);
    cJSON_Delete(results);
    return code;
}

// Measures two builds of the library, and prints what came out.
static int measure_sides(const command *self, const cli_sides *sides, kt_text *problem)
{
    const kp_against_config config = {
        .survey = self->survey, .now = sides->now, .before = sides->before};
    kp_comparison comparison;
    cJSON *results = kp_against_run(&config, &comparison, problem);
    int code = KT_EXIT_UNUSABLE;
    if (results) {
        cJSON *against = cJSON_AddObjectToObject(results, "against");
        kt_json_add_text(against, "ref", self->against);
        kt_json_add_text(against, "commit", sides->commit);
        add_origin(results);
        add_comparison(&comparison, results);
        print(self, results, &comparison);
        code = worst(&comparison);
    }
    kp_comparison_finish(&comparison);
    cJSON_Delete(results);
    return code;
}

static int run_against(const command *self, kt_text *problem)
{
    cli_sides sides;
    kt_interrupts_begin(); // nothing stays behind
    int code = cli_sides_init(&sides, self->against, problem);
    if (code == KT_EXIT_EXPECTED)
        code = measure_sides(self, &sides, problem);
    cli_sides_finish(&sides);
    kt_interrupts_end();
    return code;
}

static int run_compared(const command *self, kt_text *problem)
{
    cJSON *saved = self->compare ? cli_perf_read(self->compare, problem) : NULL;
    const int code = self->compare && !saved ? KT_EXIT_USAGE : run(self, saved, problem);
    cJSON_Delete(saved);
    return code;
}

int cli_perf(int count, char **arguments)
{
    command self = {.survey = {.seed = 1}};
    const cli_command_line line = {
        .usage = "kronos perf [options] [GLOB]\n\nMeasures what dispatches cost beside the same "
                 "work in hand-written Vulkan, in turns.\nGLOB chooses workloads, such as "
                 "'chain/*'. docs/performance.md explains what is\nmeasured. Exit code 1: worse "
                 "than what --compare or --against names.",
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
    if (self.against && (self.compare || self.save || self.history || self.html || self.export ||
                         self.survey.counts_only))
        return kt_usage_error("--against goes with --json and with what chooses device, tier and "
                              "workloads, with nothing else");
    self.survey.progress = kt_is_terminal(STDERR_FILENO);
    kt_text problem = {0};
    code = self.against ? run_against(&self, &problem) : run_compared(&self, &problem);
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", kt_text_string(&problem));
    kt_text_finish(&problem);
    return code;
}
