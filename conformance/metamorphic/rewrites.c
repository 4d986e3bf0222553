#include "metamorphic/rewrites.h"

const rewrite rewrites[REWRITE_COUNT] = {
#define X(name) {#name, rewrite_##name},
    REWRITES(X)
#undef X
};

rewrite_sites rewrite_choose(module *m,
                             bool (*is_site)(const module *m, const uint32_t *instruction))
{
    // Each has the same chance to be among the chosen, whatever comes behind it.
    rewrite_sites chosen = {0};
    uint32_t seen = 0;
    for (size_t i = 0; i < m->code.count; i++) {
        if (!is_site(m, m->code.at[i]))
            continue;
        const uint32_t slot = module_random_below(m, ++seen);
        if (chosen.count < REWRITE_SITES) {
            chosen.at[chosen.count++] = chosen.at[slot];
            chosen.at[slot] = m->code.at[i];
        } else if (slot < REWRITE_SITES) {
            chosen.at[slot] = m->code.at[i];
        }
    }
    return chosen;
}
