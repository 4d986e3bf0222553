// What stands beside the library's calls does what it says.
#include "calls.h"

#include <string.h>

#include "counts.h"
#include "json.h"
#include "program.h"
#include "scenes.h"
#include "test.h"
#include "twins/makers.h"
#include "twins/movers.h"
#include "twins/openers.h"

enum { MAX_TEST_BYTES = 3 << 20 };

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

// Opens each call, large ones with fewer bytes, hands it to `look`, and closes it again.
static void each_call(kt_test *t, const kp_scene *scene,
                      void (*look)(kt_test *t, kp_call *call, const char *name))
{
    const kro_context_config config = kt_context_config(t);
    const kp_survey_config survey = {.device = config.device, .driver = config.driver};
    const kp_call_bench bench = {.scene = scene, .survey = &survey, .computes = true};
    const kp_call_kind *kind;
    for (size_t i = 0; (kind = kp_call_kind_at(i)); i++) {
        kp_call call = {0};
        kt_text problem = {0};
        kp_call_kind less = *kind;
        if (less.size_bytes > MAX_TEST_BYTES)
            less.size_bytes = MAX_TEST_BYTES;
        if (kind->open(&bench, &less, &call, &problem))
            look(t, &call, kind->name);
        else
            FAILF(t, "%s: %s", kind->name, kt_text_string(&problem));
        if (call.finish)
            call.finish(call.self);
        kt_text_finish(&problem);
    }
}

static void check_call(kt_test *t, kp_call *call, const char *name)
{
    kt_text problem = {0};
    LOGF(t, "%s", name);
    CHECK(call->count >= 2); // the library's, and a twin
    for (size_t i = 0; i < call->count; i++)
        CHECK_OK(call->contenders[i].round(call->contenders[i].self));
    if (!CHECK(kp_call_check(call, &problem)))
        LOGF(t, "%s", kt_text_string(&problem));
    kt_text_finish(&problem);
}

TEST(every_call_has_a_twin_that_does_the_same)
{
    const kp_scene *scene = scene_on_device(t);
    if (scene)
        each_call(t, scene, check_call);
}

static kro_status do_nothing(void *self)
{
    (void)self;
    return KRO_OK;
}

// Each contender in turn moves nothing.
static void break_call(kt_test *t, kp_call *call, const char *name)
{
    LOGF(t, "%s", name);
    for (size_t i = 0; call->check && i < call->count; i++) {
        kt_text problem = {0};
        kro_status (*const round)(void *) = call->contenders[i].round;
        call->contenders[i].round = do_nothing;
        CHECK(!kp_call_check(call, &problem));
        CHECK_CONTAINS(kt_text_string(&problem), call->contenders[i].name);
        call->contenders[i].round = round;
        kt_text_finish(&problem);
    }
}

TEST(whoever_moves_nothing_is_refused)
{
    const kp_scene *scene = scene_on_device(t);
    if (scene)
        each_call(t, scene, break_call);
}

// More pieces than there are slots, and a last one that is short.
TEST(the_movers_pieces_arrive)
{
    enum { SIZE = (17 << 20) + 24 };
    const kp_scene *scene = scene_on_device(t);
    kt_text problem = {0};
    kp_mover *mover = scene ? kp_mover_create(scene, SIZE, true, &problem) : NULL;
    uint8_t *bytes = kt_alloc(t, SIZE), *expected = kt_alloc(t, SIZE);
    for (int round = 0; mover && round < 2; round++) {
        kt_fill_bytes(t, expected, SIZE);
        memcpy(bytes, expected, SIZE);
        CHECK_OK(kp_mover_upload(mover, bytes));
        kt_poison(bytes, SIZE);
        CHECK_OK(kp_mover_download(mover, bytes));
        CHECK_BYTES(bytes, expected, SIZE);
    }
    if (scene && !mover)
        FAILF(t, "%s", kt_text_string(&problem));
    kp_mover_destroy(mover);
    kt_text_finish(&problem);
}

// Checks how often functions were called since the last time.
static void check_counts(kt_test *t, const kronos_proxy_api *proxy, uint64_t allocations,
                         uint64_t buffers, uint64_t pipelines, uint64_t devices)
{
    CHECK_EQ_U64(proxy->calls("vkAllocateMemory"), allocations);
    CHECK_EQ_U64(proxy->calls("vkFreeMemory"), allocations);
    CHECK_EQ_U64(proxy->calls("vkCreateBuffer"), buffers);
    CHECK_EQ_U64(proxy->calls("vkBindBufferMemory"), buffers);
    CHECK_EQ_U64(proxy->calls("vkDestroyBuffer"), buffers);
    CHECK_EQ_U64(proxy->calls("vkCreateShaderModule"), pipelines);
    CHECK_EQ_U64(proxy->calls("vkCreateComputePipelines"), pipelines);
    CHECK_EQ_U64(proxy->calls("vkDestroyPipeline"), pipelines);
    CHECK_EQ_U64(proxy->calls("vkCreateDevice"), devices);
    CHECK_EQ_U64(proxy->calls("vkDestroyDevice"), devices);
    proxy->reset_counts();
}

static void check_makers(kt_test *t, const kp_counter *counter)
{
    const kronos_proxy_api *proxy = counter->proxy;
    kt_text problem = {0};
    kp_maker *maker = kp_maker_create(&counter->scene, &problem);
    if (!maker) {
        FAILF(t, "%s", kt_text_string(&problem));
        kt_text_finish(&problem);
        return;
    }
    const uint64_t objects = proxy->objects(NULL);
    proxy->reset_counts();
    CHECK_OK(kp_maker_buffer(maker));
    check_counts(t, proxy, 1, 1, 0, 0);
    CHECK_OK(kp_maker_buffer_in_block(maker));
    check_counts(t, proxy, 0, 1, 0, 0);
    CHECK_OK(kp_maker_pipeline(maker, 1));
    check_counts(t, proxy, 0, 0, 1, 0);
    CHECK_OK(kp_maker_reload_cache(maker));
    CHECK_EQ_U64(proxy->calls("vkCreatePipelineCache"), 1);
    check_counts(t, proxy, 0, 0, 0, 0);
    CHECK_OK(kp_open_by_hand(&counter->scene));
    check_counts(t, proxy, 0, 0, 0, 1);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    CHECK_EQ_U64(proxy->violations(), 0);
    kp_maker_destroy(maker);
}

// What twins make is what is measured, no less and no more, and nothing stays behind.
TEST(twins_make_one_of_each)
{
    kp_counter counter;
    kt_text problem = {0};
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", NULL); // as they are afterwards, too
    kt_set_environment(t, "KRONOS_PROXY", NULL);
    const kp_scene *scene = scene_on_null(t);
    if (!scene)
        return;
    if (kp_counter_init(&counter, scene, &problem))
        check_makers(t, &counter);
    else
        FAILF(t, "%s", kt_text_string(&problem));
    kp_counter_finish(&counter);
    kt_text_finish(&problem);
}

// Runs one call behind the proxy as a person does; its results belong to the case.
static const cJSON *survey_behind_proxy(kt_test *t, const char *spec, const char *call)
{
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", kt_null_driver(t));
    kt_set_environment(t, "KRONOS_PROXY", spec);
    const program_end end =
        RUN_PROGRAM("kronos", "perf", call, "--json", "--driver", kt_proxy_driver(t));
    LOGF(t, "%s", end.output);
    CHECK_EQ_I64(end.code, 0);
    cJSON *results = cJSON_Parse(strchr(end.output, '{'));
    kt_defer(t, delete_json, results);
    return results;
}

TEST(what_memory_has_no_room_for_is_skipped)
{
    const cJSON *results =
        survey_behind_proxy(t, "limit=maxMemoryAllocationSize:524288", "call/*load-1-mib");
    const cJSON *skipped = cJSON_GetArrayItem(kt_json_item(results, "skipped"), 1);
    CHECK_EQ_STRING(kt_json_string(skipped, "name"), "call/download-1-mib");
    CHECK_EQ_STRING(kt_json_string(skipped, "reason"), "limits.max_buffer_bytes is 524288");
    CHECK_EQ_I64(cJSON_GetArraySize(kt_json_item(results, "workloads")), 0);

    results = survey_behind_proxy(t, "limit=heap_bytes:1572864", "call/copy-1-mib");
    skipped = cJSON_GetArrayItem(kt_json_item(results, "skipped"), 0);
    CHECK_EQ_STRING(kt_json_string(skipped, "name"), "call/copy-1-mib");
    CHECK_CONTAINS(kt_json_string(skipped, "reason"), "it needs 2097152 bytes of device memory");
}

// Whatever fails says in which workload.
TEST(a_call_that_fails_is_named)
{
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    kt_set_environment(t, "TMPDIR", "/nowhere");
    const program_end end =
        RUN_PROGRAM("kronos", "perf", "call/pipeline-create-cached", "--driver", kt_null_driver(t));
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "call/pipeline-create-cached: no folder like /nowhere/kronos-perf-");
}

TEST(transfers_tell_how_fast_they_are)
{
    const program_end end = RUN_PROGRAM("kronos", "perf", "call/copy-1-mib", "--json");
    cJSON *results = cJSON_Parse(strchr(end.output, '{'));
    kt_defer(t, delete_json, results);
    const cJSON *row = cJSON_GetArrayItem(kt_json_item(results, "workloads"), 0);
    CHECK(kt_json_number(row, "bytes") == 2 << 20);
    const char *const contenders[] = {"kronos", "expert"};
    for (size_t i = 0; i < sizeof contenders / sizeof contenders[0]; i++) {
        const cJSON *cost = kt_json_item(kt_json_item(row, "costs"), contenders[i]);
        const double expected = (2 << 20) / kt_json_number(cost, "wall_ns");
        CHECK(kt_json_number(cost, "gb_per_s") > 0.999 * expected);
        CHECK(kt_json_number(cost, "gb_per_s") < 1.001 * expected);
    }
}
