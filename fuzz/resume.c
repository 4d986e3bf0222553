// --resume: any results.jsonl is gone on from, or gives a sentence.
//
// Each input is read as it is, and once more behind the first line of the run that goes on, so that
// its cases are taken over.
#include "fuzz.h"

#include "resume.h"

static const kt_entry ENTRIES[] = {{.group = "group"}, {.name = "a"}, {.name = "b"}, {.name = "c"}};
static const kt_suite SUITE = {
    .name = "suite", .entries = ENTRIES, .entry_count = sizeof ENTRIES / sizeof ENTRIES[0]};

// In place of the library's: inputs stay good when that changes.
const char *kro_version(void)
{
    return "0";
}

static void check_result(const kt_result *result)
{
    kt_text reason = {0};
    fuzz_require(result->kept || (!result->ready && !result->runs && !result->ran_again));
    // The others are the run's to give.
    fuzz_require(result->first.status <= KT_INTERNAL_ERROR &&
                 result->again.status <= KT_INTERNAL_ERROR);
    kt_result_reason(result, &reason);
    (void)kt_result_is_flaky(result);
    kt_text_finish(&reason);
}

static void go_on(const kt_cases *cases, const kt_results *from)
{
    kt_run run;
    kt_text problem = {0};
    kt_run_init(&run, &(kt_run_config){.cases = cases, .repeat = 1});
    const bool right = kt_resume(&run, from, &problem);
    fuzz_require(right == !problem.size_bytes);
    size_t kept = 0;
    for (size_t i = 0; i < run.slot_count; i++) {
        check_result(&run.results[i]);
        kept += i < run.selected_count && run.results[i].kept;
    }
    fuzz_require(run.kept_count == kept && (right || !kept));
    kt_run_finish(&run);
    kt_text_finish(&problem);
}

static void read_and_go_on(const kt_cases *cases, const char *text)
{
    kt_results results;
    kt_text problem = {0};
    if (kt_results_parse(&results, "fuzz", text, &problem)) {
        go_on(cases, &results);
        kt_results_finish(&results);
    } else {
        fuzz_require(problem.size_bytes > 0);
    }
    kt_text_finish(&problem);
}

static void append_first_line(const kt_cases *cases, kt_text *out)
{
    kt_run run;
    kt_run_init(&run, &(kt_run_config){.cases = cases});
    kt_text_format(out, "{\"type\":\"run\",\"kronos\":\"%s\",\"repeat\":1,\"selection\":\"",
                   kro_version());
    kt_run_selection_text(&run, out);
    kt_text_format(out, "\"}\n");
    kt_run_finish(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    kt_cases cases;
    kt_text behind = {0};
    char *text = fuzz_text(bytes, size_bytes);
    kt_cases_init(&cases, &(const kt_suite *const){&SUITE}, 1);
    read_and_go_on(&cases, text);
    append_first_line(&cases, &behind);
    kt_text_append(&behind, bytes, size_bytes);
    read_and_go_on(&cases, kt_text_string(&behind));
    kt_cases_finish(&cases);
    kt_text_finish(&behind);
    free(text);
    return 0;
}
