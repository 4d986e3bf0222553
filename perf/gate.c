#include "gate.h"

#include <string.h>

#include "json.h"

enum { CONFIRMATIONS = 5 };

static bool is_same(const cJSON *a, const cJSON *b)
{
    static const char *const NAMES[] = {"workload", "figure", "kind"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcmp(kt_json_string(a, NAMES[i]), kt_json_string(b, NAMES[i])) != 0)
            return false;
    return true;
}

static bool holds(const cJSON *worse, const cJSON *wanted)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, worse)
    {
        if (is_same(item, wanted))
            return true;
    }
    return false;
}

// Whether noise can make it so.
static bool is_time(const cJSON *item)
{
    const char *kind = kt_json_string(item, "kind");
    return !strcmp(kind, "ratio") || !strcmp(kind, "wall-ratio");
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
        result = holds(comparison.worse, item);
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
        const int stands = is_time(item) ? confirm(config, before, item, problem) : 1;
        if (stands < 0)
            return false;
        if (!stands)
            cJSON_Delete(cJSON_DetachItemViaPointer(out->worse, item));
        item = next;
    }
    return true;
}
