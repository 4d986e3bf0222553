#include "cases.h"

#include <string.h>

// Matches one character against the set after '['. `*end` is where the set ends; NULL if it does
// not.
static bool in_set(const char *set, const char *limit, char character, const char **end)
{
    bool negated = set < limit && *set == '!';
    bool found = false;
    const char *first = set + negated;
    for (const char *next = first; next < limit; next++) {
        if (*next == ']' && next > first) {
            *end = next + 1;
            return found != negated;
        }
        bool range = next + 2 < limit && next[1] == '-' && next[2] != ']';
        char low = *next, high = range ? next[2] : *next;
        found = found || (character >= low && character <= high);
        next += range ? 2 : 0;
    }
    *end = NULL;
    return false;
}

// Matches one element of a pattern that is no '*'. Returns where the pattern goes on, or NULL.
static const char *match_one(const char *pattern, const char *limit, char character)
{
    if (pattern == limit || character == '\0')
        return NULL;
    if (*pattern == '[') {
        const char *end;
        bool matches = in_set(pattern + 1, limit, character, &end);
        if (end)
            return matches ? end : NULL;
    }
    return *pattern == '?' || *pattern == character ? pattern + 1 : NULL;
}

// Matches one pattern without recursion: after a mismatch only the last '*' can take one more
// character, so the time is at most the product of both lengths.
static bool match_pattern(const char *pattern, const char *limit, const char *string)
{
    const char *star = NULL, *resume = NULL;
    while (*string || pattern < limit) {
        const char *next;
        if (pattern < limit && *pattern == '*') {
            star = ++pattern;
            resume = string;
        } else if ((next = match_one(pattern, limit, *string))) {
            pattern = next;
            string++;
        } else if (star && *resume) {
            pattern = star;
            string = ++resume;
        } else {
            return false;
        }
    }
    return true;
}

bool kt_match(const char *pattern, const char *string)
{
    for (;;) {
        size_t length = strcspn(pattern, ",|");
        if (match_pattern(pattern, pattern + length, string))
            return true;
        pattern += length;
        if (!*pattern++)
            return false;
    }
}
