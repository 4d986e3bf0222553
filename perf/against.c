#include "against.h"

#include <dlfcn.h>
#include <string.h>

#include "arguments.h"
#include "counts.h"
#include "gate.h"
#include "json.h"
#include "os/process.h"
#include "rows.h"
#include "side/side.h"

// A build of the library: on the device, and on the device behind the proxy.
typedef struct build {
    void *module;
    const kp_side_api *api;
    kp_side *timed, *counted;
} build;

enum { NOW, BEFORE, BUILD_COUNT };

typedef struct against {
    const kp_survey_config *survey;
    kp_counter counter;
    build builds[BUILD_COUNT];
    cJSON *rows;
    kt_text *problem;
} against;

static bool load_module(build *it, const char *path, kt_text *problem)
{
    const kp_side_api *(*get)(void) = NULL;
    it->module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (it->module)
        *(void **)&get = dlsym(it->module, "kp_side_get");
    if (!get)
        return kt_refuse(problem, "%s", dlerror());
    if (strcmp(get()->stamp, KP_SIDE_STAMP) != 0)
        return kt_refuse(problem, "this kronos was built from other sources than those of the "
                                  "checkout that it is in: build it again, and run that");
    it->api = get();
    return true;
}

static void finish_builds(build builds[BUILD_COUNT])
{
    for (int i = 0; i < BUILD_COUNT; i++)
        if (builds[i].api) {
            builds[i].api->close(builds[i].timed);
            builds[i].api->close(builds[i].counted);
        }
    for (int i = 0; i < BUILD_COUNT; i++)
        if (builds[i].module)
            dlclose(builds[i].module);
}

static bool open_build(against *self, build *it, kt_text *problem)
{
    const kp_survey_config *survey = self->survey;
    it->timed = it->api->open(survey->device, survey->driver, kronos_shader_find, problem);
    it->counted = it->timed ? it->api->open(self->counter.device, self->counter.driver,
                                            kronos_shader_find, problem)
                            : NULL;
    return it->counted != NULL;
}

// Which of the two is opened first is left to the seed: where their memory lies makes a difference.
static bool open_builds(against *self, kt_text *problem)
{
    const int first = (int)(self->survey->seed % BUILD_COUNT);
    return open_build(self, &self->builds[first], problem) &&
           open_build(self, &self->builds[1 - first], problem);
}

static cJSON *count(against *self, const build *it, const kp_workload *workload)
{
    const kp_counted work = {it->api->round, it->counted, workload->batch.count,
                             (kt_function)it->api->round};
    kp_counts counts;
    const bool counted = it->api->load(it->counted, workload, self->problem) &&
                         kp_counter_take(&self->counter, &work, &counts, self->problem);
    it->api->unload(it->counted);
    return counted ? kp_counts_json(&counts) : NULL;
}

static cJSON *measure(against *self, const kp_workload *workload)
{
    const build *now = &self->builds[NOW], *before = &self->builds[BEFORE];
    const kp_contender contenders[] = {{"kronos", now->api->round, now->timed, 0},
                                       {"graph", now->api->launch, now->timed, 1},
                                       {"before", before->api->round, before->timed, 0},
                                       {"before-graph", before->api->launch, before->timed, 1}};
    kp_series series;
    size_t failed;
    cJSON *row = NULL;
    kro_status status = kp_measure(contenders, sizeof contenders / sizeof contenders[0],
                                   &workload->plan, &series, &failed);
    if (status >= 0)
        row = kp_row_make(workload->name, contenders, &series, workload->batch.count,
                          workload->plan.seed);
    else
        kt_refuse(self->problem, "%s: %s: %s", workload->name, contenders[failed].name,
                  kro_status_name(status));
    kp_series_finish(&series);
    return row;
}

static bool add_workload(void *user, const kp_workload *workload)
{
    against *self = user;
    if (kt_interrupted())
        return kt_refuse(self->problem, "interrupted before %s", workload->name);
    for (int i = 0; i < BUILD_COUNT; i++)
        if (!self->builds[i].api->load(self->builds[i].timed, workload, self->problem))
            return false;
    cJSON *row = measure(self, workload);
    for (int i = 0; i < BUILD_COUNT; i++)
        self->builds[i].api->unload(self->builds[i].timed);
    cJSON *counts = row ? count(self, &self->builds[NOW], workload) : NULL;
    cJSON *counts_before = counts ? count(self, &self->builds[BEFORE], workload) : NULL;
    if (row)
        cJSON_AddItemToArray(self->rows, row);
    if (counts)
        cJSON_AddItemToObject(row, "counts", counts);
    if (counts_before)
        cJSON_AddItemToObject(row, "counts_before", counts_before);
    return counts_before != NULL;
}

static cJSON *survey(void *user, const kp_survey_config *config, kt_text *problem)
{
    const kp_against_config *sides = user;
    const kro_context_config context = {.device = config->device, .driver = config->driver};
    against self = {.survey = config, .problem = problem};
    kp_scene scene;
    cJSON *results = NULL;
    bool right = kp_scene_init(&scene, &context, problem) &&
                 kp_counter_init(&self.counter, &scene, problem) &&
                 load_module(&self.builds[NOW], sides->now, problem) &&
                 load_module(&self.builds[BEFORE], sides->before, problem) &&
                 open_builds(&self, problem);
    if (right) {
        results = kp_survey_describe(config, kro_context_info(scene.ctx));
        self.rows = cJSON_AddArrayToObject(results, "workloads");
        right = kp_survey_each(config, kro_context_info(scene.ctx), add_workload, &self);
    }
    if (right && !cJSON_GetArraySize(self.rows))
        right = kt_refuse(problem, "no batch fits '%s'", config->filter);
    finish_builds(self.builds);
    kp_counter_finish(&self.counter);
    kp_scene_finish(&scene);
    if (right)
        return results;
    cJSON_Delete(results);
    return NULL;
}

// What the results would be if both builds were the other one.
static cJSON *unchanged(const cJSON *results)
{
    const double one[] = {1, 1, 1};
    cJSON *before = cJSON_Duplicate(results, true), *row, *ratio;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(before, "workloads"))
    {
        cJSON_ArrayForEach(ratio, cJSON_GetObjectItem(row, "ratios"))
        {
            cJSON_ReplaceItemInObject(ratio, "cpu", cJSON_CreateDoubleArray(one, 3));
            cJSON_ReplaceItemInObject(ratio, "wall", cJSON_CreateDoubleArray(one, 3));
        }
        cJSON_ReplaceItemInObject(row, "counts", cJSON_DetachItemFromObject(row, "counts_before"));
    }
    return before;
}

// What has grown is no ratio to hand-written Vulkan, but time itself.
static void name_kinds(cJSON *worse)
{
    cJSON *item;
    cJSON_ArrayForEach(item, worse)
    {
        const char *kind = kt_json_string(item, "kind");
        if (!strcmp(kind, "ratio"))
            cJSON_ReplaceItemInObject(item, "kind", cJSON_CreateString("slower"));
        else if (!strcmp(kind, "wall-ratio"))
            cJSON_ReplaceItemInObject(item, "kind", cJSON_CreateString("wall-slower"));
    }
}

cJSON *kp_against_run(const kp_against_config *config, kp_comparison *out, kt_text *problem)
{
    kp_against_config sides = *config;
    const kp_gate_config gate = {.survey = config->survey, .run = survey, .user = &sides};
    *out = (kp_comparison){0};
    cJSON *results = survey(&sides, &config->survey, problem);
    if (!results)
        return NULL;
    cJSON *before = unchanged(results);
    const bool right = kp_gate(&gate, before, results, out, problem);
    cJSON_Delete(before);
    if (right) {
        name_kinds(out->worse);
        return results;
    }
    cJSON_Delete(results);
    return NULL;
}

// What one contender costs, what the other build's costs, and the ratio.
static void print_pair(const cJSON *row, const char *now, const char *before, FILE *file)
{
    const cJSON *costs = kt_json_item(row, "costs");
    const cJSON *cpu = kt_json_item(kt_json_item(kt_json_item(row, "ratios"), before), "cpu");
    fprintf(file, "  %8.1f ns %8.1f ns  %6.3f [%6.3f %6.3f]",
            kt_json_number(kt_json_item(costs, now), "cpu_ns"),
            kt_json_number(kt_json_item(costs, before), "cpu_ns"), kt_json_number_at(cpu, 0),
            kt_json_number_at(cpu, 1), kt_json_number_at(cpu, 2));
}

void kp_against_print(const cJSON *results, FILE *file)
{
    const cJSON *device = kt_json_item(results, "device"), *row;
    fprintf(file,
            "%s, %s\nCPU time per dispatch now and before, and the ratio with its 95 %% interval; "
            "below 1 is faster now.\n\n%-18s  %11s %11s  %22s  %11s %11s  %22s\n",
            kt_json_string(device, "name"), kt_json_string(device, "driver_info"), "workload",
            "stream", "before", "ratio", "graph", "before", "ratio");
    cJSON_ArrayForEach(row, kt_json_item(results, "workloads"))
    {
        fprintf(file, "%-18s", kt_json_string(row, "name"));
        print_pair(row, "kronos", "before", file);
        print_pair(row, "graph", "before-graph", file);
        fputc('\n', file);
    }
}
