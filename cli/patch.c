#include "patch.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT = 3 }; // unchanged lines around a change

// Lines of one change with its context, old and new.
typedef struct hunk {
    kt_text text;
    size_t old_start, old_count, new_start, new_count;
} hunk;

static char *copy_line(const char *text, size_t size_bytes)
{
    char *line = kt_memory(size_bytes + 1, 1);
    memcpy(line, text, size_bytes);
    return line;
}

void cli_patch_init(cli_patch *patch, const char *text)
{
    *patch = (cli_patch){0};
    while (*text) {
        const size_t length = strcspn(text, "\n");
        patch->lines = kt_memory_append(patch->lines, patch->line_count, sizeof *patch->lines);
        patch->lines[patch->line_count++] = copy_line(text, length);
        text += length + (text[length] == '\n');
    }
}

void cli_patch_finish(cli_patch *patch)
{
    for (size_t i = 0; i < patch->line_count; i++)
        free(patch->lines[i]);
    for (size_t i = 0; i < patch->edit_count; i++)
        free(patch->edits[i].added);
    free(patch->lines);
    free(patch->edits);
    *patch = (cli_patch){0};
}

void cli_patch_edit(cli_patch *patch, size_t line, size_t count, const char *added)
{
    patch->edits = kt_memory_append(patch->edits, patch->edit_count, sizeof *patch->edits);
    patch->edits[patch->edit_count++] =
        (cli_edit){.line = line, .count = count, .added = kt_copy_string(added)};
}

static int by_line(const void *a, const void *b)
{
    const size_t x = ((const cli_edit *)a)->line, y = ((const cli_edit *)b)->line;
    return (x > y) - (x < y);
}

// Adds lines of the old text behind a mark: ' ' stays, '-' goes.
static void add_old(hunk *self, const cli_patch *patch, char mark, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        kt_text_format(&self->text, "%c%s\n", mark, patch->lines[i]);
        self->old_count++;
        self->new_count += mark == ' ';
    }
}

static void add_new(hunk *self, const char *lines)
{
    for (; *lines; self->new_count++) {
        const size_t length = strcspn(lines, "\n") + 1;
        kt_text_format(&self->text, "+");
        kt_text_append(&self->text, lines, length);
        lines += length;
    }
}

// A side of a hunk's head. An empty side starts behind the line before it.
static void append_side(kt_text *out, char sign, size_t start, size_t count)
{
    kt_text_format(out, " %c%zu,%zu", sign, count ? start + 1 : start, count);
}

static void finish_hunk(hunk *self, kt_text *out)
{
    kt_text_format(out, "@@");
    append_side(out, '-', self->old_start, self->old_count);
    append_side(out, '+', self->new_start, self->new_count);
    kt_text_format(out, " @@\n%s", kt_text_string(&self->text));
    kt_text_finish(&self->text);
}

void cli_patch_write(cli_patch *patch, const char *path, bool is_new, kt_text *out)
{
    if (!patch->edit_count)
        return;
    qsort(patch->edits, patch->edit_count, sizeof *patch->edits, by_line);
    const char *a = *path == '/' ? "" : "a/", *b = *path == '/' ? "" : "b/";
    kt_text_format(out, "--- %s%s\n+++ %s%s\n", is_new ? "" : a, is_new ? "/dev/null" : path, b,
                   path);
    size_t new_offset = 0; // how far new lines are ahead of old ones, modulo 2^n
    for (size_t i = 0; i < patch->edit_count;) {
        size_t next = patch->edits[i].line > CONTEXT ? patch->edits[i].line - CONTEXT : 0;
        hunk current = {.old_start = next, .new_start = next + new_offset};
        size_t end;
        do {
            const cli_edit *edit = &patch->edits[i++];
            const size_t edit_end = edit->line + edit->count;
            add_old(&current, patch, ' ', next, edit->line);
            add_old(&current, patch, '-', edit->line > next ? edit->line : next, edit_end);
            add_new(&current, edit->added);
            next = edit_end > next ? edit_end : next;
            end = next + CONTEXT < patch->line_count ? next + CONTEXT : patch->line_count;
        } while (i < patch->edit_count && patch->edits[i].line <= end + CONTEXT);
        add_old(&current, patch, ' ', next, end);
        new_offset += current.new_count - current.old_count;
        finish_hunk(&current, out);
    }
}
