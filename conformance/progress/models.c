#include "models.h"

typedef struct pattern_row {
    const char *name;
    bool by[PROGRESS_MODELS]; // who promises that its waits end
} pattern_row;

#define BY(hsa, obe, hsa_obe, lobe)          \
    {                                        \
        false, hsa, obe, hsa_obe, lobe, true \
    }

static const pattern_row PATTERNS[PROGRESS_PATTERNS] = {
    [PROGRESS_TO_LOWER] = {"to_lower", BY(true, false, true, true)},
    [PROGRESS_ARRIVALS] = {"arrivals", BY(false, true, true, true)},
    [PROGRESS_EXCHANGE] = {"exchange", BY(false, true, true, true)},
    [PROGRESS_MUTEX] = {"mutex", BY(false, true, true, true)},
    [PROGRESS_BARRIER] = {"barrier", BY(false, true, true, true)},
    [PROGRESS_PIPELINE] = {"pipeline", BY(false, true, true, true)},
    [PROGRESS_MET_TO_HIGHER] = {"met_to_higher", BY(false, true, true, true)},
    [PROGRESS_IN_BETWEEN] = {"in_between", BY(false, false, false, true)},
    [PROGRESS_TO_HIGHER] = {"to_higher", BY(false, false, false, false)},
};

const char *progress_model_name(progress_model model)
{
    static const char *const NAMES[PROGRESS_MODELS] = {"none",    "hsa",  "obe",
                                                       "hsa+obe", "lobe", "fair"};
    return NAMES[model];
}

const char *progress_pattern_name(int pattern)
{
    return PATTERNS[pattern].name;
}

const char *progress_outcome_name(progress_outcome outcome)
{
    static const char *const NAMES[] = {"not met", "seen", "given up"};
    return NAMES[outcome];
}

bool progress_promises(progress_model model, int pattern)
{
    return PATTERNS[pattern].by[model];
}

static bool keeps(progress_model model, const progress_outcome outcomes[PROGRESS_PATTERNS])
{
    for (int i = 0; i < PROGRESS_PATTERNS; i++) {
        if (progress_promises(model, i) && outcomes[i] == PROGRESS_GIVEN_UP)
            return false;
    }
    return true;
}

progress_model progress_classify(const progress_outcome outcomes[PROGRESS_PATTERNS])
{
    progress_model model = PROGRESS_FAIR;
    while (model > PROGRESS_NONE && !keeps(model, outcomes))
        model--;
    return model;
}

bool progress_is_coherent(const progress_outcome outcomes[PROGRESS_PATTERNS])
{
    return outcomes[PROGRESS_TO_HIGHER] != PROGRESS_SEEN || keeps(PROGRESS_FAIR, outcomes);
}
