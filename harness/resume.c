#include "resume.h"

#include <inttypes.h>
#include <string.h>

#include "arguments.h"
#include "json.h"

// A device as people know it: what must not change in the middle of a run.
static void append_device(kt_text *out, const cJSON *device)
{
    static const char *const FIELDS[] = {"name", "driver_name", "driver_info", "driver_version",
                                         "uuid"};
    if (!device)
        kt_text_format(out, "no device");
    for (size_t i = 0; device && i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        kt_text_format(out, "%s%s", i ? ", " : "", kt_json_string(device, FIELDS[i]));
}

static bool same_device(const kt_run *run, const kt_results *from, kt_text *problem)
{
    kt_text then = {0}, now = {0};
    append_device(&then, kt_json_item(from->run, "device"));
    append_device(&now, run->device);
    bool same = !strcmp(kt_text_string(&then), kt_text_string(&now));
    if (!same)
        kt_text_format(problem, "--resume: that run was on another device (%s), this one is on %s",
                       kt_text_string(&then), kt_text_string(&now));
    kt_text_finish(&then);
    kt_text_finish(&now);
    return same;
}

static bool same_cases(const kt_run *run, const kt_results *from, kt_text *problem)
{
    kt_text now = {0};
    kt_run_selection_text(run, &now);
    const char *then = kt_json_string(from->run, "selection");
    bool same = !strcmp(then, kt_text_string(&now));
    if (!same)
        kt_text_format(problem,
                       "--resume: that run was of other cases (%s, now %s); give the same --tier, "
                       "--filter and --shard to the same program",
                       *then ? then : "unknown ones", kt_text_string(&now));
    kt_text_finish(&now);
    return same;
}

static bool same_request(const kt_run *run, const kt_results *from, kt_text *problem)
{
    const char *version = kt_json_string(from->run, "kronos");
    const uint64_t repeat = kt_json_u64(from->run, "repeat");
    if (strcmp(version, kro_version()) != 0)
        return kt_refuse(problem, "--resume: that run was made by Kronos %s, this is %s", version,
                         kro_version());
    if (from->seed != run->config.seed)
        return kt_refuse(problem, "--resume: that run had --seed %" PRIu64 ", not %" PRIu64,
                         from->seed, run->config.seed);
    if (repeat != run->config.repeat)
        return kt_refuse(problem, "--resume: that run had --repeat %" PRIu64 ", not %" PRIu64,
                         repeat, run->config.repeat);
    return same_cases(run, from, problem) && same_device(run, from, problem);
}

static void append_string(kt_text *out, const cJSON *object, const char *name)
{
    const char *string = kt_json_string(object, name);
    kt_text_append(out, string, strlen(string));
}

static void read_attempt(kt_attempt *attempt, const cJSON *json, kt_status status)
{
    *attempt = (kt_attempt){.status = status,
                            .duration_ns = kt_json_u64(json, "duration_ns"),
                            .checks = kt_json_u64(json, "checks"),
                            .dropped_bytes = (size_t)kt_json_u64(json, "log_dropped_bytes")};
    append_string(&attempt->message, json, "message");
    append_string(&attempt->log, json, "log");
    const cJSON *certificate = kt_json_item(json, "certificate");
    if (cJSON_IsObject(certificate) && certificate->child)
        attempt->certificate = cJSON_Duplicate(certificate, true);
}

// Takes over a decided result. Its final status is settled anew: the expectation file, and the day,
// may be others now.
static void keep(kt_result *result, const kt_stored_case *stored)
{
    if (stored->status == KT_SUSPECT || stored->outcome > KT_INTERNAL_ERROR)
        return;
    const cJSON *line = stored->json, *again = kt_json_item(line, "again");
    const char *text = kt_json_string(again, "status");
    kt_status status;
    read_attempt(&result->first, line, stored->outcome);
    result->runs = kt_json_item(line, "runs") ? kt_json_u64(line, "runs") : 1;
    result->failures = kt_json_item(line, "runs") ? kt_json_u64(line, "failed")
                                                  : kt_status_is_failure(stored->outcome);
    result->ran_again = kt_status_parse(text, strlen(text), &status) && status <= KT_INTERNAL_ERROR;
    if (result->ran_again)
        read_attempt(&result->again, again, status);
    result->kept = result->ready = true;
}

bool kt_resume(kt_run *run, const kt_results *from, kt_text *problem)
{
    if (!same_request(run, from, problem))
        return false;
    for (size_t i = 0; i < from->case_count; i++) {
        const char *name = from->cases[i].name;
        const kt_case *test_case = kt_cases_find(run->config.cases, name);
        // A child's bad end stays a fault, whatever its successors do.
        kt_result *result = !strcmp(name, run->child_end.name) ? &run->results[run->selected_count]
                                                               : kt_run_result(run, test_case);
        if (result && !result->kept)
            keep(result, &from->cases[i]);
    }
    for (size_t i = 0; i < run->selected_count; i++)
        run->kept_count += run->results[i].kept;
    run->done_count = run->kept_count;
    return true;
}
