#include "difference_certified.h"

#include <stdlib.h>

#include "circumstances.h"
#include "json.h"

static void add(cli_difference *self, const char *name, const char *key, const cJSON *a,
                const cJSON *b)
{
    self->certified =
        kt_memory_append(self->certified, self->certified_count, sizeof *self->certified);
    self->certified[self->certified_count++] =
        (cli_certified){.name = name, .key = key, .a = cli_value_text(a), .b = cli_value_text(b)};
}

static void compare(cli_difference *self, const char *name, const cJSON *a, const cJSON *b)
{
    for (const cJSON *item = a->child; item; item = item->next) {
        const cJSON *other = kt_json_item(b, item->string);
        if (!other || !cJSON_Compare(item, other, true))
            add(self, name, item->string, item, other);
    }
    for (const cJSON *item = b->child; item; item = item->next)
        if (!kt_json_item(a, item->string))
            add(self, name, item->string, NULL, item);
}

void cli_certified_compare(cli_difference *difference)
{
    for (size_t i = 0; i < difference->a->count; i++) {
        const cli_result *a = &difference->a->items[i];
        const cli_result *b = cli_results_find(difference->b, a->name);
        const cJSON *before = kt_json_item(a->json, "certificate");
        const cJSON *now = b ? kt_json_item(b->json, "certificate") : NULL;
        // That one of them has none is the change of its status, or of Kronos.
        if (cJSON_IsObject(before) && cJSON_IsObject(now))
            compare(difference, a->name, before, now);
    }
}

void cli_certified_finish(cli_difference *difference)
{
    for (size_t i = 0; i < difference->certified_count; i++) {
        free(difference->certified[i].a);
        free(difference->certified[i].b);
    }
    free(difference->certified);
}
