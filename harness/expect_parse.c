#include "expect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// One key of an entry; every one is required once.
typedef enum key {
    KEY_STATUS,
    KEY_DRIVER,
    KEY_VERSIONS,
    KEY_REASON,
    KEY_LINK,
    KEY_EXPIRES,
    KEY_COUNT,
} key;

static const char *const KEYS[KEY_COUNT] = {"status", "driver", "versions",
                                            "reason", "link",   "expires"};

typedef struct parser {
    kt_expectations *list;
    const char *path;
    unsigned line;
    bool open;           // an entry has begun
    bool has[KEY_COUNT]; // keys of the open entry
    kt_text *problem;
} parser;

static bool refuse(parser *p, unsigned line, const char *format, ...) KT_PRINTF(3, 4);

static bool refuse(parser *p, unsigned line, const char *format, ...)
{
    kt_text_format(p->problem, "%s:%u: ", p->path, line);
    va_list list;
    va_start(list, format);
    kt_text_format_list(p->problem, format, list);
    va_end(list);
    return false;
}

static char *copy_range(const char *start, const char *end)
{
    size_t size_bytes = (size_t)(end - start);
    char *copy = kt_memory(size_bytes + 1, 1);
    memcpy(copy, start, size_bytes);
    return copy;
}

// Cuts white space off both ends.
static void trim(const char **start, const char **end)
{
    while (*start < *end && isspace((unsigned char)**start))
        ++*start;
    while (*start < *end && isspace((unsigned char)(*end)[-1]))
        --*end;
}

static bool close_entry(parser *p)
{
    if (!p->open)
        return true;
    const kt_expectation *entry = &p->list->items[p->list->count - 1];
    for (int i = 0; i < KEY_COUNT; i++)
        if (!p->has[i])
            return refuse(p, entry->line, "[%s] has no '%s'", entry->pattern, KEYS[i]);
    if (!entry->expires && !entry->fixed_version)
        return refuse(
            p, entry->line,
            "[%s] expires never, and its versions have no end: somebody has to look again",
            entry->pattern);
    return true;
}

static bool open_entry(parser *p, const char *start, const char *end)
{
    if (!close_entry(p))
        return false;
    if (end - start < 3 || end[-1] != ']')
        return refuse(p, p->line, "an entry starts with [pattern of case names]");
    kt_expectations *list = p->list;
    list->items = kt_memory_append(list->items, list->count, sizeof *list->items);
    list->items[list->count++] = (kt_expectation){
        .pattern = copy_range(start + 1, end - 1), .path = p->path, .line = p->line};
    p->open = true;
    memset(p->has, 0, sizeof p->has);
    return true;
}

// "Fail" or "Crash Timeout": what the case may end as.
static bool parse_statuses(parser *p, kt_expectation *entry, const char *start, const char *end)
{
    while (start < end) {
        const char *word = start;
        while (start < end && !isspace((unsigned char)*start))
            start++;
        kt_status status;
        bool known = kt_status_parse(word, (size_t)(start - word), &status);
        bool allowed = known && (status == KT_FLAKE ||
                                 (kt_status_is_failure(status) && status != KT_INTERNAL_ERROR));
        if (!allowed)
            return refuse(p, p->line,
                          "'%.*s' is no status that can be expected (Fail, DeviceLost, "
                          "Crash, Timeout, Flake)",
                          (int)(start - word), word);
        entry->statuses |= 1u << status;
        while (start < end && isspace((unsigned char)*start))
            start++;
    }
    return true;
}

// "22.3 .. 23.1": from the first version on, up to the one that mends it; either may be missing.
static bool parse_versions(parser *p, kt_expectation *entry, const char *start, const char *end)
{
    const char *dots = strstr(start, "..");
    if (!dots || dots + 2 > end)
        return refuse(p, p->line, "versions look like '22.3 .. 23.1', either end may be missing");
    const char *first_end = dots, *fixed = dots + 2;
    trim(&start, &first_end);
    trim(&fixed, &end);
    if (start < first_end)
        entry->first_version = copy_range(start, first_end);
    if (fixed < end)
        entry->fixed_version = copy_range(fixed, end);
    bool right = (!entry->first_version || kt_is_version(entry->first_version)) &&
                 (!entry->fixed_version || kt_is_version(entry->fixed_version));
    return right || refuse(p, p->line, "a version is numbers joined by dots");
}

// Days that exist, in the form whose order as text is their order in time.
static bool is_date(const char *date)
{
    static const char FORM[] = "dddd-dd-dd";
    static const int DAYS[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (size_t i = 0; i < sizeof FORM; i++)
        if (FORM[i] == 'd' ? !isdigit((unsigned char)date[i]) : date[i] != FORM[i])
            return false;
    int year = atoi(date), month = atoi(date + 5), day = atoi(date + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1] &&
           (month != 2 || day <= 28 + leap);
}

// "2027-06-30", or "never".
static bool parse_expiry(parser *p, kt_expectation *entry, const char *start, const char *end)
{
    entry->expires = copy_range(start, end);
    if (is_date(entry->expires))
        return true;
    if (strcmp(entry->expires, "never") != 0)
        return refuse(p, p->line, "expires is a day such as 2027-06-30, or never, not '%s'",
                      entry->expires);
    free(entry->expires);
    entry->expires = NULL;
    return true;
}

static bool parse_value(parser *p, key found, const char *start, const char *end)
{
    kt_expectation *entry = &p->list->items[p->list->count - 1];
    if (start == end)
        return refuse(p, p->line, "'%s' has no value", KEYS[found]);
    switch (found) {
    case KEY_STATUS:
        return parse_statuses(p, entry, start, end);
    case KEY_VERSIONS:
        return parse_versions(p, entry, start, end);
    case KEY_DRIVER:
        entry->driver = copy_range(start, end);
        return true;
    case KEY_REASON:
        entry->reason = copy_range(start, end);
        return true;
    case KEY_LINK:
        entry->link = copy_range(start, end);
        return true;
    case KEY_EXPIRES:
        return parse_expiry(p, entry, start, end);
    case KEY_COUNT:
        break;
    }
    return false;
}

static bool parse_line(parser *p, const char *start, const char *end)
{
    trim(&start, &end);
    if (start == end || *start == '#')
        return true;
    if (*start == '[')
        return open_entry(p, start, end);
    const char *equals = memchr(start, '=', (size_t)(end - start));
    if (!equals)
        return refuse(p, p->line, "a line is [pattern], key = value, or a # comment");
    const char *name_end = equals, *value = equals + 1;
    trim(&start, &name_end);
    trim(&value, &end);
    for (int i = 0; i < KEY_COUNT; i++) {
        if (strlen(KEYS[i]) != (size_t)(name_end - start) ||
            memcmp(KEYS[i], start, strlen(KEYS[i])) != 0)
            continue;
        if (!p->open)
            return refuse(p, p->line, "'%s' stands before the first [pattern]", KEYS[i]);
        if (p->has[i])
            return refuse(p, p->line, "'%s' is given twice", KEYS[i]);
        p->has[i] = true;
        return parse_value(p, (key)i, value, end);
    }
    return refuse(p, p->line, "unknown key '%.*s'", (int)(name_end - start), start);
}

bool kt_expect_parse(kt_expectations *list, const char *path, const char *text, kt_text *problem)
{
    parser p = {.list = list, .path = path, .problem = problem};
    while (*text) {
        const char *end = text + strcspn(text, "\n");
        p.line++;
        // Each line is parsed on its own copy, so that no search runs past its end.
        char *line = copy_range(text, end);
        bool right = parse_line(&p, line, line + (end - text));
        free(line);
        if (!right)
            return false;
        text = *end ? end + 1 : end;
    }
    return close_entry(&p);
}

void kt_expect_finish(kt_expectations *list)
{
    for (size_t i = 0; i < list->count; i++) {
        kt_expectation *entry = &list->items[i];
        free(entry->pattern);
        free(entry->driver);
        free(entry->first_version);
        free(entry->fixed_version);
        free(entry->reason);
        free(entry->link);
        free(entry->expires);
    }
    free(list->items);
    *list = (kt_expectations){0};
}
