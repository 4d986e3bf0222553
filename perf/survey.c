#include "survey.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "calls.h"
#include "counts.h"
#include "json.h"
#include "machine.h"
#include "measure.h"
#include "rows.h"
#include "run.h"
#include "twins/twins.h"

enum { FORMAT = 1 };

// Dispatching one at a time takes long where a driver hands each to another thread.
enum { MAX_STANDARD_COUNT = 256 };

static const struct size {
    uint32_t count;
    kt_tier tier;
} SIZES[] = {
    {1, KT_TIER_QUICK},    {16, KT_TIER_QUICK},       {256, KT_TIER_QUICK},
    {1000, KT_TIER_QUICK}, {10000, KT_TIER_STANDARD},
};

static const kp_plan PLANS[] = {
    [KT_TIER_QUICK] = {.blocks = 15, .turn_ns = 1000000},
    [KT_TIER_STANDARD] = {.blocks = 41, .turn_ns = 4000000},
    [KT_TIER_FULL] = {.blocks = 101, .turn_ns = 10000000},
};

// What one workload is measured with.
typedef struct bench {
    const kp_scene *scene;
    kp_batch batch;
    kp_twin *twins[KP_TWIN_COUNT];
    kro_graph *graph;
} bench;

// The library's own contenders, in their places.
enum { STREAM, GRAPH, OWN_COUNT };

static kro_status library_round(void *self)
{
    const bench *it = self;
    return kp_scene_round(it->scene, &it->batch);
}

static kro_status graph_round(void *self)
{
    const bench *it = self;
    return kp_scene_launch(it->scene, it->graph);
}

static kro_status twin_round(void *self)
{
    return kp_twin_round(self);
}

static bool make_contenders(bench *it, kt_text *problem)
{
    kro_status status = kp_scene_make_graph(it->scene, &it->batch, &it->graph);
    if (status < 0)
        return kp_refuse_status(problem, "graph", status);
    for (int i = 0; i < KP_TWIN_COUNT; i++) {
        if (i == KP_TWIN_STANDARD && it->batch.count > MAX_STANDARD_COUNT)
            continue;
        it->twins[i] = kp_twin_create(it->scene, (kp_twin_kind)i, &it->batch, problem);
        if (!it->twins[i])
            return false;
    }
    return true;
}

static size_t list_contenders(bench *it, kp_contender out[KP_MAX_CONTENDERS])
{
    size_t count = OWN_COUNT;
    out[STREAM] = (kp_contender){"kronos", library_round, it, STREAM};
    out[GRAPH] = (kp_contender){"graph", graph_round, it, GRAPH};
    // What is recorded once stands beside what is recorded once.
    for (int i = 0; i < KP_TWIN_COUNT; i++)
        if (it->twins[i])
            out[count++] = (kp_contender){kp_twin_names[i], twin_round, it->twins[i],
                                          i == KP_TWIN_REPLAY ? GRAPH : STREAM};
    return count;
}

static bool refuse_contender(kt_text *problem, const kp_contender *contender, kro_status status)
{
    return contender->self && contender->round == twin_round
               ? kt_refuse(problem, "%s: %s", contender->name, kro_status_name(status))
               : kp_refuse_status(problem, contender->name, status);
}

// Whether every contender computes the same: a driver that computes nothing is let pass by the
// caller.
static bool check(const bench *it, const kp_contender *contenders, size_t count, kt_text *problem)
{
    for (size_t i = 0; i < count; i++) {
        if (!kp_scene_fill(it->scene, problem))
            return false;
        kro_status status = contenders[i].round(contenders[i].self);
        if (status < 0)
            return refuse_contender(problem, &contenders[i], status);
        if (!kp_scene_check(it->scene, &it->batch, problem)) {
            kt_text_format(problem, ", after a batch of %s", contenders[i].name);
            return false;
        }
    }
    return true;
}

static cJSON *measure(bench *it, const char *name, bool computes, const kp_plan *plan,
                      kt_text *problem)
{
    kp_contender contenders[KP_MAX_CONTENDERS];
    const size_t count = list_contenders(it, contenders);
    if (computes && !check(it, contenders, count, problem))
        return NULL;
    kp_series series;
    size_t failed;
    cJSON *row = NULL;
    kro_status status = kp_measure(contenders, count, plan, &series, &failed);
    if (status < 0)
        refuse_contender(problem, &contenders[failed], status);
    else
        row = kp_row_make(name, contenders, &series, it->batch.count, plan->seed);
    kp_series_finish(&series);
    return row;
}

// What all workloads are measured with.
typedef struct survey {
    kp_scene scene;
    kp_counter counter;
    bool computes; // the null driver does not
    bool counts_only;
    kp_plan plan;
} survey;

static bool add_counts(const survey *self, const kp_batch *batch, cJSON *row, kt_text *problem)
{
    kp_counts counts;
    if (!kp_counter_count(&self->counter, batch, &counts, problem))
        return false;
    cJSON_AddItemToObject(row, "counts", kp_counts_json(&counts));
    return true;
}

static cJSON *run_workload(const survey *self, const kp_workload *workload, kt_text *problem)
{
    bench it = {.scene = &self->scene};
    cJSON *row = NULL;
    kp_batch_init(&it.batch, workload->pattern, workload->count);
    if (self->counts_only)
        row = kp_row_start(workload->name, workload->count);
    else if (make_contenders(&it, problem))
        row = measure(&it, workload->name, self->computes, &self->plan, problem);
    if (row && !add_counts(self, &it.batch, row, problem)) {
        cJSON_Delete(row);
        row = NULL;
    }
    for (int i = 0; i < KP_TWIN_COUNT; i++)
        kp_twin_destroy(it.twins[i]);
    kro_graph_destroy(it.graph);
    kp_batch_finish(&it.batch);
    if (!row) {
        kt_text sentence = {0};
        kt_text_format(&sentence, "%s: %s", workload->name, kt_text_string(problem));
        kt_text_clear(problem);
        kt_text_format(problem, "%s", kt_text_string(&sentence));
        kt_text_finish(&sentence);
    }
    return row;
}

bool kp_survey_chooses(const kp_survey_config *config, const char *name)
{
    if (config->filter && fnmatch(config->filter, name, 0) != 0)
        return false;
    if (config->progress)
        fprintf(stderr, "%s\n", name);
    return true;
}

bool kp_survey_each(const kp_survey_config *config,
                    bool (*visit)(void *user, const kp_workload *workload), void *user)
{
    for (int pattern = 0; pattern < KP_PATTERN_COUNT; pattern++)
        for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
            kp_workload workload = {.pattern = (kp_pattern)pattern, .count = SIZES[i].count};
            snprintf(workload.name, sizeof workload.name, "%s/%u", kp_pattern_names[pattern],
                     SIZES[i].count);
            if (SIZES[i].tier <= config->tier && kp_survey_chooses(config, workload.name) &&
                !visit(user, &workload))
                return false;
        }
    return true;
}

// A survey in progress.
typedef struct running {
    const survey *survey;
    cJSON *rows;
    kt_text *problem;
} running;

static bool add_workload(void *user, const kp_workload *workload)
{
    const running *self = user;
    cJSON *row = run_workload(self->survey, workload, self->problem);
    return row && cJSON_AddItemToArray(self->rows, row);
}

static bool run_all(const kp_survey_config *config, const survey *self, cJSON *results,
                    kt_text *problem)
{
    cJSON *rows = cJSON_AddArrayToObject(results, "workloads");
    running all = {.survey = self, .rows = rows, .problem = problem};
    if (!kp_survey_each(config, add_workload, &all))
        return false;
    const kp_call_bench calls = {
        .scene = &self->scene, .survey = config, .plan = &self->plan, .computes = self->computes};
    if (!config->counts_only && !kp_calls_run(&calls, results, problem))
        return false;
    return cJSON_GetArraySize(rows) > 0 || cJSON_GetObjectItem(results, "skipped") ||
           kt_refuse(problem,
                     "no workload fits '%s'; they are called PATTERN/DISPATCHES, such as "
                     "chain/256, with independent, chain, chains, mixed or ring, or call/NAME",
                     config->filter);
}

kp_plan kp_survey_plan(const kp_survey_config *config)
{
    kp_plan plan = PLANS[config->tier];
    plan.seed = config->seed;
    return plan;
}

static bool open_survey(survey *self, const kp_survey_config *config, kt_text *problem)
{
    const kro_context_config context = {.device = config->device, .driver = config->driver};
    *self = (survey){.plan = kp_survey_plan(config), .counts_only = config->counts_only};
    if (!kp_scene_init(&self->scene, &context, problem) ||
        !kp_counter_init(&self->counter, &self->scene, problem))
        return false;
    const char *driver = kro_context_info(self->scene.ctx)->driver_name;
    self->computes = strcmp(driver, "Kronos null driver") != 0;
    return true;
}

cJSON *kp_survey_describe(const kp_survey_config *config, const kro_device_info *info)
{
    cJSON *results = cJSON_CreateObject();
    cJSON_AddNumberToObject(results, "kronos_perf", FORMAT);
    cJSON *device = cJSON_AddObjectToObject(results, "device");
    kt_json_add_text(device, "name", info->name);
    kt_json_add_text(device, "driver", info->driver_name);
    kt_json_add_text(device, "driver_info", info->driver_info);
    cJSON_AddItemToObject(results, "machine", kp_machine());
    cJSON_AddStringToObject(results, "version", kro_version());
    cJSON_AddStringToObject(results, "tier", kt_tier_text(config->tier));
    kt_json_add_u64(results, "seed", config->seed);
    return results;
}

cJSON *kp_survey_run(const kp_survey_config *config, kt_text *problem)
{
    survey self;
    cJSON *results = NULL;
    if (open_survey(&self, config, problem)) {
        results = kp_survey_describe(config, kro_context_info(self.scene.ctx));
        if (!run_all(config, &self, results, problem)) {
            cJSON_Delete(results);
            results = NULL;
        }
    }
    kp_counter_finish(&self.counter);
    kp_scene_finish(&self.scene);
    return results;
}
