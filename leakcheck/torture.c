#include "torture.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heap_watch.h"
#include "proxied.h"
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
    kro_context_config config;
    const char *folder;
    uint32_t *page;
    bool computes;
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

static void ignore_log(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
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
        CHECK_STATUS(kro_submit(bench->stream, NULL), made->status);
    if (call->records)
        CHECK_EQ_STRING(kro_error_detail(), made->detail);
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
    torture_bench bench = {
        .config = it->config, .folder = it->folder, .page = it->page, .computes = it->computes};
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

// Removes the folder and its files.
static void remove_folder(void *object)
{
    const char *folder = object;
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries && (entry = readdir(entries));)
        (void)unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        (void)closedir(entries);
    (void)rmdir(folder);
}

static const char *make_folder(kt_test *t)
{
    enum { PATH = 256 };
    const char *base = getenv("TMPDIR");
    char *path = kt_alloc(t, PATH);
    snprintf(path, PATH, "%s/kronos-case-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(path)) {
        FAILF(t, "no folder like %s can be made", path);
        return NULL;
    }
    kt_defer(t, remove_folder, path);
    return path;
}

// A device of the run's, behind the proxy, and all that is found once.
static bool begin(torture *it, const char *variant)
{
    kt_test *t = it->place.t;
    kro_context *ctx = proxied_context(t, variant, NULL);
    it->place.proxy = proxied_api(t);
    it->place.variant = variant;
    if (!ctx || !it->place.proxy)
        return false;
    char *device = kt_alloc(t, 64);
    snprintf(device, 64, "uuid:%s", kro_context_info(ctx)->uuid);
    it->computes = !strstr(kro_context_info(ctx)->name, "Kronos null");
    it->config = (kro_context_config){
        .driver = kt_proxy_driver(t), .device = device, .queues = 2, .log = ignore_log};
    kt_release(t, ctx);
    it->folder = make_folder(t);
    uint8_t *bytes = kt_alloc(t, 2 * TORTURE_PAGE);
    it->page = (uint32_t *)(bytes + TORTURE_PAGE - (uintptr_t)bytes % TORTURE_PAGE);
    return it->folder != NULL;
}

static const torture_call *find(const char *param)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (!strncmp(param, calls[i].name, strlen(calls[i].name)) &&
            param[strlen(calls[i].name)] == '.')
            return calls[i].call;
    return NULL;
}

// Faults `first` … `last` - 1 at each point of a call.
static void torture_points(kt_test *t, const char *param, const char *variant, int first, int last)
{
    torture it = {
        .place = {.t = t}, .call = find(param), .later = !strcmp(strrchr(param, '.'), ".on")};
    uint64_t counts[TORTURE_FAULTS] = {0};
    attempt made = {.fault = &torture_faults[first]};
    if (!begin(&it, variant) || !run_program(&it, &made, counts))
        return;
    uint64_t points = 0;
    for (int i = first; i < last; i++) {
        points += counts[i];
        for (uint64_t nth = 1; nth <= counts[i]; nth++) {
            made = (attempt){.fault = &torture_faults[i], .nth = nth};
            if (!run_program(&it, &made, NULL))
                return;
        }
    }
    if (it.call->cannot_fail)
        CHECK_EQ_U64(points, 0);
    LOGF(t, "points: %u failed, %u survived", it.failed, it.survived);
}

static const char old_device[] = "api=1.1;hide=timeline;noncoherent;";

TEST_FAMILY_CASE(any_vulkan_call_may_fail)
{
    torture_points(t, param, "split_queues=2;", 1, TORTURE_FAULTS);
}

TEST_FAMILY_CASE(any_vulkan_call_of_an_old_device_may_fail)
{
    torture_points(t, param, old_device, 1, TORTURE_FAULTS);
}
