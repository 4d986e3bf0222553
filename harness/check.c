#include "captured.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// A check in a loop may fail a million times; the first ones tell the story.
enum { MAX_FAILURES_SHOWN = 20 };

// The path from the suite's folder on, the same on every machine.
static const char *short_path(const char *path)
{
    const char *last = strrchr(path, '/');
    while (last && last > path && last[-1] != '/')
        last--;
    return last ? last : path;
}

// Sends an event; `here` may be NULL.
static void say(kt_test *t, kt_event event, const kt_here *here, const char *format, va_list list)
{
    kt_text text = {0};
    if (here)
        kt_text_format(&text, "%s:%d: ", short_path(here->file), here->line);
    kt_text_format_list(&text, format, list);
    kt_session_event(t->session, event, kt_text_string(&text));
    kt_text_finish(&text);
}

static void fail_at(kt_test *t, kt_here here, const char *format, va_list list)
{
    uint64_t failures = atomic_fetch_add(&t->failures, 1);
    if (failures < MAX_FAILURES_SHOWN)
        say(t, KT_EVENT_FAIL, &here, format, list);
    else if (failures == MAX_FAILURES_SHOWN)
        kt_session_event(t->session, KT_EVENT_LOG, "more failures follow; they are not shown");
}

void kt_fail(kt_test *t, kt_here here, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail_at(t, here, format, list);
    va_end(list);
}

bool kt_fail_check(kt_test *t, kt_here here, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fail_at(t, here, format, list);
    va_end(list);
    return false;
}

void kt_warn(kt_test *t, kt_here here, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(t, KT_EVENT_WARN, &here, format, list);
    va_end(list);
}

void kt_skip(kt_test *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(t, KT_EVENT_SKIP, NULL, format, list);
    va_end(list);
}

void kt_log(kt_test *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say(t, KT_EVENT_LOG, NULL, format, list);
    va_end(list);
}

void kt_internal_error(kt_test *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    atomic_fetch_add(&t->failures, 1);
    say(t, KT_EVENT_INTERNAL, NULL, format, list);
    va_end(list);
}

void kt_fail_status(kt_test *t, const char *what, kro_status status)
{
    kt_text text = {0};
    kt_text_format(&text, "%s: %s: %s", what, kro_status_name(status), kro_error_detail());
    atomic_fetch_add(&t->failures, 1);
    kt_event event = status == KRO_ERROR_DEVICE_LOST ? KT_EVENT_LOST : KT_EVENT_FAIL;
    kt_session_event(t->session, event, kt_text_string(&text));
    kt_text_finish(&text);
}

bool kt_has_failed(const kt_test *t)
{
    return atomic_load(&t->failures) > 0;
}

bool kt_check(kt_test *t, kt_here here, bool condition, const char *text)
{
    atomic_fetch_add(&t->checks, 1);
    return condition || kt_fail_check(t, here, "CHECK(%s) is false", text);
}

static bool fail_number(kt_test *t, kt_here here, const char *actual_text,
                        const char *expected_text, const char *actual, const char *expected)
{
    // A literal need not be said twice.
    const bool literal = !strcmp(expected_text, expected);
    return kt_fail_check(t, here, "%s is %s, not %s%s%s", actual_text, actual,
                         literal ? "" : expected_text, literal ? "" : " = ", expected);
}

bool kt_check_u64(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                  uint64_t actual, uint64_t expected)
{
    atomic_fetch_add(&t->checks, 1);
    if (actual == expected)
        return true;
    char actual_number[48], expected_number[24];
    snprintf(actual_number, sizeof actual_number, "%" PRIu64 " (0x%" PRIx64 ")", actual, actual);
    snprintf(expected_number, sizeof expected_number, "%" PRIu64, expected);
    return fail_number(t, here, actual_text, expected_text, actual_number, expected_number);
}

bool kt_check_i64(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                  int64_t actual, int64_t expected)
{
    atomic_fetch_add(&t->checks, 1);
    if (actual == expected)
        return true;
    char actual_number[24], expected_number[24];
    snprintf(actual_number, sizeof actual_number, "%" PRId64, actual);
    snprintf(expected_number, sizeof expected_number, "%" PRId64, expected);
    return fail_number(t, here, actual_text, expected_text, actual_number, expected_number);
}

// A string in a sentence: the whole of a page helps nobody.
enum { MAX_SHOWN_BYTES = 4000 };

static const char *shown(const char *string)
{
    return string ? string : "(NULL)";
}

static const char *dots(const char *string)
{
    return string && strlen(string) > MAX_SHOWN_BYTES ? " …" : "";
}

bool kt_check_string(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                     const char *actual, const char *expected)
{
    atomic_fetch_add(&t->checks, 1);
    return (actual && expected && !strcmp(actual, expected)) ||
           kt_fail_check(t, here, "%s is '%.*s'%s, not %s = '%.*s'%s", actual_text, MAX_SHOWN_BYTES,
                         shown(actual), dots(actual), expected_text, MAX_SHOWN_BYTES,
                         shown(expected), dots(expected));
}

bool kt_check_contains(kt_test *t, kt_here here, const char *text, const char *string,
                       const char *part)
{
    atomic_fetch_add(&t->checks, 1);
    return (string && part && strstr(string, part)) ||
           kt_fail_check(t, here, "%s is '%.*s'%s, without '%.*s'", text, MAX_SHOWN_BYTES,
                         shown(string), dots(string), MAX_SHOWN_BYTES, shown(part));
}

bool kt_check_status(kt_test *t, kt_here here, const char *text, kro_status actual,
                     kro_status expected)
{
    atomic_fetch_add(&t->checks, 1);
    if (actual == expected)
        return true;
    // A device that was lost explains every failure after it, whatever status was expected.
    if (actual == KRO_ERROR_DEVICE_LOST)
        kt_fail_status(t, text, actual);
    return kt_fail_check(t, here, "%s returned %s, not %s%s%s", text, kro_status_name(actual),
                         kro_status_name(expected), actual < 0 ? ": " : "",
                         actual < 0 ? kro_error_detail() : "");
}

bool kt_check_array(kt_test *t, kt_here here, kro__arrays arrays, kro_tolerance tolerance)
{
    atomic_fetch_add(&t->checks, 1);
    if (!arrays.actual || !arrays.expected)
        return kt_fail_check(t, here, "%s is NULL",
                             arrays.actual ? arrays.expected_text : arrays.actual_text);
    kro__mismatches found = kro__compare(&arrays, &tolerance);
    kt_capture_arrays(t, &arrays, &tolerance);
    if (!found.count)
        return true;
    char text[512];
    kro__mismatch_text(&arrays, &tolerance, &found, text, sizeof text);
    return kt_fail_check(t, here, "%s", text);
}
