// Other numbers for all ids.
#include "metamorphic/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static void renumber_list(const module *m, const module_list *list, const uint32_t *numbers)
{
    for (size_t i = 0; i < list->count; i++)
        for (uint32_t at = 1; at < grammar_length(list->at[i]); at++)
            if (grammar_is_id(list->at[i], at) && list->at[i][at] < m->bound)
                list->at[i][at] = numbers[list->at[i][at]];
}

static void define_again(module *m, const module_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const uint32_t at = grammar_result_at(list->at[i]);
        if (at)
            m->definition[list->at[i][at]] = list->at[i];
    }
}

// In random order, with gaps, and far above the number of ids: compilers read the same shader in
// one encoding and refused it in another (ggml-org/llama.cpp#28635).
bool rewrite_ids_renumbered(module *m)
{
    enum { SPREAD = 5 };
    const uint32_t bound = m->bound * SPREAD;
    uint32_t *numbers = kt_memory(m->bound, sizeof *numbers), old = m->bound;
    for (uint32_t id = 1; id < old; id++) {
        const uint32_t other = 1 + module_random_below(m, id);
        numbers[id] = numbers[other];
        numbers[other] = id;
    }
    for (uint32_t id = 1; id < old; id++)
        numbers[id] = numbers[id] * SPREAD - module_random_below(m, SPREAD - 1);
    renumber_list(m, &m->globals, numbers);
    renumber_list(m, &m->code, numbers);
    for (uint32_t i = 0; i < m->constants.count; i++)
        m->constants.ids[i] = numbers[m->constants.ids[i]];
    m->opaque = numbers[m->opaque];
    m->bound = bound;
    free(m->definition);
    m->definition = kt_memory(bound, sizeof *m->definition);
    define_again(m, &m->globals);
    define_again(m, &m->code);
    free(numbers);
    return true;
}
