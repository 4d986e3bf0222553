#include "renames.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"

static const char GONE[] = "gone";

// The next word of a line, and where the line goes on.
static const char *next_word(const char **at, size_t *length)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
    const char *word = *at;
    *length = strcspn(word, " \t\r\n");
    *at = word + *length;
    return word;
}

static char *copy(const char *bytes, size_t length)
{
    char *string = kt_memory(length + 1, 1);
    memcpy(string, bytes, length);
    return string;
}

static bool is_there(const kt_renames *renames, const char *old)
{
    for (size_t i = 0; i < renames->count; i++)
        if (!strcmp(renames->items[i].old, old))
            return true;
    return false;
}

static bool parse_line(kt_renames *renames, const char *path, unsigned line, const char *text,
                       kt_text *problem)
{
    size_t old_length, now_length, rest_length;
    const char *old = next_word(&text, &old_length), *now = next_word(&text, &now_length);
    (void)next_word(&text, &rest_length);
    if (!old_length || *old == '#')
        return true;
    const bool gone = now_length == strlen(GONE) && !memcmp(now, GONE, now_length);
    if (!now_length || !rest_length != !gone)
        return kt_refuse(problem, "%s:%u: a line is 'OLD NEW', 'OLD gone REASON' or a # comment",
                         path, line);
    kt_rename made = {.old = copy(old, old_length), .path = path, .line = line};
    if (is_there(renames, made.old)) {
        kt_refuse(problem, "%s:%u: %s stands there twice", path, line, made.old);
        free(made.old);
        return false;
    }
    made.now = gone ? NULL : copy(now, now_length);
    renames->items = kt_memory_append(renames->items, renames->count, sizeof *renames->items);
    renames->items[renames->count++] = made;
    return true;
}

bool kt_renames_parse(kt_renames *renames, const char *path, const char *text, kt_text *problem)
{
    for (unsigned line = 1; *text; line++) {
        const size_t length = strcspn(text, "\n");
        char *one = copy(text, length);
        const bool right = parse_line(renames, path, line, one, problem);
        free(one);
        if (!right)
            return false;
        text += length + (text[length] == '\n');
    }
    return true;
}

void kt_renames_finish(kt_renames *renames)
{
    for (size_t i = 0; i < renames->count; i++) {
        free(renames->items[i].old);
        free(renames->items[i].now);
    }
    free(renames->items);
    *renames = (kt_renames){0};
}
