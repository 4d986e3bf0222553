#include "run.h"

#include <inttypes.h>
#include <string.h>

void kt_result_add_run(kt_result *result, kt_attempt *attempt)
{
    const bool failed = kt_status_is_failure(attempt->status);
    const bool tells_more = result->runs == 0 || (failed && result->failures == 0);
    result->runs++;
    result->failures += failed;
    if (tells_more) {
        kt_attempt_finish(&result->first);
        result->first = *attempt;
        *attempt = (kt_attempt){0};
    } else {
        kt_attempt_finish(attempt);
    }
}

bool kt_result_is_fault(const kt_result *result)
{
    return kt_status_is_failure(result->status) || result->status == KT_XPASS ||
           result->status == KT_SUSPECT || result->status == KT_NOT_RUN;
}

bool kt_result_is_flaky(const kt_result *result)
{
    const bool again_right = result->ran_again && !kt_status_is_failure(result->again.status);
    return result->failures && (result->failures < result->runs || again_right);
}

// The first line of a text that may hold any bytes.
static void append_line(kt_text *out, const char *text)
{
    kt_text_append_clean(out, text, strcspn(text, "\n"));
}

void kt_result_reason(const kt_result *result, kt_text *out)
{
    const kt_expectation *expectation = result->expectation;
    const char *outcome = kt_status_text(result->first.status);
    switch (result->status) {
    case KT_PASS:
        return;
    case KT_WAIVED:
    case KT_FLAKE:
        kt_text_format(out, "known fault, %s: ", outcome);
        append_line(out, expectation->reason);
        return;
    case KT_XPASS:
        kt_text_format(out, "a known fault has gone, see %s:%u", expectation->path,
                       expectation->line);
        return;
    case KT_SUSPECT:
        kt_text_format(out, "the machine stopped answering about then; it had ended as %s",
                       outcome);
        return;
    default:
        append_line(out, kt_text_string(&result->first.message));
    }
    if (result->failures && result->runs > 1)
        kt_text_format(out, "; %" PRIu64 " of %" PRIu64 " runs failed", result->failures,
                       result->runs);
    if (result->ran_again)
        kt_text_format(out, "; alone: %s", kt_status_text(result->again.status));
    if (result->expired)
        kt_text_format(out, "; known, but its entry expired on %s, see %s:%u", expectation->expires,
                       expectation->path, expectation->line);
}

bool kt_run_never_needed(const kt_run *run, const kt_expectation *entry)
{
    const kt_driver driver = kt_run_driver(run);
    size_t concerned = 0;
    for (size_t i = 0; i < run->config.cases->count; i++) {
        const kt_case *test_case = &run->config.cases->items[i];
        if (!kt_expectation_concerns(entry, &driver, test_case))
            continue;
        const kt_result *result = kt_run_result(run, test_case);
        const bool ran = result && result->status != KT_NOT_RUN && result->status != KT_SUSPECT;
        if (!ran || result->expectation == entry)
            return false;
        concerned++;
    }
    return concerned > 0;
}
