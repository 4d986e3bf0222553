#include "torture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "heap_watch.h"
#include "torture_bench.h"
#include "torture_faults.h"

static const struct {
    const char *name;
    const torture_call *call;
} calls[] = {
#define TORTURE_CALL(call, kind) {#call "." #kind, &torture_##call##_##kind},
#include "calls.def"
#undef TORTURE_CALL
};

// One call, of which all points fail in turn.
typedef struct torture {
    torture_place place;
    const torture_call *call;
    bool later;
    uint32_t failed, survived;
} torture;

// What came of one attempt.
typedef struct attempt {
    const torture_fault *fault;
    uint64_t nth;
    kro_status status;
    const char *function; // that failed; NULL: none did
    char detail[1024];    // of `status`
} attempt;

TEST_PARAMS(tortured_calls)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        kt_param(params, "%s.once", calls[i].name);
        kt_param(params, "%s.on", calls[i].name);
    }
}

static const char *what_failed(const attempt *made)
{
    return made->fault->result ? made->fault->result : "no memory";
}

// A failure is a sentence about what has failed.
static void check_told(kt_test *t, const torture_call *call, const attempt *made)
{
    kro_status status = made->fault->status;
    const char *part = made->fault->result ? made->fault->result : "memory";
    if (call->refusal && made->fault->result && !strcmp(call->refusal, made->fault->result)) {
        status = KRO_ERROR_UNSUPPORTED;
        part = "cannot";
    }
    // Who comes later hears that it was lost.
    if (status == KRO_ERROR_DEVICE_LOST && strstr(made->detail, "was lost"))
        part = "was lost";
    const bool told = CHECK_CONTAINS(made->detail, part);
    if (!CHECK_EQ_I64(made->status, status) || !told)
        LOGF(t, "%s as call %" PRIu64 " (%s): %s: %s", what_failed(made), made->nth, made->function,
             kro_status_name(made->status), made->detail);
}

// A lost device says so to everybody who needs it.
static bool is_lost(const torture_bench *bench)
{
    kro_buffer *buffer = NULL;
    const kro_status status =
        bench->ctx ? kro_buffer_create(bench->ctx, &(kro_buffer_config){.size_bytes = 4}, &buffer)
                   : KRO_OK;
    kro_buffer_destroy(buffer);
    return status == KRO_ERROR_DEVICE_LOST;
}

static void check_lost(kt_test *t, torture_bench *bench)
{
    CHECK(is_lost(bench));
    if (bench->stream) {
        (void)kro_fill(bench->stream, bench->b, 0, TORTURE_BYTES, 1);
        CHECK(kro_finish(bench->stream) == KRO_ERROR_DEVICE_LOST);
    }
    if (bench->b)
        CHECK(kro_buffer_read(bench->b, 0, bench->words, TORTURE_BYTES) == KRO_ERROR_DEVICE_LOST);
}

// The same once more, while nothing fails.
static void check_repeated(kt_test *t, torture *it, torture_bench *bench)
{
    const torture_call *call = it->call;
    if (call->prepare && !call->keeps && !CHECK_OK(call->prepare(bench)))
        return;
    const kro_status status = call->run(bench); // it may still be NOT_READY
    if ((status >= 0 || CHECK_OK(status)) && call->right)
        (void)call->right(t, bench);
}

// The next submit tells what went wrong while recording, in the same words. A plain context has
// submitted already, and may have failed to wait only: then nothing is lost.
static void check_kept(kt_test *t, torture_bench *bench, const attempt *made)
{
    const kro_status status = kro_submit(bench->stream, NULL);
    if (bench->config.plain)
        CHECK(status == KRO_OK || status == made->status);
    else if (CHECK_EQ_I64(status, made->status))
        CHECK_EQ_STRING(kro_error_detail(), made->detail);
}

static void judge(torture *it, torture_bench *bench, const attempt *made)
{
    kt_test *t = it->place.t;
    const torture_call *call = it->call;
    if (made->status >= 0) {
        // A call that can do without the device leaves it to others to find that it was lost.
        if (made->fault->status == KRO_ERROR_DEVICE_LOST && made->function && is_lost(bench))
            check_lost(t, bench);
        else if (call->right)
            (void)call->right(t, bench);
        return;
    }
    if (!made->function) {
        FAILF(t, "%s without a failure: %s", kro_status_name(made->status), made->detail);
        return;
    }
    check_told(t, call, made);
    if (call->records)
        check_kept(t, bench, made);
    if (made->status == KRO_ERROR_DEVICE_LOST && bench->ctx)
        check_lost(t, bench);
    else
        check_repeated(t, it, bench);
}

static void check_nothing_left(torture *it, const attempt *made)
{
    kt_test *t = it->place.t;
    const torture_alive now = torture_look(&it->place);
    bool clean = CHECK_EQ_U64(now.objects, 0);
    clean = CHECK_EQ_U64(now.memory_bytes, 0) && clean;
    clean = CHECK_EQ_U64(now.mappings, 0) && clean;
    if (!it->later || !it->call->unseen)
        clean = CHECK_EQ_U64(now.violations, 0) && clean;
    clean = CHECK_EQ_I64(now.heap_blocks, 0) && clean;
    if (clean)
        return;
    char text[2048];
    (void)it->place.proxy->objects_text(text, sizeof text);
    LOGF(t, "after %s as call %" PRIu64 " (%s), %s: %s", what_failed(made), made->nth,
         made->function ? made->function : "none", kro_status_name(made->status), text);
    (void)it->place.proxy->violations_text(text, sizeof text);
    LOGF(t, "%s", text);
}

// The program from its beginning to its end, in which the call is made with a fault or without one.
// `counts`, where given, receives how many points each kind of fault has. False where nothing more
// can be learnt.
static bool run_program(torture *it, attempt *made, uint64_t *counts)
{
    kt_test *t = it->place.t;
    torture_bench bench = {.config = it->place.config,
                           .folder = it->place.folder,
                           .page = it->place.page,
                           .computes = it->place.computes};
    torture_place_empty(&it->place); // what an earlier one kept would leave this one less to do
    heap_watch_begin(0);
    kro_status status = torture_bench_begin(t, &bench, it->call->holds);
    if (status >= 0 && it->call->prepare)
        status = it->call->prepare(&bench);
    const bool ready = status >= 0;
    if (status == KRO_ERROR_UNSUPPORTED && counts)
        SKIP(t, "%s", kro_error_detail());
    else
        CHECK_OK(status);
    bool reached = false;
    if (ready) {
        torture_arm(&it->place, made->fault, made->nth, it->later);
        made->status = it->call->run(&bench);
        for (int i = 0; counts && i < TORTURE_FAULTS; i++)
            counts[i] = torture_count(&it->place, &torture_faults[i]);
        reached = torture_disarm(&it->place, made->fault, made->nth, &made->function);
        snprintf(made->detail, sizeof made->detail, "%s", kro_error_detail());
        judge(it, &bench, made);
    }
    torture_bench_end(&bench);
    check_nothing_left(it, made);
    (void)heap_watch_end();
    it->failed += reached && made->status < 0;
    it->survived += reached && made->status >= 0;
    return ready;
}

static const torture_call *find(const char *param)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (!strncmp(param, calls[i].name, strlen(calls[i].name)) &&
            param[strlen(calls[i].name)] == '.')
            return calls[i].call;
    return NULL;
}

// Which points of a call fail, and where.
typedef struct points {
    bool heap;        // its allocations; otherwise its Vulkan calls
    bool old_device;  // as Vulkan 1.1 had them, with memory that is not coherent
    bool null_driver; // instead of the run's
    bool plain;       // in a context that runs each operation by itself
} points;

static void torture_points(kt_test *t, const char *param, points which)
{
    const char *variant =
        which.old_device ? "api=1.1;hide=timeline;noncoherent;" : "split_queues=2;";
    const int first = which.heap ? 0 : 1, last = which.heap ? 1 : TORTURE_FAULTS;
    torture it = {.call = find(param), .later = !strcmp(strrchr(param, '.'), ".on")};
    uint64_t counts[TORTURE_FAULTS] = {0}, total = 0;
    attempt made = {.fault = &torture_faults[first]};
    if (!torture_place_begin(&it.place, t, variant, which.null_driver))
        return;
    it.place.config.plain = which.plain;
    if (!run_program(&it, &made, counts))
        return;
    for (int i = first; i < last; i++) {
        total += counts[i];
        for (uint64_t nth = 1; nth <= counts[i]; nth++) {
            made = (attempt){.fault = &torture_faults[i], .nth = nth};
            if (!run_program(&it, &made, NULL))
                return;
        }
    }
    // The last one, too, is followed by a program in which all is right.
    made = (attempt){.fault = &torture_faults[first]};
    (void)run_program(&it, &made, NULL);
    if (it.call->cannot_fail)
        CHECK_EQ_U64(total, 0);
    LOGF(t, "points: %u failed, %u survived", it.failed, it.survived);
    // How often a driver is polled, and what has finished when a call comes, is never the same.
    if (total > it.failed + it.survived)
        LOGF(t, "%" PRIu64 " more did not come again", total - it.failed - it.survived);
}

TEST_FAMILY_CASE(any_vulkan_call_may_fail)
{
    torture_points(t, param, (points){0});
}

TEST_FAMILY_CASE(any_vulkan_call_may_fail_on_old_devices)
{
    torture_points(t, param, (points){.old_device = true});
}

TEST_FAMILY_CASE(any_allocation_may_fail)
{
    torture_points(t, param, (points){.heap = true});
}

TEST_FAMILY_CASE(any_allocation_may_fail_on_old_devices)
{
    torture_points(t, param, (points){.heap = true, .old_device = true});
}

TEST_FAMILY_CASE(any_vulkan_call_of_null_may_fail)
{
    torture_points(t, param, (points){.null_driver = true});
}

TEST_FAMILY_CASE(any_vulkan_call_of_null_may_fail_on_old_devices)
{
    torture_points(t, param, (points){.null_driver = true, .old_device = true});
}

TEST_FAMILY_CASE(any_vulkan_call_of_null_may_fail_in_plain_mode)
{
    torture_points(t, param, (points){.null_driver = true, .plain = true});
}

TEST_FAMILY_CASE(any_allocation_over_null_may_fail)
{
    torture_points(t, param, (points){.null_driver = true, .heap = true});
}

TEST_FAMILY_CASE(any_allocation_over_null_may_fail_on_old_devices)
{
    torture_points(t, param, (points){.null_driver = true, .heap = true, .old_device = true});
}
