// Text of unknown origin in reports: as one line, and in Markdown as GitHub and GitLab read it.
#ifndef KT_MARKDOWN_H
#define KT_MARKDOWN_H

#include "text.h"

// Appends the first line of a text, clean (see kt_text_append_clean), and of that at most
// `max_bytes`; "…" stands for the rest.
void kt_append_line(kt_text *out, const char *text, size_t max_bytes);

// The same as code that neither becomes markup nor ends a table's cell; nothing for an empty line.
void kt_markdown_code(kt_text *out, const char *text, size_t max_bytes);

// That as the next cell of a table; "|\n" ends the row.
void kt_markdown_cell(kt_text *out, const char *text, size_t max_bytes);

// A text of bounded size that is made of rows, the most important first.
typedef struct kt_rows {
    kt_text *out;
    size_t max_bytes;
    size_t left_out; // rows that found no room
} kt_rows;

// Appends `head` (NULL: nothing) and a row. Once one found no room none is added: what is cut is
// the end. True where it was added.
bool kt_rows_add(kt_rows *rows, const char *head, const char *row);

// Appends a line that counts what was left out, if anything was and one row's room is left:
// "… and 12 more faults".
void kt_rows_finish(const kt_rows *rows, const char *things);

#endif
