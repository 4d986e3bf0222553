#include "kernel_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

// A check in a loop may fail a million times; the first ones tell the story.
enum { MAX_FAILURES_SHOWN = 20 };

// Prints one line, at once: a crash later on must not swallow it.
static void print(const char *file, int line, const char *format, va_list list)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, list);
    if (file)
        printf("%s:%d: %s\n", file, line, text);
    else
        printf("%s\n", text);
    fflush(stdout);
}

void kro_test_fail(kro_test *t, const char *file, int line, const char *format, ...)
{
    unsigned failures = atomic_fetch_add(&t->failures, 1);
    if (failures == MAX_FAILURES_SHOWN)
        puts("more failures follow; they are not shown");
    if (failures >= MAX_FAILURES_SHOWN)
        return;
    va_list list;
    va_start(list, format);
    print(file, line, format, list);
    va_end(list);
}

void kro__test_fail_status(kro_test *t, const char *file, int line, const char *what,
                           kro_status status)
{
    if (status == KRO_ERROR_DEVICE_LOST)
        atomic_store(&t->lost, true);
    kro_test_fail(t, file, line, "%s: %s%s%s", what, kro_status_name(status),
                  status < 0 ? ": " : "", status < 0 ? kro_error_detail() : "");
}

void kro_test_skip(kro_test *t, const char *format, ...)
{
    atomic_store(&t->skipped, true);
    va_list list;
    va_start(list, format);
    print(NULL, 0, format, list);
    va_end(list);
}

bool kro_test_check(kro_test *t, const char *file, int line, const char *text, bool condition)
{
    atomic_fetch_add(&t->checks, 1);
    if (!condition)
        kro_test_fail(t, file, line, "%s is false", text);
    return condition;
}

bool kro_test_check_ok(kro_test *t, const char *file, int line, const char *text, kro_status status)
{
    atomic_fetch_add(&t->checks, 1);
    if (status != KRO_OK)
        kro__test_fail_status(t, file, line, text, status);
    return status == KRO_OK;
}

// The bytes that a check compares; NULL, and a failure, where they cannot be had.
static void *read_back(kro_test *t, const char *file, int line, const char *text,
                       kro_buffer *buffer, uint64_t size_bytes)
{
    const kro_buffer_info *info = kro_buffer_get_info(buffer);
    // A NULL buffer is left to kro_buffer_read, which has a sentence for it.
    if (info && size_bytes > info->size_bytes) {
        kro_test_fail(t, file, line, "%s has %llu bytes, and the check compares %llu", text,
                      (unsigned long long)info->size_bytes, (unsigned long long)size_bytes);
        return NULL;
    }
    void *bytes = malloc((size_t)(info ? size_bytes : 1));
    if (!bytes) {
        kro_test_fail(t, file, line, "no host memory for the %llu bytes of %s",
                      (unsigned long long)size_bytes, text);
        return NULL;
    }
    kro_status status = kro_buffer_read(buffer, 0, bytes, size_bytes);
    if (status == KRO_OK)
        return bytes;
    kro__test_fail_status(t, file, line, text, status);
    free(bytes);
    return NULL;
}

bool kro_test_check_buffer(kro_test *t, const char *file, int line, const char *buffer_text,
                           const char *want_text, kro_buffer *buffer, kro_element element,
                           const void *want, kro_tolerance tolerance)
{
    atomic_fetch_add(&t->checks, 1);
    const size_t element_bytes = kro__element_bytes(element);
    if (!want || tolerance.count == 0 || tolerance.count > SIZE_MAX / element_bytes) {
        kro_test_fail(t, file, line, "%s is compared with %zu elements of %s%s", buffer_text,
                      tolerance.count, want_text, want ? "" : ", which is NULL");
        return false;
    }
    void *got = read_back(t, file, line, buffer_text, buffer, tolerance.count * element_bytes);
    if (!got)
        return false;
    const kro__arrays arrays = {element, buffer_text, want_text, got, want};
    kro__mismatches found = kro__compare(&arrays, &tolerance);
    if (found.count) {
        char text[512];
        kro__mismatch_text(&arrays, &tolerance, &found, text, sizeof text);
        kro_test_fail(t, file, line, "%s", text);
    }
    free(got);
    return !found.count;
}
