#include "markdown.h"

#include <string.h>

enum { REST_BYTES = 100 }; // kept free for the line that counts the rest

void kt_append_line(kt_text *out, const char *text, size_t max_bytes)
{
    kt_text clean = {0};
    kt_text_append_clean(&clean, text, strcspn(text, "\r\n"));
    size_t size_bytes = clean.size_bytes;
    if (size_bytes > max_bytes) {
        size_bytes = max_bytes;
        while (size_bytes && (clean.bytes[size_bytes] & 0xc0) == 0x80) // inside a character
            size_bytes--;
    }
    kt_text_append(out, kt_text_string(&clean), size_bytes);
    if (size_bytes < clean.size_bytes)
        kt_text_format(out, "…");
    kt_text_finish(&clean);
}

void kt_markdown_code(kt_text *out, const char *text, size_t max_bytes)
{
    kt_text line = {0};
    kt_append_line(&line, text, max_bytes);
    if (line.size_bytes) {
        kt_text_format(out, "`");
        for (const char *next = line.bytes; *next; next++) {
            if (*next == '|')
                kt_text_format(out, "\\|");
            else // a backquote would end the code
                kt_text_append(out, *next == '`' ? "'" : next, 1);
        }
        kt_text_format(out, "`");
    }
    kt_text_finish(&line);
}

void kt_markdown_cell(kt_text *out, const char *text, size_t max_bytes)
{
    kt_text_format(out, "| ");
    kt_markdown_code(out, text, max_bytes);
    kt_text_format(out, " ");
}

bool kt_rows_add(kt_rows *rows, const char *head, const char *row)
{
    size_t needed = rows->out->size_bytes + (head ? strlen(head) : 0) + strlen(row) + REST_BYTES;
    if (rows->left_out || needed > rows->max_bytes) {
        rows->left_out++;
        return false;
    }
    kt_text_format(rows->out, "%s%s", head ? head : "", row);
    return true;
}

void kt_rows_finish(const kt_rows *rows, const char *things)
{
    kt_text line = {0};
    kt_text_format(&line, "\n… and %zu more %s\n", rows->left_out, things);
    if (rows->left_out && rows->out->size_bytes + line.size_bytes <= rows->max_bytes)
        kt_text_append(rows->out, line.bytes, line.size_bytes);
    kt_text_finish(&line);
}
