#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

typedef struct jsonl {
    kt_report report;
    FILE *file;
} jsonl;

// Writes an object as one line and deletes it. A run that is killed leaves whole lines.
static void write_line(kt_report *report, cJSON *object)
{
    FILE *file = ((jsonl *)report)->file;
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    errno = 0;
    if (!text || fprintf(file, "%s\n", text) < 0 || fflush(file) != 0)
        kt_report_fail(report);
    cJSON_free(text);
}

// What was asked for.
static void add_request(cJSON *object, const kt_run *run)
{
    const kt_run_config *config = &run->config;
    const kt_selection *selection = &config->selection;
    cJSON_AddStringToObject(object, "tier", kt_tier_text(selection->tier));
    kt_text text = {0};
    if (selection->filter_count) {
        cJSON *filters = cJSON_AddArrayToObject(object, "filters");
        for (size_t i = 0; i < selection->filter_count; i++) {
            kt_text_clear(&text);
            kt_text_append_clean(&text, selection->filters[i], strlen(selection->filters[i]));
            cJSON_AddItemToArray(filters, cJSON_CreateString(kt_text_string(&text)));
        }
    }
    kt_text_clear(&text);
    if (selection->shard_count) {
        kt_shard_text(selection, &text);
        cJSON_AddStringToObject(object, "shard", kt_text_string(&text));
        kt_text_clear(&text);
    }
    kt_run_selection_text(run, &text);
    cJSON_AddStringToObject(object, "selection", kt_text_string(&text));
    kt_text_finish(&text);
    kt_json_add_u64(object, "selected", run->selected_count);
    cJSON *list = kt_run_list_json(run);
    if (list)
        cJSON_AddItemToObject(object, "case_list", list);
    kt_json_add_u64(object, "seed", config->seed);
    kt_json_add_u64(object, "timeout_s", config->timeout_ns / KT_NS_PER_S);
    if (!config->here)
        kt_json_add_u64(object, "jobs", config->jobs);
    kt_json_add_u64(object, "repeat", config->repeat);
    cJSON_AddBoolToObject(object, "strict", config->strict);
}

static void begin(kt_report *report, const kt_run *run)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "run");
    kt_json_add_u64(object, "schema", 1);
    cJSON_AddStringToObject(object, "kronos", kro_version());
    add_request(object, run);
    kt_json_add_u64(object, "start_time", (uint64_t)run->start_time);
    if (run->config.resume)
        kt_json_add_u64(object, "resumed", run->kept_count);
    if (run->device)
        cJSON_AddItemToObject(object, "device", cJSON_Duplicate(run->device, true));
    else if (run->device_problem.size_bytes)
        kt_json_add_text(object, "device_problem", kt_text_string(&run->device_problem));
    write_line(report, object);
}

static void add_hash(cJSON *object, const char *name, uint64_t hash)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%016" PRIx64, hash);
    if (hash)
        cJSON_AddStringToObject(object, name, digits);
}

static void add_attempt(cJSON *object, const kt_attempt *attempt)
{
    if (attempt->message.size_bytes)
        kt_json_add_text(object, "message", kt_text_string(&attempt->message));
    kt_json_add_u64(object, "duration_ns", attempt->duration_ns);
    kt_json_add_u64(object, "checks", attempt->checks);
    if (attempt->log.size_bytes)
        kt_json_add_text(object, "log", kt_text_string(&attempt->log));
    if (attempt->dropped_bytes)
        kt_json_add_u64(object, "log_dropped_bytes", attempt->dropped_bytes);
    add_hash(object, "read_back", attempt->hashes.read_back);
    add_hash(object, "same_everywhere", attempt->hashes.everywhere);
    if (attempt->certificate)
        cJSON_AddItemToObject(object, "certificate", cJSON_Duplicate(attempt->certificate, true));
}

static void add_unused(cJSON *object, const kt_run *run)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < run->config.expectations->count; i++) {
        const kt_expectation *entry = &run->config.expectations->items[i];
        if (!kt_run_never_needed(run, entry))
            continue;
        cJSON *json = cJSON_CreateObject();
        kt_json_add_text(json, "file", entry->path);
        kt_json_add_u64(json, "line", entry->line);
        kt_json_add_text(json, "pattern", entry->pattern);
        cJSON_AddItemToArray(array, json);
    }
    if (array->child)
        cJSON_AddItemToObject(object, "unused_expectations", array);
    else
        cJSON_Delete(array);
}

static void add_expectation(cJSON *object, const kt_result *result)
{
    const kt_expectation *expectation = result->expectation;
    cJSON *json = cJSON_AddObjectToObject(object, "expectation");
    kt_json_add_text(json, "file", expectation->path);
    kt_json_add_u64(json, "line", expectation->line);
    kt_json_add_text(json, "reason", expectation->reason);
    kt_json_add_text(json, "link", expectation->link);
    if (expectation->expires)
        cJSON_AddStringToObject(json, "expires", expectation->expires);
    if (result->expired)
        cJSON_AddTrueToObject(json, "expired");
}

static void result(kt_report *report, const kt_run *run, const kt_result *result)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "case");
    cJSON_AddStringToObject(object, "name", result->test_case->name);
    cJSON_AddStringToObject(object, "status", kt_status_text(result->status));
    if (result->status != result->first.status)
        cJSON_AddStringToObject(object, "outcome", kt_status_text(result->first.status));
    add_attempt(object, &result->first);
    if (run->config.repeat > 1) {
        kt_json_add_u64(object, "runs", result->runs);
        kt_json_add_u64(object, "failed", result->failures);
    }
    if (result->ran_again) {
        cJSON *again = cJSON_AddObjectToObject(object, "again");
        cJSON_AddStringToObject(again, "status", kt_status_text(result->again.status));
        add_attempt(again, &result->again);
    }
    if (result->expectation)
        add_expectation(object, result);
    if (kt_status_is_failure(result->first.status)) {
        kt_text command = {0};
        kt_rerun_command(run, result->test_case, &command);
        kt_json_add_text(object, "rerun", kt_text_string(&command));
        kt_text_finish(&command);
    }
    write_line(report, object);
}

static void end(kt_report *report, const kt_run *run)
{
    const kt_verdict verdict = kt_run_verdict(run);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "end");
    cJSON_AddItemToObject(object, "counts", kt_run_counts_json(run));
    cJSON_AddBoolToObject(object, "expected", verdict.expected);
    cJSON_AddBoolToObject(object, "clean", verdict.clean);
    kt_text text = {0};
    kt_verdict_text(run, &text);
    kt_json_add_text(object, "verdict", kt_text_string(&text));
    kt_text_finish(&text);
    if (run->unusable.size_bytes)
        kt_json_add_text(object, "unusable", kt_text_string(&run->unusable));
    add_unused(object, run);
    kt_json_add_u64(object, "exit_code", (uint64_t)verdict.exit_code);
    kt_json_add_u64(object, "duration_ns", run->duration_ns);
    write_line(report, object);
}

kt_report *kt_report_jsonl_create(FILE *file)
{
    jsonl *report = kt_memory(1, sizeof *report);
    *report = (jsonl){.report = {.begin = begin, .result = result, .end = end}, .file = file};
    return &report->report;
}

void kt_report_fail(kt_report *report)
{
    if (!report->error)
        report->error = errno ? errno : EIO;
}

void kt_report_destroy(kt_report *report)
{
    if (report && report->destroy)
        report->destroy(report);
    free(report);
}
