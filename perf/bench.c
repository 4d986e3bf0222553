#include "bench.h"

#include "arguments.h"
#include "json.h"
#include "rows.h"
#include "twins/twins.h"
#include "wake.h"

// Dispatching one at a time takes long where a driver hands each to another thread.
enum { MAX_STANDARD_TIMES = 256 };

// What one workload is measured with.
typedef struct bench {
    kp_scene *scene;
    kp_twin *twins[KP_TWIN_COUNT];
    kro_graph *graph;
} bench;

// The library's own contenders, in their places.
enum { STREAM, AGAIN, GRAPH, OWN_COUNT };

static kro_status library_round(void *self)
{
    const bench *it = self;
    return kp_scene_round(it->scene);
}

static kro_status again_round(void *self)
{
    const bench *it = self;
    return kp_scene_again(it->scene);
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
    kro_status status = kp_scene_make_graph(it->scene, &it->graph);
    if (status < 0)
        return kp_refuse_status(problem, "graph", status);
    for (int i = 0; i < KP_TWIN_COUNT; i++) {
        if (i == KP_TWIN_STANDARD && it->scene->batch->work.times > MAX_STANDARD_TIMES)
            continue;
        it->twins[i] = kp_twin_create(it->scene, (kp_twin_kind)i, problem);
        if (!it->twins[i])
            return false;
    }
    return true;
}

static size_t list_contenders(bench *it, kp_contender out[KP_MAX_CONTENDERS])
{
    size_t count = OWN_COUNT;
    out[STREAM] = (kp_contender){"kronos", library_round, it, STREAM};
    out[AGAIN] = (kp_contender){"again", again_round, it, AGAIN};
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
        if (!kp_scene_check(it->scene, problem)) {
            kt_text_format(problem, ", after a batch of %s", contenders[i].name);
            return false;
        }
    }
    return true;
}

static void add_sizes(cJSON *row, const kp_batch *batch)
{
    cJSON_AddNumberToObject(row, "size", (double)batch->work.size);
    cJSON_AddNumberToObject(row, "data_sets", batch->data_sets);
    cJSON_AddNumberToObject(row, "parts", batch->parts);
}

// How much is moved or computed in a time.
static void add_speeds(cJSON *row, const kp_batch *batch)
{
    const bool is_product = batch->work.pattern == KP_PATTERN_GEMM;
    const double done =
        (double)(is_product ? batch->float_operations : batch->moved_bytes) / batch->count;
    cJSON *cost;
    cJSON_ArrayForEach(cost, kt_json_item(row, "costs"))
    {
        const double wall_ns = kt_json_number(cost, "wall_ns");
        cJSON_AddNumberToObject(cost, is_product ? "gflop_per_s" : "gb_per_s",
                                wall_ns > 0 ? done / wall_ns : 0);
    }
}

static cJSON *measure(bench *it, const kp_workload *workload, bool computes, kt_text *problem)
{
    kp_contender contenders[KP_MAX_CONTENDERS];
    const size_t count = list_contenders(it, contenders);
    if (computes && !check(it, contenders, count, problem))
        return NULL;
    if (!kp_wake(it->scene, problem))
        return NULL;
    // What comes again is kept the second time; a turn may be shorter.
    kro_status status = kp_scene_again(it->scene);
    if (status >= 0)
        status = kp_scene_again(it->scene);
    if (status < 0) {
        kp_refuse_status(problem, "again", status);
        return NULL;
    }
    kp_series series;
    size_t failed;
    cJSON *row = NULL;
    status = kp_measure(contenders, count, &workload->plan, &series, &failed);
    if (status < 0)
        refuse_contender(problem, &contenders[failed], status);
    else
        row = kp_row_make(workload->name, contenders, &series, workload->batch.count,
                          workload->plan.seed);
    kp_series_finish(&series);
    if (!row || !kp_patterns[workload->batch.work.pattern].has_size)
        return row;
    add_sizes(row, &workload->batch);
    if (computes)
        add_speeds(row, &workload->batch);
    return row;
}

cJSON *kp_bench_run(kp_scene *scene, const kp_workload *workload, bool computes, kt_text *problem)
{
    bench it = {.scene = scene};
    cJSON *row = NULL;
    if (kp_scene_stage(scene, &workload->batch, problem) && make_contenders(&it, problem))
        row = measure(&it, workload, computes, problem);
    for (int i = 0; i < KP_TWIN_COUNT; i++)
        kp_twin_destroy(it.twins[i]);
    kro_graph_destroy(it.graph);
    kp_scene_clear(scene);
    return row;
}
