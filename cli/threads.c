#include "cli.h"

#include <stdlib.h>
#include <unistd.h>

#include "drivers.h"
#include "json.h"
#include "suite_program.h"
#include "throughput.h"

static const char USAGE[] =
    "kronos threads [options] [GLOB ...]\n\n"
    "Plays scenes of several threads on a device, each in many orders of the threads' steps, "
    "which\n"
    "the seed decides: on the bare driver, and behind the proxy driver with work that is delayed,\n"
    "reordered, split over queues, or without timeline semaphores. Numbers are checked, and that\n"
    "nothing is left behind and no rule of Vulkan broken. Where all cases run, it measures then "
    "how\n"
    "much more two threads record than one: 1.8 times as much, or nine tenths of what two plain "
    "loops\n"
    "gain on this machine at the time.";

enum {
    ACCEPTED = KT_OPTIONS_ALL | KT_OPTION_SCHEDULES | KT_OPTION_SCHEDULE,
    // What chooses some of the cases, or none.
    CHOOSING = KT_OPTION_LIST | KT_OPTION_SHARD | KT_OPTION_SCHEDULE | KT_OPTION_RESUME,
};

static void print_json(const throughput *of)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "throughput");
    cJSON_AddNumberToObject(object, "gain", of->gain);
    cJSON_AddNumberToObject(object, "plain_gain", of->plain_gain);
    cJSON_AddNumberToObject(object, "share", of->share);
    cJSON_AddNumberToObject(object, "dispatches_per_s", of->dispatches_per_s);
    cJSON_AddBoolToObject(object, "enough", throughput_is_enough(of));
    char *text = cJSON_PrintUnformatted(object);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(object);
}

// What the null driver costs is nothing: what two threads gain on it is the library's.
static int measure(bool json, kt_text *problem)
{
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return KT_EXIT_EXPECTED; // there is nothing to gain
    throughput measured;
    char *driver = kt_own_driver("libkronos_null.so");
    const bool right =
        driver ? throughput_measure(driver, &measured, problem)
               : kt_refuse(problem, "the null driver is not beside this program's libraries");
    free(driver);
    if (!right)
        return KT_EXIT_UNUSABLE;
    if (json)
        print_json(&measured);
    else
        printf("# two threads record %.2f times as much as one, where plain loops gain %.2f: %s\n",
               measured.gain, measured.plain_gain,
               throughput_is_enough(&measured) ? "enough" : "TOO LITTLE");
    return throughput_is_enough(&measured) ? KT_EXIT_EXPECTED : KT_EXIT_FAULTS;
}

static int run(const kt_options *options, int count, char **arguments, kt_text *problem)
{
    int code = cli_suite_program("kronos-threadcheck", count, arguments, problem);
    if (code == KT_EXIT_EXPECTED && !(options->given & CHOOSING) &&
        !options->selection.filter_count)
        code = measure(options->given & KT_OPTION_JSON, problem);
    return code;
}

int cli_threads(int count, char **arguments)
{
    kt_options options;
    kt_text problem = {0};
    int code;
    if (!kt_options_read(&options, ACCEPTED, USAGE, count, arguments, &code))
        return code;
    code = run(&options, count, arguments, &problem);
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", problem.bytes);
    kt_text_finish(&problem);
    kt_options_finish(&options);
    return code;
}
