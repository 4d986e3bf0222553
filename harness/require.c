#include "run.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

// A requirement's field, what stands after it, and how they are compared.
typedef struct requirement {
    const char *field;
    const char *relation;
} requirement;

static const requirement FORMS[] = {
    {"device", "="}, {"driver", "="}, {"type", "!="}, {"type", "="}, {"executed", ">="},
};

// The form of a requirement, and its value in `*value`; NULL if it has none.
static const requirement *parse(const char *text, const char **value)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        size_t field = strlen(FORMS[i].field), relation = strlen(FORMS[i].relation);
        if (strncmp(text, FORMS[i].field, field) != 0 ||
            strncmp(text + field, FORMS[i].relation, relation) != 0)
            continue;
        *value = text + field + relation;
        uint64_t count;
        bool number = !strcmp(FORMS[i].field, "executed");
        if (!**value || (number && !kt_parse_number(*value, UINT64_MAX, &count)))
            return NULL;
        return &FORMS[i];
    }
    return NULL;
}

bool kt_is_requirement(const char *text)
{
    const char *value;
    return parse(text, &value) != NULL;
}

static bool compare(const kt_run *run, const requirement *form, const char *value, kt_text *problem)
{
    if (!strcmp(form->field, "executed")) {
        uint64_t wanted = 0, executed = kt_run_verdict(run).executed;
        (void)kt_parse_number(value, UINT64_MAX, &wanted);
        if (executed < wanted)
            kt_text_format(problem, "%" PRIu64 " cases were executed", executed);
        return executed >= wanted;
    }
    if (!run->device) {
        kt_text_format(problem, "there is no device");
        return false;
    }
    bool is_device = !strcmp(form->field, "device");
    const char *field = is_device                        ? "name"
                        : !strcmp(form->field, "driver") ? "driver_name"
                                                         : "type";
    const char *actual = kt_run_device_string(run, field);
    bool equal = kt_match(value, actual);
    bool met = form->relation[0] == '!' ? !equal : equal;
    if (!met)
        kt_text_format(problem, "the run's %s is '%s'", form->field, actual);
    return met;
}

bool kt_require(const kt_run *run, const char *text, kt_text *problem)
{
    const char *value;
    const requirement *form = parse(text, &value);
    kt_text found = {0};
    bool met = form && compare(run, form, value, &found);
    if (!met)
        kt_text_format(problem, "--require %s is not met: %s", text, kt_text_string(&found));
    kt_text_finish(&found);
    return met;
}
