// Arrays larger than what a device binds at once.
#include <stdlib.h>

#include "driver_library.h"
#include "json.h"
#include "program.h"
#include "scenes.h"

enum { BOUND_WORDS = 40000, WORDS = 64 * 1024 }; // such arrays have two parts

// No two dispatches of a part overlap or leave something out, and none binds too much.
static void check_parts(kt_test *t, const kp_work *work)
{
    const uint64_t bound_bytes = BOUND_WORDS * sizeof(uint32_t);
    kp_batch batch;
    kp_batch_init(&batch, work,
                  &(kro_limits){.max_binding_bytes = bound_bytes, .max_groups = {65535, 1, 1}});
    CHECK_EQ_U64(batch.parts, 2);
    uint64_t y_bytes = 0;
    for (uint32_t i = 0; i < batch.range_count; i++)
        for (uint32_t b = 0; b < batch.ranges[i].count; b++) {
            const kp_range *range = &batch.ranges[i].at[b];
            CHECK(range->size_bytes > 0 && range->size_bytes <= bound_bytes);
            CHECK_EQ_U64(range->offset_bytes % 256, 0);
            if (batch.buffers[range->buffer].role == KP_ROLE_Y) {
                CHECK_EQ_U64(range->offset_bytes, y_bytes);
                y_bytes += range->size_bytes;
            }
        }
    CHECK_EQ_U64(y_bytes % (WORDS * sizeof(uint32_t)), 0);
    kp_batch_finish(&batch);
}

TEST(parts_cover_arrays_and_stay_within_the_limit)
{
    static const kp_pattern PATTERNS[] = {KP_PATTERN_SAXPY, KP_PATTERN_REDUCTION};
    for (size_t i = 0; i < sizeof PATTERNS / sizeof PATTERNS[0]; i++)
        check_parts(t, &(kp_work){.pattern = PATTERNS[i], .times = 1, .size = WORDS});
}

// Few workgroups split an array like a small binding does.
TEST(few_workgroups_split_arrays_too)
{
    kp_batch batch;
    kp_batch_init(&batch, &(kp_work){.pattern = KP_PATTERN_SAXPY, .times = 1, .size = WORDS},
                  &(kro_limits){.max_binding_bytes = UINT32_MAX, .max_groups = {8, 1, 1}});
    CHECK_EQ_U64(batch.parts, 4);
    for (uint32_t i = 0; i < batch.count; i++)
        CHECK(batch.ops[i].groups <= 8);
    kp_batch_finish(&batch);
}

// The library and its twins split alike, compute the same whatever barriers leave open, and the row
// says so.
TEST(what_is_split_computes_the_same)
{
    kro_context *ctx = kt_context_with(t, NULL);
    char *driver = ctx ? kt_driver_library(ctx) : NULL;
    kt_defer(t, free, driver);
    if (!CHECK(driver))
        return;
    kt_release(t, ctx);
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", driver);
    kt_set_environment(t, "KRONOS_PROXY", "exits;reorder=3;limit=maxStorageBufferRange:160000");
    const char *proxy = kt_proxy_driver(t);
    program_end end = RUN_PROGRAM("kronos", "perf", "saxpy/64ki/1", "--driver", proxy);
    CHECK_CONTAINS(end.output, "in 2 parts");
    end = RUN_PROGRAM("kronos", "perf", "*/64ki/1", "--json", "--driver", proxy);
    LOGF(t, "%s", end.output);
    CHECK_EQ_I64(end.code, 0);
    cJSON *results = cJSON_Parse(end.output);
    const cJSON *rows = kt_json_item(results, "workloads"), *row;
    CHECK_EQ_I64(cJSON_GetArraySize(rows), 3);
    cJSON_ArrayForEach(row, rows)
    {
        CHECK(kt_json_number(row, "parts") == 2);
        CHECK(kt_json_number(kt_json_item(kt_json_item(row, "costs"), "kronos"), "gb_per_s") > 0);
    }
    cJSON_Delete(results);
}
