// Web pages that stand alone: style, script and data are in them.
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "text.h"

// Appends text that stands in a <script> element, such as JSON: no tag, and no comment, can begin
// in it. In JSON a '<' occurs inside strings only, where what it becomes means the same.
void cli_page_append_data(kt_text *out, const char *text, size_t size_bytes);

// Appends cli/report/shared.html with what it marks in place: the style that all pages share and
// NAME.css, the body NAME.html, data as above, the script that all pages share and NAME.js.
void cli_page_append(kt_text *out, const char *name, const kt_text *data);

#endif
