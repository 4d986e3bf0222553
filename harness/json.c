#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void kt_json_add_u64(cJSON *object, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, name, text);
}

void kt_json_add_text(cJSON *object, const char *name, const char *text)
{
    kt_text clean = {0};
    kt_text_append_clean(&clean, text, strlen(text));
    cJSON_AddStringToObject(object, name, kt_text_string(&clean));
    kt_text_finish(&clean);
}

const cJSON *kt_json_item(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static double number_of(const cJSON *item)
{
    return cJSON_IsNumber(item) ? cJSON_GetNumberValue(item) : 0;
}

double kt_json_number(const cJSON *object, const char *name)
{
    return number_of(kt_json_item(object, name));
}

uint64_t kt_json_u64(const cJSON *object, const char *name)
{
    const double value = kt_json_number(object, name);
    return value >= 0 && value < 0x1p64 ? (uint64_t)value : 0;
}

double kt_json_number_at(const cJSON *array, int index)
{
    return number_of(cJSON_GetArrayItem(array, index));
}

const char *kt_json_string(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(kt_json_item(object, name));
    return text ? text : "";
}
