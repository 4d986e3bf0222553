#include "compared.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table.h"

void cli_side_outputs_take(void *user, const kt_run *run)
{
    cli_side_outputs *side = user;
    side->device = kt_copy_string(kt_run_device_string(run, "name"));
    side->items = kt_memory(run->result_count + 1, sizeof *side->items);
    for (size_t i = 0; i < run->result_count; i++) {
        const kt_result *result = &run->results[i];
        const kt_status status = result->first.status;
        side->items[side->count++] = (cli_output){
            .name = kt_copy_string(result->test_case->name),
            .right = status == KT_PASS || status == KT_WARN,
            .hashes = result->first.hashes,
        };
    }
}

void cli_side_outputs_finish(cli_side_outputs *side)
{
    for (size_t i = 0; i < side->count; i++)
        free(side->items[i].name);
    free(side->items);
    free(side->device);
    *side = (cli_side_outputs){0};
}

// How the outputs of a case compare.
typedef enum comparison {
    NOT_COMPARED, // it read nothing back, or is not right on both
    SAME,
    MAY_DIFFER,      // they do, where nobody has said that they must not
    MUST_NOT_DIFFER, // they do all the same
    COMPARISON_COUNT,
} comparison;

static const char *const comparison_texts[COMPARISON_COUNT] = {"not compared", "same", "may differ",
                                                               "must not differ"};

static comparison compare(const cli_output *a, const cli_output *b)
{
    if (!b || !a->right || !b->right)
        return NOT_COMPARED;
    if (a->hashes.everywhere != b->hashes.everywhere)
        return MUST_NOT_DIFFER;
    if (a->hashes.read_back != b->hashes.read_back)
        return MAY_DIFFER;
    return a->hashes.everywhere || a->hashes.read_back ? SAME : NOT_COMPARED;
}

// Both sides ran the same selection, in the same order; a run that ended early has less.
static const cli_output *find(const cli_side_outputs *side, size_t hint, const char *name)
{
    if (hint < side->count && !strcmp(side->items[hint].name, name))
        return &side->items[hint];
    for (size_t i = 0; i < side->count; i++)
        if (!strcmp(side->items[i].name, name))
            return &side->items[i];
    return NULL;
}

static void print_json(const cli_side_outputs *a, const cli_side_outputs *b, FILE *file)
{
    size_t counts[COMPARISON_COUNT] = {0};
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "type", "against");
    kt_json_add_text(json, "a", a->device);
    kt_json_add_text(json, "b", b->device);
    cJSON *different = cJSON_AddArrayToObject(json, "different");
    for (size_t i = 0; i < a->count; i++) {
        const comparison found = compare(&a->items[i], find(b, i, a->items[i].name));
        counts[found]++;
        if (found != MAY_DIFFER && found != MUST_NOT_DIFFER)
            continue;
        cJSON *entry = cJSON_CreateObject();
        kt_json_add_text(entry, "name", a->items[i].name);
        cJSON_AddBoolToObject(entry, "may", found == MAY_DIFFER);
        cJSON_AddItemToArray(different, entry);
    }
    kt_json_add_u64(json, "same", counts[SAME]);
    kt_json_add_u64(json, "not_compared", counts[NOT_COMPARED]);
    char *text = cJSON_PrintUnformatted(json);
    fprintf(file, "%s\n", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_table(const cli_side_outputs *a, const cli_side_outputs *b, FILE *file)
{
    size_t counts[COMPARISON_COUNT] = {0};
    cli_table table;
    cli_table_init(&table, 2);
    for (size_t i = 0; i < a->count; i++) {
        const comparison found = compare(&a->items[i], find(b, i, a->items[i].name));
        counts[found]++;
        if (found != MAY_DIFFER && found != MUST_NOT_DIFFER)
            continue;
        cli_table_add(&table, "%s", comparison_texts[found]);
        cli_table_add(&table, "%s", a->items[i].name);
    }
    fprintf(file, "outputs of %s against those of %s\n", b->device, a->device);
    cli_table_print(&table, file);
    cli_table_finish(&table);
    fprintf(file,
            "%zu are the same, %zu differ and may, %zu differ and must not, %zu cases are not "
            "compared\n",
            counts[SAME], counts[MAY_DIFFER], counts[MUST_NOT_DIFFER], counts[NOT_COMPARED]);
}

bool cli_compared_print(const cli_side_outputs *a, const cli_side_outputs *b, bool json, FILE *file)
{
    if (json)
        print_json(a, b, file);
    else
        print_table(a, b, file);
    for (size_t i = 0; i < a->count; i++)
        if (compare(&a->items[i], find(b, i, a->items[i].name)) == MUST_NOT_DIFFER)
            return false;
    return true;
}
