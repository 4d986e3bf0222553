#include "run.h"

#include <inttypes.h>
#include <string.h>

#include "device_json.h"

typedef enum subject { SUBJECT_DEVICE, SUBJECT_VERSION, SUBJECT_EXECUTED, SUBJECT_SKIPPED } subject;

// A form of requirement: what stands before the value.
typedef struct requirement {
    const char *start;
    subject subject;
    const char *field; // of the device, which the value is a glob for
} requirement;

static const requirement FORMS[] = {
    {"device=", SUBJECT_DEVICE, "name"},        {"vendor=", SUBJECT_DEVICE, "vendor"},
    {"driver=", SUBJECT_DEVICE, "driver_name"}, {"type=", SUBJECT_DEVICE, "type"},
    {"type!=", SUBJECT_DEVICE, "type"},         {"version>=", SUBJECT_VERSION, NULL},
    {"executed>=", SUBJECT_EXECUTED, NULL},     {"skipped<=", SUBJECT_SKIPPED, NULL},
};

// Whether a glob fits a type that devices can have.
static bool fits_some_type(const char *glob)
{
    for (int type = KRO_DEVICE_TYPE_OTHER; type <= KRO_DEVICE_TYPE_CPU; type++)
        if (kt_match(glob, kt_device_type_text((kro_device_type)type)))
            return true;
    return false;
}

// The form of a requirement, and its value in `*value`; NULL if it has none.
static const requirement *parse(const char *text, const char **value)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        const requirement *form = &FORMS[i];
        const size_t length = strlen(form->start);
        if (strncmp(text, form->start, length) != 0)
            continue;
        *value = text + length;
        uint64_t count;
        bool right = form->subject == SUBJECT_DEVICE
                         ? **value && (strcmp(form->field, "type") != 0 || fits_some_type(*value))
                     : form->subject == SUBJECT_VERSION
                         ? kt_is_version(*value)
                         : kt_parse_number(*value, UINT64_MAX, &count);
        return right ? form : NULL;
    }
    return NULL;
}

bool kt_is_requirement(const char *text)
{
    const char *value;
    return parse(text, &value) != NULL;
}

bool kt_requirement_counts(const char *text)
{
    const char *value;
    const requirement *form = parse(text, &value);
    return form && (form->subject == SUBJECT_EXECUTED || form->subject == SUBJECT_SKIPPED);
}

static bool compare_counts(const kt_run *run, const requirement *form, const char *value,
                           kt_text *problem)
{
    const bool skips = form->subject == SUBJECT_SKIPPED;
    const uint64_t count = skips ? run->counts[KT_NOT_SUPPORTED] : kt_run_verdict(run).executed;
    uint64_t wanted = 0;
    (void)kt_parse_number(value, UINT64_MAX, &wanted);
    bool met = skips ? count <= wanted : count >= wanted;
    if (!met)
        kt_text_format(problem, "%" PRIu64 " cases were %s", count, skips ? "skipped" : "executed");
    return met;
}

static bool compare_device(const kt_run *run, const requirement *form, const char *value,
                           kt_text *problem)
{
    if (!run->device) {
        kt_text_format(problem, "there is no device");
        return false;
    }
    const bool version = form->subject == SUBJECT_VERSION;
    const char *actual =
        version ? kt_text_string(&run->driver_version) : kt_run_device_string(run, form->field);
    const bool negated = strchr(form->start, '!');
    bool met =
        version ? kt_compare_versions(actual, value) >= 0 : kt_match(value, actual) != negated;
    if (!met)
        kt_text_format(problem, "the run's %s is '%s'", version ? "driver version" : form->field,
                       actual);
    return met;
}

bool kt_require(const kt_run *run, const char *text, kt_text *problem)
{
    const char *value;
    const requirement *form = parse(text, &value);
    kt_text found = {0};
    bool met = form && (kt_requirement_counts(text) ? compare_counts(run, form, value, &found)
                                                    : compare_device(run, form, value, &found));
    if (!met)
        kt_text_format(problem, "--require %s is not met: %s", text, kt_text_string(&found));
    kt_text_finish(&found);
    return met;
}
