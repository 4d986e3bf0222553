#include "difference_report.h"

#include "markdown.h"

// How much of each is shown; JSON has all of it.
enum { MAX_CIRCUMSTANCES = 20, MESSAGE_BYTES = 200, NAME_BYTES = 250 };

static void append_circumstances(const cli_difference *difference, kt_text *out)
{
    if (!difference->circumstance_count)
        return;
    kt_text_format(out, "\n| different | A | B |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < difference->circumstance_count && i < MAX_CIRCUMSTANCES; i++) {
        const cli_circumstance *item = &difference->circumstances[i];
        kt_markdown_cell(out, item->what, NAME_BYTES);
        kt_markdown_cell(out, item->a, MESSAGE_BYTES);
        kt_markdown_cell(out, item->b, MESSAGE_BYTES);
        kt_text_format(out, "|\n");
    }
    if (difference->circumstance_count > MAX_CIRCUMSTANCES)
        kt_text_format(out, "\n… and %zu more differences of the device\n",
                       difference->circumstance_count - MAX_CIRCUMSTANCES);
}

static void append_change(const cli_change *change, kt_text *out)
{
    kt_text_format(out, "| %s%s ", change->worse ? "❌ " : "", cli_change_text(change->kind, true));
    kt_markdown_cell(out, change->name, NAME_BYTES);
    kt_text_format(out, "| ");
    cli_change_side(change, change->a, out);
    kt_text_format(out, " | ");
    cli_change_side(change, change->b, out);
    kt_text_format(out, " ");
    kt_markdown_cell(out, cli_change_message(change), MESSAGE_BYTES);
    kt_text_format(out, "|\n");
}

static void append_certified(const cli_certified *item, kt_text *out)
{
    kt_markdown_cell(out, item->name, NAME_BYTES);
    kt_markdown_cell(out, item->key, NAME_BYTES);
    kt_markdown_cell(out, item->a, MESSAGE_BYTES);
    kt_markdown_cell(out, item->b, MESSAGE_BYTES);
    kt_text_format(out, "|\n");
}

void cli_difference_markdown(const cli_difference *difference, size_t max_bytes, kt_text *out)
{
    kt_text_format(out, "### Kronos, B against A: ");
    cli_difference_summary(difference, out);
    kt_text_format(out, "\n\n- A ");
    kt_text line = {0};
    cli_results_text(difference->a, &line);
    kt_markdown_code(out, kt_text_string(&line), 2 * NAME_BYTES);
    kt_text_format(out, "\n- B ");
    kt_text_clear(&line);
    cli_results_text(difference->b, &line);
    kt_markdown_code(out, kt_text_string(&line), 2 * NAME_BYTES);
    kt_text_clear(&line);
    cli_difference_times(difference, &line);
    kt_text_format(out, line.size_bytes ? "\n- %s\n" : "%s\n", kt_text_string(&line));
    append_circumstances(difference, out);

    const char *head = "\n| change | case | A | B | |\n| --- | --- | --- | --- | --- |\n";
    kt_rows rows = {.out = out, .max_bytes = max_bytes};
    for (size_t i = 0; i < difference->change_count; i++) {
        kt_text_clear(&line);
        append_change(&difference->changes[i], &line);
        kt_rows_add(&rows, i ? NULL : head, kt_text_string(&line));
    }
    const char *certified_head = "\n| certified by | value | A | B |\n| --- | --- | --- | --- |\n";
    for (size_t i = 0; i < difference->certified_count; i++) {
        kt_text_clear(&line);
        append_certified(&difference->certified[i], &line);
        kt_rows_add(&rows, i ? NULL : certified_head, kt_text_string(&line));
    }
    kt_rows_finish(&rows, "changes");
    kt_text_finish(&line);
}
