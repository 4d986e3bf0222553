#include "page.h"

#include <string.h>

#include "embedded.h"

// The pages' parts, from cli/report/.
extern const kt_embedded cli_report_files[];
extern const size_t cli_report_files_count;

void cli_page_append_data(kt_text *out, const char *text, size_t size_bytes)
{
    for (size_t i = 0, run; i < size_bytes; i += run) {
        const char *bracket = memchr(text + i, '<', size_bytes - i);
        run = bracket ? (size_t)(bracket - text) - i : size_bytes - i;
        kt_text_append(out, text + i, run);
        if (bracket) {
            kt_text_append(out, "\\u003c", 6);
            run++;
        }
    }
}

static const char *part(const char *name, const char *ending)
{
    kt_text path = {0};
    const char *text = "";
    kt_text_format(&path, "%s%s", name, ending);
    for (size_t i = 0; i < cli_report_files_count; i++)
        if (!strcmp(cli_report_files[i].path, path.bytes))
            text = cli_report_files[i].text;
    kt_text_finish(&path);
    return text;
}

void cli_page_append(kt_text *out, const char *name, const kt_text *data)
{
    const struct {
        const char *mark, *shared, *own;
    } parts[] = {
        {"<!--style-->", part("shared", ".css"), part(name, ".css")},
        {"<!--body-->", "", part(name, ".html")},
        {"<!--data-->", "", kt_text_string(data)},
        {"<!--script-->", part("shared", ".js"), part(name, ".js")},
    };
    const char *rest = part("shared", ".html");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const char *mark = strstr(rest, parts[i].mark);
        kt_text_append(out, rest, (size_t)(mark - rest));
        kt_text_append(out, parts[i].shared, strlen(parts[i].shared));
        kt_text_append(out, parts[i].own, strlen(parts[i].own));
        rest = mark + strlen(parts[i].mark);
    }
    kt_text_append(out, rest, strlen(rest));
}
