// The program behind `kronos leaks`: its libkronos lets allocations fail, so it is not the
// command's.
#include "main.h"

#include <inttypes.h>

#include "child.h"
#include "facts.h"
#include "json.h"
#include "os/streams.h"

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

static void finished(void *user, const kt_run *run)
{
    const kt_options *options = user;
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
    if (kt_is_child(argc, argv))
        return kt_child_main(argc, argv, suites, 1);
    kt_streams_open();
    kt_options options;
    int code;
    if (kt_options_read(&options, KT_OPTIONS_ALL, "kronos-leakcheck [options] [GLOB ...]", argc - 1,
                        argv + 1, &code)) {
        code = kt_job_run(&(kt_job){.program = "kronos leaks",
                                    .suites = suites,
                                    .suite_count = 1,
                                    .options = &options,
                                    .finished = finished,
                                    .user = &options});
        kt_options_finish(&options);
    }
    return kt_finish_output(code);
}
