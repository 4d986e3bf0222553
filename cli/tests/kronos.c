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

const char *kronos_results(kt_test *t, const char *first, kt_text *cases, const char *last)
{
    const char *folder = program_folder(t);
    kt_text text = {0};
    kt_text_format(&text, "%s%s%s", first, kt_text_string(cases), last);
    program_write(t, program_path(t, folder, "results.jsonl"), kt_text_string(&text));
    kt_text_finish(&text);
    kt_text_finish(cases);
    return folder;
}
