// The certificate of a running case: each value goes to the runner as it comes, so that a crash
// loses none.
#include "running.h"

#include <math.h>
#include <string.h>

#include "json.h"

// cJSON writes 15 digits.
static const uint64_t MAX_EXACT = UINT64_C(999999999999999);

// Sends a value, which is freed, under its key.
static void certify(kt_test *t, const char *key, cJSON *value)
{
    static const char CHARACTERS[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
    if (!*key || key[strspn(key, CHARACTERS)]) {
        kt_internal_error(t, "'%s' is no key of a certificate", key);
        cJSON_Delete(value);
        return;
    }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, key, value);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    kt_session_event(t->session, KT_EVENT_CERTIFICATE, text ? text : "");
    cJSON_free(text);
}

static cJSON *text_json(const char *text)
{
    kt_text clean = {0};
    kt_text_append_clean(&clean, text, strlen(text));
    cJSON *json = cJSON_CreateString(kt_text_string(&clean));
    kt_text_finish(&clean);
    return json;
}

static cJSON *number_json(double value)
{
    if (isfinite(value))
        return cJSON_CreateNumber(value);
    return cJSON_CreateString(isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
}

static cJSON *u64_json(kt_test *t, const char *key, uint64_t value)
{
    if (value > MAX_EXACT)
        kt_internal_error(t, "%s of the certificate has more than 15 digits", key);
    return cJSON_CreateNumber((double)value);
}

void kt_certify_u64(kt_test *t, const char *key, uint64_t value)
{
    certify(t, key, u64_json(t, key, value));
}

void kt_certify_u64s(kt_test *t, const char *key, const uint64_t *values, size_t count)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, u64_json(t, key, values[i]));
    certify(t, key, array);
}

void kt_certify_number(kt_test *t, const char *key, double value)
{
    certify(t, key, number_json(value));
}

void kt_certify_numbers(kt_test *t, const char *key, const double *values, size_t count)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, number_json(values[i]));
    certify(t, key, array);
}

void kt_certify_text(kt_test *t, const char *key, const char *format, ...)
{
    kt_text text = {0};
    va_list list;
    va_start(list, format);
    kt_text_format_list(&text, format, list);
    va_end(list);
    certify(t, key, text_json(kt_text_string(&text)));
    kt_text_finish(&text);
}
