#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "doctor_manifests.h"

static const char *const STATES[] = {"ok", "warning", "wrong"};

static const char USAGE[] =
    "kronos doctor [options]\n\n"
    "Looks for what keeps this machine from computing on Vulkan, or from doing so as it might\n"
    "seem: a line for each check, and below it what to do. Nothing is changed.\n\n"
    "  loader       the Vulkan loader: is it there, which version, which file?\n"
    "  manifest     the JSON files that name drivers: found where, hidden, broken?\n"
    "  driver       the libraries that they name: there, for this architecture, with all they\n"
    "               need? trusted, where one is opened with --driver?\n"
    "  node         the GPUs' files in /dev: may this user open them?\n"
    "  kernel       GPUs without a kernel driver, kernel drivers without a Vulkan driver\n"
    "  container    what was not passed on into a container\n"
    "  layer        layers: broken, shadowed, in the way of measuring; the validation layer\n"
    "  environment  variables that change results or times\n"
    "  limits       limits of this process that drivers run into\n"
    "  device       one dispatch on each device, with its answer checked\n\n"
    "ok: nothing to do. warning: works, but read it. wrong: has to be mended.\n"
    "Exit code: 0 nothing is wrong, 1 something is, 3 no device computes right.\n"
    "--json: {\"checks\": [{\"check\", \"state\", \"sentence\", \"fix\"}], \"exit_code\"}";

static void print_text(const cli_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const cli_finding *finding = &findings->items[i];
        printf("%-7s  %-11s  %s\n", STATES[finding->state], finding->check, finding->sentence);
        if (finding->fix)
            printf("%22s fix: %s\n", "", finding->fix);
    }
}

static void print_json(const cli_findings *findings, int code)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *array = cJSON_AddArrayToObject(json, "checks");
    for (size_t i = 0; i < findings->count; i++) {
        const cli_finding *finding = &findings->items[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "check", finding->check);
        cJSON_AddStringToObject(item, "state", STATES[finding->state]);
        cJSON_AddStringToObject(item, "sentence", finding->sentence);
        if (finding->fix)
            cJSON_AddStringToObject(item, "fix", finding->fix);
        cJSON_AddItemToArray(array, item);
    }
    cJSON_AddNumberToObject(json, "exit_code", code);
    char *text = cJSON_Print(json);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
}

static rlim_t limit(__rlimit_resource_t resource)
{
    struct rlimit state;
    return getrlimit(resource, &state) == 0 ? state.rlim_cur : RLIM_INFINITY;
}

// What an option or the variable behind it says; NULL where neither does.
static const char *chosen(const char *option, const char *variable)
{
    const char *value = option ? option : getenv(variable);
    return value && *value ? value : NULL;
}

// Every check. True where a device computes.
static bool examine(cli_findings *findings, const kt_options *options)
{
    cli_place place = cli_place_here();
    cli_drivers drivers;
    const char *driver = chosen(options->driver, "KRONOS_DRIVER");
    const char *device = chosen(options->device, "KRONOS_DEVICE");
    cli_check_loader(findings, &place, "libvulkan.so.1");
    cli_check_manifests(findings, &place, &drivers);
    if (driver)
        cli_check_own_driver(findings, driver);
    bool has_node = cli_check_nodes(findings, &place);
    bool has_gpu = cli_check_kernel(findings, &place, &drivers) && has_node;
    cli_check_container(findings, &place, &drivers);
    cli_check_layers(findings, &place);
    cli_check_environment(findings, &place);
    cli_check_limits(findings, limit(RLIMIT_AS), limit(RLIMIT_NOFILE));
    cli_drivers_finish(&drivers);
    return cli_check_dispatch(findings, &place, options, has_gpu && !driver && !device);
}

int cli_doctor(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(&options, KT_OPTION_DEVICE | KT_OPTION_DRIVER | KT_OPTION_JSON, USAGE,
                         count, arguments, &code))
        return code;
    cli_findings findings = {0};
    code = examine(&findings, &options) ? KT_EXIT_EXPECTED : KT_EXIT_UNUSABLE;
    for (size_t i = 0; i < findings.count && code == KT_EXIT_EXPECTED; i++)
        if (findings.items[i].state == CLI_WRONG)
            code = KT_EXIT_FAULTS;
    if (options.given & KT_OPTION_JSON)
        print_json(&findings, code);
    else
        print_text(&findings);
    cli_findings_finish(&findings);
    kt_options_finish(&options);
    return code;
}
