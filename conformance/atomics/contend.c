#include "atomics/contend.h"

#include <stdio.h>
#include <string.h>

#include "elements.h"

static const char *const OPERATION_NAMES[ATOMIC_OPERATION_COUNT] = {
    [ATOMIC_ADD] = "add",
    [ATOMIC_SUBTRACT] = "subtract",
    [ATOMIC_INCREMENT] = "increment",
    [ATOMIC_DECREMENT] = "decrement",
    [ATOMIC_MIN] = "min",
    [ATOMIC_MAX] = "max",
    [ATOMIC_AND] = "and",
    [ATOMIC_OR] = "or",
    [ATOMIC_XOR] = "xor",
    [ATOMIC_EXCHANGE] = "exchange",
    [ATOMIC_COMPARE] = "compare_exchange",
    [ATOMIC_LOAD] = "load",
    [ATOMIC_STORE] = "store",
};

static const char *const SCOPE_NAMES[ATOMIC_SCOPE_COUNT] = {
    [ATOMIC_SCOPE_DEVICE] = "device",
    [ATOMIC_SCOPE_QUEUE_FAMILY] = "queue_family",
    [ATOMIC_SCOPE_WORKGROUP] = "workgroup",
    [ATOMIC_SCOPE_SUBGROUP] = "subgroup",
};

static const char *const PATTERN_NAMES[ATOMIC_PATTERN_COUNT] = {
    [ATOMIC_ONE_WORD] = "one word",
    [ATOMIC_ONE_LINE] = "neighbouring words",
    [ATOMIC_RANDOM_WORDS] = "random words",
    [ATOMIC_WORD_PER_GROUP] = "a word for each workgroup",
};

static const char *const PLACE_NAMES[] = {
    [CONTEND_BUFFER] = "buffer",
    [CONTEND_GROUP] = "group",
    [CONTEND_ADDRESS] = "address",
};

const char *contend_operation_name(uint32_t operation)
{
    return OPERATION_NAMES[operation];
}

void contend_params(kt_params *params, const char *type, uint32_t operation, bool scoped)
{
    if (!scoped)
        kt_param(params, "%s.%s", type, OPERATION_NAMES[operation]);
    for (int i = 0; scoped && i < ATOMIC_SCOPE_COUNT; i++)
        kt_param(params, "%s.%s.%s", type, OPERATION_NAMES[operation], SCOPE_NAMES[i]);
}

bool contend_is_first(const contend_step *step)
{
    return ATOMIC_IS_FIRST(step->index % CONTEND_INVOCATIONS, step->index / CONTEND_INVOCATIONS);
}

// The buffers of one meeting, on the host.
typedef struct host_side {
    uint8_t *values, *before, *after, *returned;
    uint32_t *chosen;
    contend_step *steps, *sorted;
    uint32_t *starts; // in `sorted`, of each word and the end
} host_side;

static host_side make_host_side(kt_test *t, const contend_type *type)
{
    const size_t bytes = type->bits / 8;
    return (host_side){
        .values = kt_alloc(t, 2 * CONTEND_STEPS * bytes),
        .before = kt_alloc(t, CONTEND_WORDS * bytes),
        .after = kt_alloc(t, CONTEND_WORDS * bytes),
        .returned = kt_alloc(t, CONTEND_STEPS * bytes),
        .chosen = kt_alloc(t, CONTEND_STEPS * sizeof(uint32_t)),
        .steps = kt_alloc(t, CONTEND_STEPS * sizeof(contend_step)),
        .sorted = kt_alloc(t, CONTEND_STEPS * sizeof(contend_step)),
        .starts = kt_alloc(t, (CONTEND_WORDS + 1) * sizeof(uint32_t)),
    };
}

static bool run_kernel(kt_test *t, const contention *c, contend_meeting meeting, host_side *host)
{
    const uint32_t bytes = c->type->bits / 8;
    const bool by_address = c->place == CONTEND_ADDRESS;
    kro_buffer *values = kt_buffer_in(
        t, c->ctx,
        &(kro_buffer_config){.size_bytes = 2 * CONTEND_STEPS * bytes, .data = host->values});
    kro_buffer *words = kt_buffer_in(t, c->ctx,
                                     &(kro_buffer_config){.size_bytes = CONTEND_WORDS * bytes,
                                                          .data = host->before,
                                                          .device_address = by_address});
    kt_output returned = kt_output_create(t, c->ctx, CONTEND_STEPS * bytes);
    kt_output chosen = kt_output_create(t, c->ctx, CONTEND_STEPS * sizeof(uint32_t));
    const kro_binding bindings[] = {{values, .binding = 0},
                                    kt_output_binding(&returned, 1),
                                    kt_output_binding(&chosen, 2),
                                    {words, .binding = 3}};
    const kro_buffer_info *info = words ? kro_buffer_get_info(words) : NULL;
    const struct {
        contend_meeting meeting;
        uint64_t words;
    } push = {meeting, info ? info->device_address : 0};
    const kro_dispatch_args args = {
        .bindings = bindings,
        .binding_count = by_address ? 3 : 4,
        .touches = &words,
        .touch_count = by_address,
        .push = &push,
        .push_bytes = by_address ? sizeof push : sizeof push.meeting,
        .groups = {ATOMIC_GROUPS},
    };
    const bool ran = CHECK_OK(kro_dispatch(kro_context_stream(c->ctx), c->pipeline, &args)) &&
                     kt_output_read(t, &returned, host->returned) &&
                     kt_output_read(t, &chosen, host->chosen) &&
                     CHECK_OK(kro_buffer_read(words, 0, host->after, CONTEND_WORDS * bytes));
    kt_release(t, chosen.buffer);
    kt_release(t, returned.buffer);
    kt_release(t, words);
    kt_release(t, values);
    return ran;
}

// Whether a step chose a word that shaders/atomic_operation.glsl may choose.
static bool is_choice(const contention *c, uint32_t pattern, const contend_step *step)
{
    const uint32_t invocation = step->index % CONTEND_INVOCATIONS;
    const uint32_t group = invocation / ATOMIC_GROUP_SIZE;
    uint32_t first = 0, span = ATOMIC_GROUP_WORDS;
    if (c->place == CONTEND_GROUP || c->scope >= ATOMIC_SCOPE_WORKGROUP)
        first = group * ATOMIC_GROUP_WORDS;
    if (c->scope == ATOMIC_SCOPE_SUBGROUP) {
        span = ATOMIC_SUBGROUP_WORDS;
        // Which subgroup an invocation is in, the device says.
        if (step->word >= first && step->word < first + ATOMIC_GROUP_WORDS)
            first += (step->word - first) / span * span;
    }
    switch (pattern) {
    case ATOMIC_ONE_WORD:
        return step->word == first;
    case ATOMIC_ONE_LINE:
        return step->word == first + invocation % 16;
    case ATOMIC_RANDOM_WORDS:
        return step->word == first + (step->index * UINT32_C(2654435761) >> 16) % span;
    default: // ATOMIC_WORD_PER_GROUP
        return step->word == first + group;
    }
}

// The steps of each word side by side, in order of their numbers: those of a word start in `sorted`
// where `starts` says, and end where the next word's start.
static void sort_by_word(const contend_step *steps, contend_step *sorted,
                         uint32_t starts[CONTEND_WORDS + 1])
{
    memset(starts, 0, (CONTEND_WORDS + 1) * sizeof *starts);
    for (uint32_t i = 0; i < CONTEND_STEPS; i++)
        starts[steps[i].word + 1]++;
    for (uint32_t word = 0; word < CONTEND_WORDS; word++)
        starts[word + 1] += starts[word];
    for (uint32_t i = 0; i < CONTEND_STEPS; i++)
        sorted[starts[steps[i].word]++] = steps[i];
    memmove(starts + 1, starts, CONTEND_WORDS * sizeof *starts);
    starts[0] = 0;
}

static bool check_word(kt_test *t, const contention *c, const host_side *host, uint32_t word,
                       contend_step *steps, uint32_t count)
{
    const uint64_t first = element_load(c->type->bits, host->before, word);
    const uint64_t last = element_load(c->type->bits, host->after, word);
    if (count > 0)
        return c->model->check(t, c, first, last, steps, count);
    if (first != last)
        FAILF(t, "nothing worked on it, but it is 0x%llx, not 0x%llx", (unsigned long long)last,
              (unsigned long long)first);
    return first == last;
}

// Checks every word: those that steps chose by the model, the others that they are as before.
static bool check_words(kt_test *t, const contention *c, contend_meeting meeting, host_side *host)
{
    for (uint32_t i = 0; i < CONTEND_STEPS; i++) {
        contend_step *step = &host->steps[i];
        step->word = host->chosen[i];
        step->returned = element_load(c->type->bits, host->returned, i);
        if (!is_choice(c, meeting.pattern, step)) {
            FAILF(t, "step %u worked on word %u, which is not its own", i, step->word);
            return false;
        }
    }
    sort_by_word(host->steps, host->sorted, host->starts);
    uint32_t words = 0, most = 0;
    for (uint32_t word = 0; word < CONTEND_WORDS; word++) {
        const uint32_t start = host->starts[word], count = host->starts[word + 1] - start;
        if (!check_word(t, c, host, word, host->sorted + start, count)) {
            FAILF(t, "that was word %u, of %u steps, in the pattern: %s", word, count,
                  PATTERN_NAMES[meeting.pattern]);
            return false;
        }
        words += count > 0;
        most = count > most ? count : most;
    }
    LOGF(t, "%s, order %u: %u steps on %u words, up to %u on one", PATTERN_NAMES[meeting.pattern],
         meeting.order, CONTEND_STEPS, words, most);
    return true;
}

static bool meet(kt_test *t, const contention *c, contend_meeting meeting, host_side *host)
{
    for (uint32_t i = 0; i < CONTEND_STEPS; i++) {
        contend_step *step = &host->steps[i];
        *step = (contend_step){.index = i};
        c->model->choose(t, c, i, step);
        element_store(c->type->bits, host->values, 2 * i, step->value);
        element_store(c->type->bits, host->values, 2 * i + 1, step->comparand);
    }
    for (uint32_t i = 0; i < CONTEND_WORDS; i++)
        element_store(c->type->bits, host->before, i, c->model->before(t, c));
    return run_kernel(t, c, meeting, host) && check_words(t, c, meeting, host);
}

// The feature that a device needs for these operations, but for those on 32-bit integers.
static void name_feature(const contention *c, char *out, size_t size_bytes)
{
    const char *where = c->place == CONTEND_GROUP ? "Shared" : "Buffer";
    const bool bounds = c->operation == ATOMIC_MIN || c->operation == ATOMIC_MAX;
    const char *what = c->operation == ATOMIC_ADD ? "AtomicAdd"
                       : bounds                   ? "AtomicMinMax"
                                                  : "Atomics";
    if (c->type->format)
        snprintf(out, size_bytes, "shader%sFloat%u%s", where, c->type->bits, what);
    else
        snprintf(out, size_bytes, "shader%sInt64Atomics", where);
}

bool contend(kt_test *t, contention *c, const char *kernel)
{
    char shader[64], feature[64];
    snprintf(shader, sizeof shader, "atomic_%s_%s%s", kernel, PLACE_NAMES[c->place],
             c->scoped ? "_scoped" : "");
    const kro_constant constants[] = {{0, .value.u32 = c->operation}, {1, .value.u32 = c->scope}};
    name_feature(c, feature, sizeof feature);
    c->pipeline = kernel_pipeline_or_skip(
        t, c->ctx, shader, feature,
        &(kro_pipeline_config){.constants = constants, .constant_count = c->scoped ? 2 : 1});
    if (!c->pipeline)
        return false;
    host_side host = make_host_side(t, c->type);
    const bool whole_device = c->place != CONTEND_GROUP && c->scope <= ATOMIC_SCOPE_QUEUE_FAMILY;
    const uint32_t patterns = whole_device ? ATOMIC_PATTERN_COUNT : ATOMIC_WORD_PER_GROUP;
    const uint32_t meetings = c->scoped ? ATOMIC_ORDER_COUNT : patterns;
    for (uint32_t i = 0; i < meetings; i++)
        if (!meet(t, c, (contend_meeting){i % patterns, c->scoped ? i : ATOMIC_RELAXED}, &host))
            return false;
    return true;
}
