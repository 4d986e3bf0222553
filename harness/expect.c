#include "expect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

bool kt_expectation_concerns(const kt_expectation *entry, const kt_driver *driver,
                             const kt_case *test_case)
{
    return kt_case_matches(test_case, entry->pattern) && kt_match(entry->driver, driver->name) &&
           (!entry->first_version ||
            kt_compare_versions(driver->version, entry->first_version) >= 0) &&
           (!entry->fixed_version ||
            kt_compare_versions(driver->version, entry->fixed_version) < 0);
}

const kt_expectation *kt_expect_find(const kt_expectations *list, const kt_driver *driver,
                                     const kt_case *test_case, kt_status status)
{
    const kt_expectation *found = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const kt_expectation *entry = &list->items[i];
        if (!kt_expectation_concerns(entry, driver, test_case))
            continue;
        if (entry->statuses & (1u << status))
            return entry;
        if (!found)
            found = entry;
    }
    return found;
}

bool kt_expectation_expired(const kt_expectation *expectation, const char *today)
{
    return expectation->expires && strcmp(today, expectation->expires) > 0;
}

kt_status kt_expect_apply(const kt_expectation *expectation, kt_status status, const char *today)
{
    if (!expectation)
        return status;
    const bool flaky = expectation->statuses & (1u << KT_FLAKE);
    if (kt_status_is_failure(status) && kt_expectation_expired(expectation, today))
        return status;
    if (kt_status_is_failure(status))
        return expectation->statuses & (1u << status) ? KT_WAIVED : flaky ? KT_FLAKE : status;
    return !flaky && (status == KT_PASS || status == KT_WARN) ? KT_XPASS : status;
}

bool kt_is_version(const char *string)
{
    const char *next = string;
    for (; *next; next++)
        if (!isdigit((unsigned char)*next) &&
            !(*next == '.' && next > string && next[1] && next[1] != '.'))
            return false;
    return next > string;
}

int kt_compare_versions(const char *a, const char *b)
{
    while (*a || *b) {
        char *a_end, *b_end;
        unsigned long a_number = strtoul(a, &a_end, 10), b_number = strtoul(b, &b_end, 10);
        if (a_number != b_number)
            return a_number < b_number ? -1 : 1;
        // Anything that is no number ends a version.
        a = *a_end == '.' && a_end > a ? a_end + 1 : "";
        b = *b_end == '.' && b_end > b ? b_end + 1 : "";
    }
    return 0;
}

void kt_driver_version(const char *driver_info, const char *driver_version, kt_text *out)
{
    kt_text_clear(out);
    for (const char *next = driver_info; *next; next++) {
        if (!isdigit((unsigned char)*next))
            continue;
        size_t length = strspn(next, "0123456789.");
        while (length && next[length - 1] == '.')
            length--;
        if (memchr(next, '.', length)) {
            kt_text_append(out, next, length);
            return;
        }
        next += length - 1;
    }
    kt_text_append(out, driver_version, strlen(driver_version));
}
