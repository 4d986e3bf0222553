#include "doctor_findings.h"

#include <stdlib.h>
#include <string.h>

static char *format_text(const char *format, va_list list)
{
    kt_text raw = {0}, clean = {0};
    kt_text_format_list(&raw, format, list);
    // Paths, manifests and drivers may hold any bytes.
    kt_text_append_clean(&clean, kt_text_string(&raw), raw.size_bytes);
    kt_text_finish(&raw);
    if (!clean.size_bytes)
        return kt_copy_string("");
    // One line, whatever a driver said.
    for (char *end; (end = strpbrk(clean.bytes, "\n\t"));)
        *end = ' ';
    while (clean.size_bytes && clean.bytes[clean.size_bytes - 1] == ' ')
        clean.bytes[--clean.size_bytes] = '\0';
    return clean.bytes;
}

void cli_find(cli_findings *findings, cli_state state, const char *check, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    cli_finding finding = {.state = state, .check = check, .sentence = format_text(format, list)};
    va_end(list);
    findings->items = kt_memory_append(findings->items, findings->count, sizeof *findings->items);
    findings->items[findings->count++] = finding;
}

void cli_fix(cli_findings *findings, const char *format, ...)
{
    cli_finding *last = &findings->items[findings->count - 1];
    va_list list;
    va_start(list, format);
    free(last->fix);
    last->fix = format_text(format, list);
    va_end(list);
}

void cli_findings_finish(cli_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->items[i].sentence);
        free(findings->items[i].fix);
    }
    free(findings->items);
    *findings = (cli_findings){0};
}
