#include "run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void kt_run_init(kt_run *run, const kt_run_config *config)
{
    *run = (kt_run){.config = *config};
    const kt_cases *cases = config->cases;
    run->selected = kt_memory(cases->count, sizeof *run->selected);
    for (size_t i = 0; i < cases->count; i++)
        if (kt_case_selected(&cases->items[i], &config->selection))
            run->selected[run->selected_count++] = &cases->items[i];
    run->slot_count = run->selected_count + 1;
    run->results = kt_memory(run->slot_count, sizeof *run->results);
    for (size_t i = 0; i < run->selected_count; i++)
        run->results[i].test_case = run->selected[i];
    run->results[run->selected_count].test_case = &run->child_end;
    if (run->selected_count) {
        const kt_suite *suite = run->selected[0]->suite;
        kt_text name = {0};
        kt_text_format(&name, "%s/runner/child_end", suite->name);
        run->child_end = (kt_case){.name = name.bytes, .suite = suite, .group = "runner"};
    }
}

void kt_run_finish(kt_run *run)
{
    for (size_t i = 0; i < run->slot_count; i++) {
        kt_attempt_finish(&run->results[i].first);
        kt_attempt_finish(&run->results[i].again);
    }
    free(run->results);
    free(run->selected);
    free((char *)run->child_end.name);
    cJSON_Delete(run->device);
    kt_text_finish(&run->device_problem);
    kt_text_finish(&run->driver_version);
    kt_text_finish(&run->unusable);
    *run = (kt_run){0};
}

kt_result *kt_run_result(const kt_run *run, const kt_case *test_case)
{
    // Both lists are in the order of the table.
    size_t low = 0, high = test_case ? run->selected_count : 0;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (run->selected[middle] == test_case)
            return &run->results[middle];
        if (run->selected[middle] < test_case)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

kt_driver kt_run_driver(const kt_run *run)
{
    return (kt_driver){.name = kt_run_device_string(run, "driver_name"),
                       .version = kt_text_string(&run->driver_version)};
}

const char *kt_run_device_string(const kt_run *run, const char *field)
{
    return kt_json_string(run->device, field);
}

kt_verdict kt_run_verdict(const kt_run *run)
{
    const uint64_t *counts = run->counts;
    kt_verdict verdict = {.known = counts[KT_WAIVED] + counts[KT_FLAKE]};
    uint64_t total = 0;
    for (int i = 0; i < KT_STATUS_COUNT; i++)
        total += counts[i];
    const uint64_t right = counts[KT_PASS] + counts[KT_WARN];
    verdict.faults = total - right - counts[KT_NOT_SUPPORTED];
    verdict.executed = total - counts[KT_NOT_SUPPORTED] - counts[KT_NOT_RUN];
    bool usable = !run->unusable.size_bytes;
    verdict.expected = usable && verdict.faults == verdict.known;
    verdict.clean = usable && verdict.faults == 0;
    if (!usable)
        verdict.exit_code = KT_EXIT_UNUSABLE;
    else if (run->config.strict ? !verdict.clean : !verdict.expected)
        verdict.exit_code = KT_EXIT_FAULTS;
    else if (total && counts[KT_NOT_SUPPORTED] == total)
        verdict.exit_code = KT_EXIT_SKIPPED;
    return verdict;
}

// How many of the selected cases a list names, as they are called now or were then.
static size_t count_listed(const kt_run *run, const kt_embedded *list)
{
    size_t count = 0;
    bool *seen = kt_memory(run->slot_count, sizeof *seen);
    for (const char *line = list->text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        kt_text name = {0};
        kt_text_append(&name, line, strcspn(line, " \n"));
        const kt_result *result =
            kt_run_result(run, kt_cases_find(run->config.cases, kt_text_string(&name)));
        if (result && !seen[result - run->results]) {
            seen[result - run->results] = true;
            count++;
        }
        kt_text_finish(&name);
    }
    free(seen);
    return count;
}

cJSON *kt_run_list_json(const kt_run *run)
{
    const kt_suite *suite = run->selected_count ? run->selected[0]->suite : NULL;
    const kt_embedded *list = suite ? kt_suite_list(suite, kro_version()) : NULL;
    if (!list)
        return NULL;
    const uint64_t unlisted = run->selected_count - count_listed(run, list);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "file", list->path);
    cJSON_AddStringToObject(object, "sha256", list->sha256);
    kt_json_add_u64(object, "unlisted", unlisted);
    return object;
}

void kt_run_selection_text(const kt_run *run, kt_text *out)
{
    kt_text names = {0};
    for (size_t i = 0; i < run->selected_count; i++)
        kt_text_format(&names, "%s\n", kt_case_first_name(run->selected[i]));
    kt_text_format(out, "cases:%zu:%016" PRIx64, run->selected_count,
                   kt_hash_string(kt_text_string(&names)));
    kt_text_finish(&names);
}

const char *kt_tier_text(kt_tier tier)
{
    static const char *const NAMES[] = {"quick", "standard", "full"};
    return NAMES[tier];
}

uint64_t kt_default_timeout_s(kt_tier tier)
{
    return tier == KT_TIER_FULL ? 1800 : 60;
}

void kt_verdict_text(const kt_run *run, kt_text *out)
{
    static const char *const TIERS[] = {"QUICK", "STANDARD", "FULL"};
    const kt_verdict verdict = kt_run_verdict(run);
    const uint64_t *counts = run->counts;
    if (run->unusable.size_bytes)
        kt_text_format(out, "UNUSABLE (%s)", kt_text_string(&run->unusable));
    else if (verdict.faults)
        kt_text_format(out, "FAULTS %" PRIu64 " (%" PRIu64 " known)", verdict.faults,
                       verdict.known);
    else if (!verdict.executed)
        kt_text_format(out, "NOTHING RAN");
    else
        kt_text_format(out, "%s CLEAN", TIERS[run->config.selection.tier]);
    kt_text_format(out, ": %" PRIu64 " passed, %" PRIu64 " not supported",
                   counts[KT_PASS] + counts[KT_WARN], counts[KT_NOT_SUPPORTED]);
    if (counts[KT_NOT_RUN])
        kt_text_format(out, ", %" PRIu64 " not run", counts[KT_NOT_RUN]);
    if (run->flaky_count)
        kt_text_format(out, ", %" PRIu64 " flaky", run->flaky_count);
    // A clean selection must not be taken for a clean tier.
    const kt_selection *selection = &run->config.selection;
    if (selection->filter_count || selection->shard_count)
        kt_text_format(out, ", a selection of %zu cases", run->selected_count);
    kt_text_format(out, "; not Khronos conformance");
}

cJSON *kt_run_counts_json(const kt_run *run)
{
    cJSON *object = cJSON_CreateObject();
    for (int i = 0; i < KT_STATUS_COUNT; i++)
        if (run->counts[i])
            cJSON_AddNumberToObject(object, kt_status_text((kt_status)i), (double)run->counts[i]);
    return object;
}

// Appends an option whose value is quoted for a shell.
static void append_option(kt_text *out, const char *name, const char *value)
{
    kt_text_format(out, "%s'", name);
    for (; *value; value++)
        kt_text_append(out, *value == '\'' ? "'\\''" : value, *value == '\'' ? 4 : 1);
    kt_text_format(out, "'");
}

// Appends "NAME='VALUE' "; nothing for a variable that is removed.
static void append_variable(kt_text *out, const char *change)
{
    const char *value = strchr(change, '=');
    if (!value)
        return;
    kt_text_append(out, change, (size_t)(value - change));
    append_option(out, "=", value + 1);
    kt_text_format(out, " ");
}

void kt_rerun_command(const kt_run *run, const kt_case *test_case, kt_text *out)
{
    const kt_run_config *config = &run->config;
    for (size_t i = 0; config->environment && config->environment[i]; i++)
        append_variable(out, config->environment[i]);
    kt_text_format(out, "%s", config->program);
    if (test_case->entry)
        append_option(out, " --filter ", test_case->name);
    // What showed at the end of a child came from any of the cases before it.
    for (size_t i = 0; !test_case->entry && i < config->selection.filter_count; i++)
        append_option(out, " --filter ", config->selection.filters[i]);
    kt_text_format(out, " --tier %s --seed %" PRIu64, kt_tier_text(config->selection.tier),
                   config->seed);
    if (config->timeout_ns != kt_default_timeout_s(config->selection.tier) * KT_NS_PER_S)
        kt_text_format(out, " --timeout %" PRIu64, config->timeout_ns / KT_NS_PER_S);
    if (config->device)
        append_option(out, " --device ", config->device);
    if (config->driver)
        append_option(out, " --driver ", config->driver);
}
