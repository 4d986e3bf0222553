#include "probe.h"

#include "message.h"
#include "worker.h"

// A driver on a machine that is just waking up may need long.
static const uint64_t TIMEOUT_NS = UINT64_C(60000000000);

static cJSON *ask(const kt_worker_config *config, uint32_t request, kt_text *problem)
{
    kt_worker worker;
    kro_status status;
    kt_text text = {0};
    cJSON *json = NULL;
    kt_worker_init(&worker, config);
    if (kt_worker_ask(&worker, request, &status, &text) == KT_ANSWER_GIVEN)
        json = cJSON_Parse(kt_text_string(&text));
    if (!json)
        kt_text_format(problem, "%s", kt_text_string(&text));
    kt_text_finish(&text);
    kt_worker_finish(&worker);
    return json;
}

cJSON *cli_probe_devices(const char *driver, const char *const *environment, kt_text *problem)
{
    return ask(
        &(kt_worker_config){.driver = driver, .environment = environment, .timeout_ns = TIMEOUT_NS},
        KT_REQUEST_LIST, problem);
}

cJSON *cli_probe_device(const char *device, const char *driver, const char *const *environment,
                        kt_text *problem)
{
    return ask(&(kt_worker_config){.device = device,
                                   .driver = driver,
                                   .environment = environment,
                                   .timeout_ns = TIMEOUT_NS},
               KT_REQUEST_OPEN, problem);
}
