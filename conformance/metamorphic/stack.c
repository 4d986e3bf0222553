#include "metamorphic/stack.h"

bool stack_apply(const stack *s, module *m)
{
    bool changed = false;
    for (uint32_t i = 0; i < s->count; i++) {
        m->random = s->steps[i].seed;
        changed |= s->steps[i].rewrite->apply(m);
    }
    return changed;
}

static stack without(const stack *s, uint32_t step)
{
    stack rest = {0};
    for (uint32_t i = 0; i < s->count; i++)
        if (i != step)
            rest.steps[rest.count++] = s->steps[i];
    return rest;
}

void stack_reduce(stack *s, bool (*is_wrong)(void *user, const stack *s), void *user)
{
    // What one step needs may stand before or behind it: after each that is left out, again.
    for (uint32_t i = 0; i < s->count;) {
        const stack rest = without(s, i);
        const bool wrong = is_wrong(user, &rest);
        if (wrong)
            *s = rest;
        i = wrong ? 0 : i + 1;
    }
}
