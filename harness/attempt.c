#include "attempt.h"

#include <string.h>

// A case that prints without end must not fill the machine.
enum { MAX_LOG_BYTES = 256 * 1024, MAX_CERTIFICATE_BYTES = 64 * 1024 };

static const char *const STATUS_NAMES[KT_STATUS_COUNT] = {
    [KT_PASS] = "Pass",
    [KT_WARN] = "Warn",
    [KT_NOT_SUPPORTED] = "NotSupported",
    [KT_FAIL] = "Fail",
    [KT_DEVICE_LOST] = "DeviceLost",
    [KT_CRASH] = "Crash",
    [KT_TIMEOUT] = "Timeout",
    [KT_INTERNAL_ERROR] = "InternalError",
    [KT_SUSPECT] = "Suspect",
    [KT_NOT_RUN] = "NotRun",
    [KT_WAIVED] = "Waived",
    [KT_FLAKE] = "Flake",
    [KT_XPASS] = "XPass",
};

const char *kt_status_text(kt_status status)
{
    return STATUS_NAMES[status];
}

bool kt_status_parse(const char *name, size_t size_bytes, kt_status *out)
{
    for (int i = 0; i < KT_STATUS_COUNT; i++) {
        if (strlen(STATUS_NAMES[i]) == size_bytes && !memcmp(STATUS_NAMES[i], name, size_bytes)) {
            *out = (kt_status)i;
            return true;
        }
    }
    return false;
}

bool kt_status_is_failure(kt_status status)
{
    return status >= KT_FAIL && status <= KT_INTERNAL_ERROR;
}

static void append_log(kt_attempt *attempt, const char *bytes, size_t size_bytes)
{
    size_t room = MAX_LOG_BYTES - attempt->log.size_bytes;
    size_t used = size_bytes < room ? size_bytes : room;
    kt_text_append(&attempt->log, bytes, used);
    attempt->dropped_bytes += size_bytes - used;
}

static void append_line(kt_attempt *attempt, const char *prefix, const char *text)
{
    // Output of the process may have stopped in the middle of a line.
    size_t size_bytes = attempt->log.size_bytes;
    if (size_bytes && attempt->log.bytes[size_bytes - 1] != '\n')
        append_log(attempt, "\n", 1);
    append_log(attempt, prefix, strlen(prefix));
    append_log(attempt, text, strlen(text));
    append_log(attempt, "\n", 1);
}

void kt_attempt_raise(kt_attempt *attempt, kt_status status, const char *text)
{
    if (status > attempt->status) {
        attempt->status = status;
        kt_text_clear(&attempt->message);
        kt_text_append(&attempt->message, text, strlen(text));
    }
    kt_text prefix = {0};
    kt_text_format(&prefix, "%s: ", kt_status_text(status));
    append_line(attempt, kt_text_string(&prefix), text);
    kt_text_finish(&prefix);
}

// Moves the members of an object into the certificate; a later value replaces an earlier one.
static void certify(kt_attempt *attempt, cJSON *members)
{
    if (!attempt->certificate)
        attempt->certificate = cJSON_CreateObject();
    for (cJSON *member; (member = cJSON_DetachItemFromArray(members, 0));) {
        cJSON *before = cJSON_GetObjectItemCaseSensitive(attempt->certificate, member->string);
        if (before)
            cJSON_ReplaceItemViaPointer(attempt->certificate, before, member);
        else
            cJSON_AddItemToArray(attempt->certificate, member); // with its key
    }
}

static void take_certificate(kt_attempt *attempt, const char *text)
{
    cJSON *members = cJSON_Parse(text);
    attempt->certificate_bytes += strlen(text);
    if (!cJSON_IsObject(members))
        kt_attempt_raise(attempt, KT_INTERNAL_ERROR, "a part of the certificate is no JSON object");
    else if (attempt->certificate_bytes > MAX_CERTIFICATE_BYTES)
        kt_attempt_raise(attempt, KT_INTERNAL_ERROR, "the certificate is larger than 64 KiB");
    else
        certify(attempt, members);
    cJSON_Delete(members);
}

void kt_attempt_event(kt_attempt *attempt, kt_event event, const char *text)
{
    switch (event) {
    case KT_EVENT_WARN:
        kt_attempt_raise(attempt, KT_WARN, text);
        break;
    case KT_EVENT_SKIP:
        kt_attempt_raise(attempt, KT_NOT_SUPPORTED, text);
        break;
    case KT_EVENT_FAIL:
        kt_attempt_raise(attempt, KT_FAIL, text);
        break;
    case KT_EVENT_LOST:
        kt_attempt_raise(attempt, KT_DEVICE_LOST, text);
        break;
    case KT_EVENT_INTERNAL:
        kt_attempt_raise(attempt, KT_INTERNAL_ERROR, text);
        break;
    case KT_EVENT_CERTIFICATE:
        take_certificate(attempt, text);
        break;
    case KT_EVENT_LOG:
    case KT_EVENT_COUNT:
        append_line(attempt, "", text);
        break;
    }
}

void kt_attempt_output(kt_attempt *attempt, const char *bytes, size_t size_bytes)
{
    append_log(attempt, bytes, size_bytes);
}

void kt_attempt_complete(kt_attempt *attempt, uint64_t checks, uint64_t duration_ns)
{
    attempt->checks = checks;
    attempt->duration_ns = duration_ns;
    // A case that cannot fail proves nothing, and would count as a pass for ever.
    if (!checks && attempt->status < KT_NOT_SUPPORTED)
        kt_attempt_raise(attempt, KT_FAIL, "the case made no check");
}

void kt_attempt_merge(kt_attempt *into, kt_attempt *from)
{
    if (from->status > into->status) {
        kt_text_finish(&into->message);
        into->status = from->status;
        into->message = from->message;
        from->message = (kt_text){0};
    }
    append_log(into, kt_text_string(&from->log), from->log.size_bytes);
    into->dropped_bytes += from->dropped_bytes;
    into->duration_ns += from->duration_ns;
    into->checks += from->checks;
    into->hashes = from->hashes;
    if (from->certificate)
        certify(into, from->certificate);
    kt_attempt_finish(from);
}

void kt_attempt_finish(kt_attempt *attempt)
{
    kt_text_finish(&attempt->message);
    kt_text_finish(&attempt->log);
    cJSON_Delete(attempt->certificate);
    *attempt = (kt_attempt){0};
}
