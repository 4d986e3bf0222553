#include "difference_report.h"

#include <inttypes.h>

#include "json.h"
#include "markdown.h"
#include "table.h"

// How much of each a report shows; JSON has all of it.
enum {
    MAX_CIRCUMSTANCES = 20,
    MAX_HARMLESS = 20, // changes on a terminal that are not for the worse
    MAX_CERTIFIED = 40,
    MESSAGE_BYTES = 160,
    NAME_BYTES = 250,
};

static const struct {
    const char *key, *one, *many;
} KINDS[CLI_CHANGE_KIND_COUNT] = {
    [CLI_NEW_FAULT] = {"new_faults", "new fault", "new faults"},
    [CLI_CHANGED_FAULT] = {"changed_faults", "changed fault", "changed faults"},
    [CLI_GONE] = {"gone", "case gone", "cases gone"},
    [CLI_SKIPPED_NOW] = {"skipped_now", "skipped now", "skipped now"},
    [CLI_SLOWER] = {"slower", "slower", "slower"},
    [CLI_KNOWN_NOW] = {"known_now", "known now", "known now"},
    [CLI_FIXED] = {"fixed", "fixed", "fixed"},
    [CLI_RUNS_NOW] = {"runs_now", "runs now", "run now"},
    [CLI_NEW_CASE] = {"new_cases", "new case", "new cases"},
};

const char *cli_change_key(cli_change_kind kind)
{
    return KINDS[kind].key;
}

const char *cli_change_text(cli_change_kind kind, bool one)
{
    return one ? KINDS[kind].one : KINDS[kind].many;
}

void cli_difference_summary(const cli_difference *difference, kt_text *out)
{
    const char *separator = ": ";
    kt_text_format(out, difference->worse ? "WORSE" : "NOT WORSE");
    if (difference->times.slower) {
        kt_text_format(out, "%sthe whole is %.2f times slower", separator,
                       difference->times.median);
        separator = ", ";
    }
    for (int kind = 0; kind < CLI_CHANGE_KIND_COUNT; kind++) {
        const size_t count = difference->counts[kind];
        if (!count)
            continue;
        kt_text_format(out, "%s%zu %s", separator, count,
                       cli_change_text((cli_change_kind)kind, count == 1));
        separator = ", ";
    }
    if (!difference->change_count && !difference->times.slower) {
        kt_text_format(out, "%sno case changed", separator);
        separator = ", ";
    }
    if (difference->certified_count)
        kt_text_format(out, "%s%zu certified %s changed", separator, difference->certified_count,
                       difference->certified_count == 1 ? "value" : "values");
}

void cli_difference_times(const cli_difference *difference, kt_text *out)
{
    const cli_times *times = &difference->times;
    if (times->count)
        kt_text_format(out,
                       "B takes %.2f times as long as A (the middle half: %.2f to %.2f; %zu cases "
                       "of about %d ms and more)",
                       times->median, times->low, times->high, times->count,
                       CLI_TIMED_MIN_NS / 1000000);
    if (times->count && difference->margin > 0)
        kt_text_format(out, "; slower means %g times as long as the others and %d ms more",
                       difference->margin, CLI_SLOWER_MIN_NS / 1000000);
}

void cli_results_text(const cli_results *results, kt_text *out)
{
    const cJSON *device = cli_results_device(results);
    kt_text line = {0}, version = {0};
    kt_driver_version(kt_json_string(device, "driver_info"),
                      kt_json_string(device, "driver_version"), &version);
    kt_text_format(&line, "%s: ", results->folder);
    if (device)
        kt_text_format(&line, "%s, driver %s %s", kt_json_string(device, "name"),
                       kt_json_string(device, "driver_name"), kt_text_string(&version));
    else
        kt_text_format(&line, "no device");
    kt_text_format(&line, "; Kronos %s, tier %s, %zu cases%s",
                   kt_json_string(results->run, "kronos"), kt_json_string(results->run, "tier"),
                   results->count, results->end ? "" : ", not run to its end");
    kt_append_line(out, kt_text_string(&line), 2 * NAME_BYTES);
    kt_text_finish(&line);
    kt_text_finish(&version);
}

void cli_change_side(const cli_change *change, const cli_result *side, kt_text *out)
{
    if (!side)
        kt_text_format(out, "-");
    else if (change->kind == CLI_SLOWER)
        kt_text_format(out, "%.3f s", (double)side->duration_ns / 1e9);
    else
        kt_text_format(out, "%s", kt_status_text(side->status));
}

const char *cli_change_message(const cli_change *change)
{
    // A case that is right has nothing to say; what was wrong with it, its old result says.
    const cli_result *from = change->kind == CLI_FIXED || !change->b ? change->a : change->b;
    return change->kind == CLI_SLOWER ? "" : kt_json_string(from->json, "message");
}

static void add_line(cli_table *table, const char *text, size_t max_bytes)
{
    kt_text line = {0};
    kt_append_line(&line, text, max_bytes);
    cli_table_add(table, "%s", kt_text_string(&line));
    kt_text_finish(&line);
}

static void print_circumstances(const cli_difference *difference, FILE *file)
{
    cli_table table;
    cli_table_init(&table, 3);
    cli_table_add(&table, "DIFFERENT");
    cli_table_add(&table, "A");
    cli_table_add(&table, "B");
    for (size_t i = 0; i < difference->circumstance_count && i < MAX_CIRCUMSTANCES; i++) {
        add_line(&table, difference->circumstances[i].what, NAME_BYTES);
        add_line(&table, difference->circumstances[i].a, MESSAGE_BYTES);
        add_line(&table, difference->circumstances[i].b, MESSAGE_BYTES);
    }
    if (difference->circumstance_count)
        cli_table_print(&table, file);
    cli_table_finish(&table);
    if (difference->circumstance_count > MAX_CIRCUMSTANCES)
        fprintf(file, "and %zu more differences of the device (--json has all)\n",
                difference->circumstance_count - MAX_CIRCUMSTANCES);
    if (difference->circumstance_count)
        fputc('\n', file);
}

static void add_change(cli_table *table, const cli_change *change)
{
    kt_text a = {0}, b = {0};
    cli_change_side(change, change->a, &a);
    cli_change_side(change, change->b, &b);
    cli_table_add(table, "%s", cli_change_text(change->kind, true));
    add_line(table, change->name, NAME_BYTES);
    cli_table_add(table, "%s", kt_text_string(&a));
    cli_table_add(table, "%s", kt_text_string(&b));
    add_line(table, cli_change_message(change), MESSAGE_BYTES);
    kt_text_finish(&a);
    kt_text_finish(&b);
}

static void print_changes(const cli_difference *difference, FILE *file)
{
    static const char *const HEADS[] = {"CHANGE", "CASE", "A", "B", "MESSAGE"};
    enum { COLUMNS = sizeof HEADS / sizeof HEADS[0] };
    cli_table table;
    cli_table_init(&table, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        cli_table_add(&table, "%s", HEADS[i]);
    size_t harmless = 0;
    for (size_t i = 0; i < difference->change_count; i++) {
        harmless += !difference->changes[i].worse;
        if (harmless <= MAX_HARMLESS)
            add_change(&table, &difference->changes[i]);
    }
    if (difference->change_count)
        cli_table_print(&table, file);
    cli_table_finish(&table);
    if (harmless > MAX_HARMLESS)
        fprintf(file, "and %zu more, none for the worse (--json has all)\n",
                harmless - MAX_HARMLESS);
    if (difference->change_count)
        fputc('\n', file);
}

static void print_certified(const cli_difference *difference, FILE *file)
{
    static const char *const HEADS[] = {"CERTIFIED BY", "VALUE", "A", "B"};
    enum { COLUMNS = sizeof HEADS / sizeof HEADS[0] };
    if (!difference->certified_count)
        return;
    cli_table table;
    cli_table_init(&table, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        cli_table_add(&table, "%s", HEADS[i]);
    for (size_t i = 0; i < difference->certified_count && i < MAX_CERTIFIED; i++) {
        const cli_certified *item = &difference->certified[i];
        add_line(&table, item->name, NAME_BYTES);
        add_line(&table, item->key, NAME_BYTES);
        add_line(&table, item->a, MESSAGE_BYTES);
        add_line(&table, item->b, MESSAGE_BYTES);
    }
    cli_table_print(&table, file);
    cli_table_finish(&table);
    if (difference->certified_count > MAX_CERTIFIED)
        fprintf(file, "and %zu more certified values that changed (--json has all)\n",
                difference->certified_count - MAX_CERTIFIED);
    fputc('\n', file);
}

void cli_difference_print(const cli_difference *difference, FILE *file)
{
    kt_text text = {0};
    kt_text_format(&text, "A  ");
    cli_results_text(difference->a, &text);
    kt_text_format(&text, "\nB  ");
    cli_results_text(difference->b, &text);
    fprintf(file, "%s\n\n", kt_text_string(&text));
    print_circumstances(difference, file);
    print_changes(difference, file);
    print_certified(difference, file);
    kt_text_clear(&text);
    cli_difference_times(difference, &text);
    if (text.size_bytes)
        kt_text_format(&text, "\n");
    cli_difference_summary(difference, &text);
    fprintf(file, "%s\n", kt_text_string(&text));
    kt_text_finish(&text);
}
