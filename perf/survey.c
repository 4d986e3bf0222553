#include "survey.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "bench.h"
#include "calls.h"
#include "counts.h"
#include "json.h"
#include "machine.h"
#include "rows.h"
#include "run.h"

enum { FORMAT = 1 };

// What all workloads are measured with.
typedef struct survey {
    kp_scene scene;
    kp_counter counter;
    bool computes; // the null driver does not
    bool counts_only;
} survey;

static bool add_counts(survey *self, const kp_batch *batch, cJSON *row, kt_text *problem)
{
    kp_counts counts;
    if (!kp_counter_count(&self->counter, batch, &counts, problem))
        return false;
    cJSON_AddItemToObject(row, "counts", kp_counts_json(&counts));
    return true;
}

static cJSON *run_workload(survey *self, const kp_workload *workload, kt_text *problem)
{
    cJSON *row = self->counts_only ? kp_row_start(workload->name, workload->batch.count)
                                   : kp_bench_run(&self->scene, workload, self->computes, problem);
    if (row && !add_counts(self, &workload->batch, row, problem)) {
        cJSON_Delete(row);
        row = NULL;
    }
    if (!row)
        kp_name_problem(problem, workload->name);
    return row;
}

static bool fits(const kp_survey_config *config, const char *name)
{
    return !config->filter || fnmatch(config->filter, name, 0) == 0;
}

bool kp_survey_chooses(const kp_survey_config *config, const char *name)
{
    if (!fits(config, name))
        return false;
    if (config->progress)
        fprintf(stderr, "%s\n", name);
    return true;
}

bool kp_survey_each(const kp_survey_config *config, const kro_device_info *device,
                    bool (*visit)(void *user, const kp_workload *workload), void *user)
{
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < kp_catalogue_count(); i++) {
        kp_workload workload;
        const kp_work work = kp_catalogue_at(i);
        kp_catalogue_name(&work, workload.name);
        if (!fits(config,
                  workload.name)) // before the list of its dispatches is made, which may be long
            continue;
        kp_batch_init(&workload.batch, &work, &device->limits);
        const double round_ns = kp_catalogue_round_ns(&workload.batch, device);
        workload.plan = kp_catalogue_plan(config->tier, round_ns);
        workload.plan.seed = config->seed;
        if (kp_catalogue_chooses(&workload.batch, device, config->tier) &&
            kp_survey_chooses(config, workload.name))
            goes_on = visit(user, &workload);
        kp_batch_finish(&workload.batch);
    }
    return goes_on;
}

// A survey in progress.
typedef struct running {
    survey *survey;
    cJSON *rows;
    kt_text *problem;
} running;

static bool add_workload(void *user, const kp_workload *workload)
{
    const running *self = user;
    cJSON *row = run_workload(self->survey, workload, self->problem);
    return row && cJSON_AddItemToArray(self->rows, row);
}

static bool run_all(const kp_survey_config *config, survey *self, cJSON *results, kt_text *problem)
{
    cJSON *rows = cJSON_AddArrayToObject(results, "workloads");
    running all = {.survey = self, .rows = rows, .problem = problem};
    if (!kp_survey_each(config, kro_context_info(self->scene.ctx), add_workload, &all))
        return false;
    const kp_call_bench calls = {
        .scene = &self->scene, .survey = config, .computes = self->computes};
    if (!config->counts_only && !kp_calls_run(&calls, results, problem))
        return false;
    return cJSON_GetArraySize(rows) > 0 || cJSON_GetObjectItem(results, "skipped") ||
           kt_refuse(problem,
                     "no workload of the %s tier fits '%s' on this device; they are called "
                     "PATTERN/TIMES, such as chain/256, with independent, chain, chains, mix or "
                     "ring, PATTERN/SIZE/TIMES, such as saxpy/64ki/16, with saxpy, reduction, scan "
                     "or gemm, or call/NAME",
                     kt_tier_text(config->tier), config->filter);
}

static bool open_survey(survey *self, const kp_survey_config *config, kt_text *problem)
{
    const kro_context_config context = {.device = config->device, .driver = config->driver};
    *self = (survey){.counts_only = config->counts_only};
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
