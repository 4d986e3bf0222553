#include "calls.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "catalogue.h"
#include "creations.h"
#include "rows.h"
#include "transfers.h"
#include "wake.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static const kp_call_kind KINDS[] = {
    {"call/buffer-create-destroy", kp_open_buffer, 0, KT_TIER_QUICK, false, 0},
    {"call/upload-1-mib", kp_open_upload, MIB, KT_TIER_QUICK, false, 0},
    {"call/upload-64-mib", kp_open_upload, 64 * MIB, KT_TIER_STANDARD, false, 0},
    {"call/upload-1-gib", kp_open_upload, GIB, KT_TIER_FULL, false, 0},
    {"call/upload-1-gib-threads", kp_open_upload, GIB, KT_TIER_FULL, true, 0},
    {"call/download-1-mib", kp_open_download, MIB, KT_TIER_QUICK, false, 0},
    {"call/download-64-mib", kp_open_download, 64 * MIB, KT_TIER_STANDARD, false, 0},
    {"call/download-1-gib", kp_open_download, GIB, KT_TIER_FULL, false, 0},
    {"call/download-1-gib-threads", kp_open_download, GIB, KT_TIER_FULL, true, 0},
    {"call/copy-1-mib", kp_open_copy, MIB, KT_TIER_QUICK, false, 0},
    {"call/copy-64-mib", kp_open_copy, 64 * MIB, KT_TIER_STANDARD, false, 0},
    {"call/copy-1-gib", kp_open_copy, GIB, KT_TIER_FULL, false, 0},
    {"call/pipeline-create-cold", kp_open_cold_pipeline, 0, KT_TIER_QUICK, false, 0},
    {"call/pipeline-create-cached", kp_open_cached_pipeline, 0, KT_TIER_QUICK, false, 0},
    {"call/context-create-destroy", kp_open_context, 0, KT_TIER_QUICK, false, 0.3e9},
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

const kp_call_kind *kp_call_kind_at(size_t index)
{
    return index < KIND_COUNT ? &KINDS[index] : NULL;
}

void kp_call_add(kp_call *call, const char *name, kro_status (*round)(void *), void *self)
{
    call->contenders[call->count++] = (kp_contender){name, round, self, KP_CALL_OWN};
}

bool kp_call_refuse(const kp_call *call, size_t index, kro_status status, kt_text *problem)
{
    const char *name = call->contenders[index].name;
    return index == KP_CALL_OWN ? kp_refuse_status(problem, name, status)
                                : kt_refuse(problem, "%s: %s", name, kro_status_name(status));
}

bool kp_call_check(const kp_call *call, kt_text *problem)
{
    for (size_t i = 0; call->check && i < call->count; i++)
        if (!call->check(call, i, problem)) {
            kt_text_format(problem, ", after %s", call->contenders[i].name);
            return false;
        }
    return true;
}

// Bytes that programs can still have here without swapping; UINT64_MAX where the system does not
// say.
static uint64_t available_bytes(void)
{
    char line[128];
    unsigned long long kib = UINT64_MAX >> 10;
    FILE *file = fopen("/proc/meminfo", "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return (uint64_t)kib << 10;
}

// Whether there is room for a transfer: two buffers on the device, and in the host's memory the
// bytes themselves and what they are staged in.
static bool has_room(const kp_call_bench *bench, const kp_call_kind *kind, kt_text *reason)
{
    const kro_device_info *info = kro_context_info(bench->scene->ctx);
    const uint64_t device = 2 * kind->size_bytes, available = available_bytes();
    const uint64_t host = 2 * kind->size_bytes + (info->type == KRO_DEVICE_TYPE_CPU ? device : 0);
    if (info->limits.max_buffer_bytes < kind->size_bytes)
        return kt_refuse(reason, "limits.max_buffer_bytes is %llu",
                         (unsigned long long)info->limits.max_buffer_bytes);
    if (info->device_memory_bytes < device)
        return kt_refuse(reason, "it needs %llu bytes of device memory, the device has %llu",
                         (unsigned long long)device, (unsigned long long)info->device_memory_bytes);
    return available / 4 * 3 >= host ||
           kt_refuse(reason, "it needs %llu bytes of host memory, %llu are available",
                     (unsigned long long)host, (unsigned long long)available);
}

static void add_speed(cJSON *row, uint64_t bytes)
{
    cJSON *cost;
    cJSON_ArrayForEach(cost, cJSON_GetObjectItem(row, "costs"))
    {
        const double wall_ns = cJSON_GetNumberValue(cJSON_GetObjectItem(cost, "wall_ns"));
        cJSON_AddNumberToObject(cost, "gb_per_s", wall_ns > 0 ? (double)bytes / wall_ns : 0);
    }
}

static bool is_gpu(const kp_call_bench *bench)
{
    return bench->computes && kro_context_info(bench->scene->ctx)->type != KRO_DEVICE_TYPE_CPU;
}

static kp_plan make_plan(const kp_call_bench *bench, const kp_call_kind *kind)
{
    const double bytes_per_ns = 10; // about
    const double round_ns =
        (double)kind->size_bytes / bytes_per_ns + (is_gpu(bench) ? kind->gpu_ns : 0);
    kp_plan plan = kp_catalogue_plan(bench->survey->tier, round_ns);
    plan.seed = bench->survey->seed;
    return plan;
}

static cJSON *measure(const kp_call_bench *bench, const kp_call_kind *kind, const kp_call *call,
                      kt_text *problem)
{
    const kp_plan plan = make_plan(bench, kind);
    kp_series series;
    size_t failed;
    cJSON *row = NULL;
    if (!kp_wake(bench->scene, problem))
        return NULL;
    kro_status status = kp_measure(call->contenders, call->count, &plan, &series, &failed);
    if (status < 0)
        kp_call_refuse(call, failed, status, problem);
    else
        row = kp_row_make(kind->name, call->contenders, &series, 1, plan.seed);
    kp_series_finish(&series);
    if (row && call->bytes)
        cJSON_AddNumberToObject(row, "bytes", (double)call->bytes);
    if (row && call->bytes && bench->computes)
        add_speed(row, call->bytes);
    return row;
}

static void skip(const kp_call_kind *kind, const char *reason, cJSON *results)
{
    cJSON *skipped = cJSON_GetObjectItem(results, "skipped");
    cJSON *item = cJSON_CreateObject();
    if (!skipped)
        skipped = cJSON_AddArrayToObject(results, "skipped");
    cJSON_AddStringToObject(item, "name", kind->name);
    cJSON_AddStringToObject(item, "reason", reason);
    cJSON_AddItemToArray(skipped, item);
}

static bool run_call(const kp_call_bench *bench, const kp_call_kind *kind, cJSON *results,
                     kt_text *problem)
{
    kp_call call = {0};
    cJSON *row = NULL;
    bool opened = kind->open(bench, kind, &call, problem);
    if (opened && (!bench->computes || kp_call_check(&call, problem)))
        row = measure(bench, kind, &call, problem);
    if (row)
        cJSON_AddItemToArray(cJSON_GetObjectItem(results, "workloads"), row);
    if (call.finish)
        call.finish(call.self);
    if (!opened && call.lacks_memory) {
        skip(kind, kt_text_string(problem), results);
        kt_text_clear(problem);
        return true;
    }
    if (!row)
        kp_name_problem(problem, kind->name);
    return row != NULL;
}

static bool is_due(const kp_call_bench *bench, const kp_call_kind *kind)
{
    return (is_gpu(bench) || kind->cpu_tier <= bench->survey->tier) &&
           kp_survey_chooses(bench->survey, kind->name);
}

bool kp_calls_run(const kp_call_bench *bench, cJSON *results, kt_text *problem)
{
    bool right = true;
    for (size_t i = 0; right && i < KIND_COUNT; i++) {
        kt_text reason = {0};
        if (!is_due(bench, &KINDS[i]))
            continue;
        if (has_room(bench, &KINDS[i], &reason))
            right = run_call(bench, &KINDS[i], results, problem);
        else
            skip(&KINDS[i], kt_text_string(&reason), results);
        kt_text_finish(&reason);
    }
    return right;
}
