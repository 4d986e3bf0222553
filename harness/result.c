#include "run.h"

#include <string.h>

bool kt_result_is_fault(const kt_result *result)
{
    return kt_status_is_failure(result->status) || result->status == KT_XPASS ||
           result->status == KT_SUSPECT || result->status == KT_NOT_RUN;
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
    if (result->expired)
        kt_text_format(out, "; known, but its entry expired on %s, see %s:%u", expectation->expires,
                       expectation->path, expectation->line);
}
