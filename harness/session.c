#include "session.h"

#include <stdlib.h>

#include "captured.h"
#include "driver_library.h"
#include "ledger.h"
#include "os/process.h"
#include "races.h"
#include "raw_kept.h"
#include "running.h"

void kt_session_init(kt_session *session, const char *device, const char *driver, kt_sink sink)
{
    *session = (kt_session){.device = device, .driver = driver, .sink = sink};
    pthread_mutex_init(&session->lock, NULL);
}

static void close_context(kt_session *session)
{
    kt_raw_close_kept(session);
    kro_context_destroy(session->full_context);
    kro_context_destroy(session->context);
    session->full_context = NULL;
    session->context = NULL;
}

void kt_session_finish(kt_session *session)
{
    close_context(session);
    pthread_mutex_destroy(&session->lock);
}

void kt_session_event(kt_session *session, kt_event event, const char *text)
{
    pthread_mutex_lock(&session->lock);
    session->sink.event(session->sink.user, event, text);
    pthread_mutex_unlock(&session->lock);
    if (event == KT_EVENT_FAIL || event == KT_EVENT_LOST || event == KT_EVENT_INTERNAL)
        kt_capture_failure(session, text);
}

void kt_session_log(void *user, kro_log_level level, const char *message)
{
    kt_session *session = user;
    kt_text text = {0};
    kt_text_format(&text, "log: %s", message);
    pthread_mutex_lock(&session->lock);
    kt_test *t = session->current;
    bool expected = t && (t->test_case->entry->needs & NEEDS_WRONG_INPUT);
    bool fails = level == KRO_LOG_ERROR && !expected;
    if (t && fails)
        atomic_fetch_add(&t->failures, 1);
    session->sink.event(session->sink.user, fails ? KT_EVENT_FAIL : KT_EVENT_LOG,
                        kt_text_string(&text));
    pthread_mutex_unlock(&session->lock);
    kt_text_finish(&text);
}

static void open_context(kt_session *session, bool all_features, kro_context **out)
{
    session->open_status =
        kro_context_create(&(kro_context_config){.device = session->device,
                                                 .driver = session->driver,
                                                 .log = kt_session_log,
                                                 .log_user = session,
                                                 .enable_all_features = all_features},
                           out);
}

kro_context *kt_session_open(kt_session *session)
{
    if (session->context)
        return session->context;
    open_context(session, false, &session->context);
    char *library = session->context ? kt_driver_library(session->context) : NULL;
    if (library)
        session->proxy = kt_ledger_proxy(library);
    free(library);
    return session->context;
}

kro_context *kt_session_open_full(kt_session *session)
{
    if (!session->full_context)
        open_context(session, true, &session->full_context);
    return session->full_context;
}

// Leaves the ledger of a proxy to the running case.
static void close_proxied(kt_session *session)
{
    if (session->proxy)
        close_context(session);
}

// Whether the case has what it needs; says what it lacks.
static bool check_needs(kt_test *t)
{
    const uint64_t needs = t->test_case->entry->needs;
    if ((needs & NEEDS_NULL) && !kt_null_driver(t)) {
        kt_skip(t, "the null driver");
        return false;
    }
    if ((needs & NEEDS_PROXY) && !kt_proxy_driver(t)) {
        kt_skip(t, "the proxy driver");
        return false;
    }
    // Our drivers are opened without the loader, and so without the layers that a run may ask for.
    if (needs & (NEEDS_NULL | NEEDS_PROXY))
        kt_set_environment(t, "KRONOS_VALIDATION", NULL);
    if (!kt_case_uses_device(t->test_case))
        return true;
    kro_context *context = kt_session_open(t->session);
    if (!context) {
        kro_status status = t->session->open_status;
        if (status == KRO_ERROR_NO_DRIVER || status == KRO_ERROR_NO_DEVICE)
            kt_skip(t, "a device: %s", kro_error_detail());
        else
            kt_fail_status(t, "opening the device", status);
        return false;
    }
    const char *missing = kt_needs_missing(needs, kro_context_info(context));
    if (missing)
        kt_skip(t, "%s", missing);
    return !missing;
}

// The next state of splitmix64, whose output mixes any two seeds well.
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

size_t kt_param_index(const kt_test *t)
{
    return t->test_case->param_index;
}

// What the sanitizer printed is in the case's log; its own exit status would come too late.
static void check_races(kt_test *t, unsigned count)
{
    t->session->race_count += count;
    if (count)
        kt_fail_check(t, KT_HERE, "ThreadSanitizer reported %u times, see the log", count);
}

static void set_current(kt_session *session, kt_test *t)
{
    pthread_mutex_lock(&session->lock);
    session->current = t;
    pthread_mutex_unlock(&session->lock);
}

kt_completion kt_session_run(kt_session *session, const kt_case *test_case, uint64_t run_seed)
{
    kt_test t = {.session = session,
                 .test_case = test_case,
                 .run_seed = run_seed,
                 .seed = mix(run_seed ^ kt_hash_string(kt_case_first_name(test_case)))};
    t.random = t.seed;
    pthread_mutex_init(&t.lock, NULL);
    set_current(session, &t);
    const uint64_t start_ns = kt_now_ns();
    const unsigned races_before = kt_race_count();

    close_proxied(session);
    kt_ledger ledger = kt_ledger_begin(&t);
    if (check_needs(&t)) {
        if (test_case->entry->run)
            test_case->entry->run(&t);
        else
            test_case->entry->run_param(&t, test_case->param);
    }
    kt_release_all(&t);
    close_proxied(session);
    kt_capture_end(session);
    kt_ledger_end(&ledger, &t);
    kt_release_all(&t); // what looking for drivers took
    check_races(&t, kt_race_count() - races_before);

    // A case that failed may have left anything behind on the shared device.
    if (atomic_load(&t.failures))
        close_context(session);
    kt_completion completion = {.checks = atomic_load(&t.checks),
                                .duration_ns = kt_now_ns() - start_ns,
                                .hashes = {.read_back = atomic_load(&t.read_back),
                                           .everywhere = atomic_load(&t.everywhere)}};
    set_current(session, NULL);
    pthread_mutex_destroy(&t.lock);
    return completion;
}
