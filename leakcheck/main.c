// The program behind `kronos leaks`: its libkronos lets allocations fail, so it is not the
// command's.
#include "main.h"

#include <inttypes.h>

#include "facts.h"
#include "json.h"

extern const kt_suite kt_suite_leakcheck;

static void print_json(const leak_facts *facts)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "leaks");
    kt_json_add_u64(object, "points_failed", facts->failed);
    kt_json_add_u64(object, "points_survived", facts->survived);
    cJSON *slopes = cJSON_AddArrayToObject(object, "slopes");
    for (size_t i = 0; i < facts->slope_count; i++) {
        const leak_slope *slope = &facts->slopes[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "case", slope->case_name);
        cJSON_AddStringToObject(item, "what", slope->what);
        cJSON_AddNumberToObject(item, "slope", slope->slope);
        cJSON_AddNumberToObject(item, "bound", slope->bound);
        cJSON_AddItemToArray(slopes, item);
    }
    char *text = cJSON_PrintUnformatted(object);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(object);
}

static void print(const leak_facts *facts)
{
    if (facts->failed + facts->survived)
        printf("# %" PRIu64 " points failed in turn: the caller was told of %" PRIu64
               ", and %" PRIu64 " were done without\n",
               facts->failed + facts->survived, facts->failed, facts->survived);
    for (size_t i = 0; i < facts->slope_count; i++) {
        const leak_slope *slope = &facts->slopes[i];
        if (i == 0 || slope->case_name != facts->slopes[i - 1].case_name)
            printf("# %s\n", slope->case_name);
        printf("#   %.3g %s, bound %.3g%s\n", slope->slope, slope->what, slope->bound,
               slope->slope < slope->bound ? "" : ": TOO MUCH");
    }
    if (facts->slope_count)
        printf("# %zu slopes were fitted, %zu beyond their bound\n", facts->slope_count,
               facts->beyond_count);
}

static void finished(const kt_options *options, const kt_run *run)
{
    leak_facts facts;
    leak_facts_init(&facts, run);
    if (options->given & KT_OPTION_JSON)
        print_json(&facts);
    else
        print(&facts);
    leak_facts_finish(&facts);
}

int main(int argc, char **argv)
{
    const kt_suite *suites[] = {&kt_suite_leakcheck};
    return kt_main(
        argc, argv,
        &(kt_program){
            .name = "kronos leaks", .suites = suites, .suite_count = 1, .finished = finished});
}
