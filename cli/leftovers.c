#include "leftovers.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

typedef struct line {
    cli_leftover left;
    const char *proxy; // tells the drivers of a process apart
} line;

typedef struct lines {
    line *items;
    size_t count;
} lines;

// The text before the next `end`, which is cut off; NULL where there is none.
static char *cut(char **rest, char end)
{
    char *begin = *rest, *at = strchr(begin, end);
    if (!at)
        return NULL;
    *at = '\0';
    *rest = at + 1;
    return begin;
}

static bool read_line(line *out, char **rest)
{
    const char *process = cut(rest, '\t');
    const char *proxy = process ? cut(rest, '\t') : NULL;
    const char *type = proxy ? cut(rest, '\t') : NULL;
    const char *number = type ? cut(rest, '\t') : NULL;
    const char *at = number ? cut(rest, '\t') : NULL;
    const char *bytes = at ? cut(rest, '\t') : NULL;
    const char *mapped = bytes ? cut(rest, '\t') : NULL;
    const char *label = mapped ? cut(rest, '\n') : NULL;
    if (!label)
        return false;
    *out = (line){.left = {.type = type, .at = at, .mapped = *mapped == '1', .label = label},
                  .proxy = proxy};
    return kt_parse_number(process, UINT64_MAX, &out->left.process) &&
           kt_parse_number(number, UINT64_MAX, &out->left.number) &&
           kt_parse_number(bytes, UINT64_MAX, &out->left.memory_bytes);
}

static bool read_lines(lines *out, char *text)
{
    while (*text) {
        line read;
        if (!read_line(&read, &text))
            return false;
        out->items = kt_memory_append(out->items, out->count, sizeof read);
        out->items[out->count++] = read;
    }
    return true;
}

// Whether an object belongs to an instance, of which each driver has its share.
static bool is_shared(const char *type)
{
    static const char *const TYPES[] = {"VkInstance", "VkSurfaceKHR", "VkDebugUtilsMessengerEXT",
                                        "VkDebugReportCallbackEXT"};
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (!strcmp(type, TYPES[i]))
            return true;
    return false;
}

// Whether an earlier line told the same of another driver.
static bool is_told(const lines *all, size_t index)
{
    const line *own = &all->items[index];
    for (size_t i = 0; i < index && is_shared(own->left.type); i++) {
        const line *other = &all->items[i];
        if (other->left.process == own->left.process && !strcmp(other->left.type, own->left.type) &&
            strcmp(other->proxy, own->proxy) != 0)
            return true;
    }
    return false;
}

// Whether the proxy of a line told its "begin" or "end".
static bool has_mark(const lines *all, const line *own, const char *mark)
{
    for (size_t i = 0; i < all->count; i++) {
        const line *other = &all->items[i];
        if (other->left.process == own->left.process && !strcmp(other->proxy, own->proxy) &&
            !strcmp(other->left.type, mark))
            return true;
    }
    return false;
}

static void add_unknown(cli_leftovers *leftovers, uint64_t process)
{
    for (size_t i = 0; i < leftovers->unknown_count; i++)
        if (leftovers->unknown[i] == process)
            return;
    leftovers->unknown =
        kt_memory_append(leftovers->unknown, leftovers->unknown_count, sizeof *leftovers->unknown);
    leftovers->unknown[leftovers->unknown_count++] = process;
}

static void add_line(cli_leftovers *leftovers, const lines *all, size_t index)
{
    const line *own = &all->items[index];
    bool begins = !strcmp(own->left.type, "begin");
    if (begins && !has_mark(all, own, "end"))
        add_unknown(leftovers, own->left.process);
    // A process that was forked has its parent's list, and none of its objects.
    if (begins || !strcmp(own->left.type, "end") || !has_mark(all, own, "begin") ||
        is_told(all, index))
        return;
    leftovers->items =
        kt_memory_append(leftovers->items, leftovers->count, sizeof *leftovers->items);
    leftovers->items[leftovers->count++] = own->left;
    leftovers->memory_bytes += own->left.memory_bytes;
    leftovers->mapping_count += own->left.mapped;
}

static int compare(const void *a, const void *b)
{
    const cli_leftover *left = a, *right = b;
    if (left->process != right->process)
        return left->process < right->process ? -1 : 1;
    int types = strcmp(left->type, right->type);
    if (types)
        return types;
    return left->number < right->number ? -1 : left->number > right->number;
}

bool cli_leftovers_init(cli_leftovers *leftovers, char *text)
{
    *leftovers = (cli_leftovers){0};
    lines all = {0};
    bool right = read_lines(&all, text);
    for (size_t i = 0; right && i < all.count; i++)
        add_line(leftovers, &all, i);
    if (leftovers->count)
        qsort(leftovers->items, leftovers->count, sizeof *leftovers->items, compare);
    free(all.items);
    return right;
}

void cli_leftovers_finish(cli_leftovers *leftovers)
{
    free(leftovers->items);
    free(leftovers->unknown);
    *leftovers = (cli_leftovers){0};
}
