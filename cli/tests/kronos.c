#include "kronos.h"

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

const cJSON *kronos_json(kt_test *t, const char *text)
{
    cJSON *json = cJSON_Parse(text);
    if (CHECK(json))
        kt_defer(t, delete_json, json);
    return json;
}

const cJSON *kronos_item(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}
