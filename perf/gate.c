#include "gate.h"

#include <string.h>

#include "json.h"

enum { CONFIRMATIONS = 5 };

static bool names(const cJSON *worse, const char *workload, const char *figure)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, worse)
    {
        if (!strcmp(kt_json_string(item, "workload"), workload) &&
            !strcmp(kt_json_string(item, "figure"), figure))
            return true;
    }
    return false;
}

// Measures one workload again.
//
// Returns: 1 where the figure is worse again, 0 where it is not, -1 after a failure.
static int again(const kp_gate_config *config, uint64_t seed, const cJSON *before,
                 const cJSON *item, kt_text *problem)
{
    kp_survey_config alone = config->survey;
    alone.seed = seed;
    alone.filter = kt_json_string(item, "workload");
    kp_comparison comparison = {0};
    int result = -1;
    cJSON *now = config->run(config->user, &alone, problem);
    if (now && kp_compare(before, now, false, &comparison, problem))
        result = names(comparison.worse, alone.filter, kt_json_string(item, "figure"));
    kp_comparison_finish(&comparison);
    cJSON_Delete(now);
    return result;
}

// Whether a ratio is worse each time.
static int confirm(const kp_gate_config *config, const cJSON *before, const cJSON *item,
                   kt_text *problem)
{
    int result = 1;
    for (uint64_t i = 1; result == 1 && i <= CONFIRMATIONS; i++)
        result = again(config, config->survey.seed + i, before, item, problem);
    return result;
}

bool kp_gate(const kp_gate_config *config, const cJSON *before, const cJSON *now,
             kp_comparison *out, kt_text *problem)
{
    const bool same_tier = !strcmp(kt_json_string(before, "tier"), kt_json_string(now, "tier"));
    if (!kp_compare(before, now, same_tier && !config->survey.filter, out, problem))
        return false;
    cJSON *item = out->worse->child;
    while (item) {
        cJSON *next = item->next;
        const int stands = strcmp(kt_json_string(item, "kind"), "ratio") != 0
                               ? 1
                               : confirm(config, before, item, problem);
        if (stands < 0)
            return false;
        if (!stands)
            cJSON_Delete(cJSON_DetachItemViaPointer(out->worse, item));
        item = next;
    }
    return true;
}
