#include "metamorphic/trial.h"

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "shaders.h"
#include "text.h"

enum { MOST_CONSTANTS = SUBJECT_CONSTANTS + MODULE_VALUES };

static void split(const subject *s, uint32_t *words, uint32_t *buffers[SUBJECT_BUFFERS])
{
    for (uint32_t i = 0; i < SUBJECT_BUFFERS; i++) {
        buffers[i] = words;
        words += s->buffers[i].count;
    }
}

static uint32_t buffer_count(const subject *s)
{
    uint32_t count = 0;
    while (count < SUBJECT_BUFFERS && s->buffers[count].count)
        count++;
    return count;
}

// The pipeline of a module; NULL where the driver, or the library's check, does not take it.
static kro_pipeline *create_pipeline(const trial *self, const uint32_t *spirv, size_t word_count,
                                     const module *m)
{
    kro_constant constants[MOST_CONSTANTS];
    uint32_t count = 0;
    for (; count < self->subject->constant_count; count++)
        constants[count] = self->subject->constants[count];
    for (uint32_t i = 0; m && i < m->constants.count; i++)
        constants[count++] =
            (kro_constant){.id = MODULE_FIRST_SPEC_ID + i, .value.u32 = m->constants.values[i]};
    kro_pipeline *pipeline = NULL;
    const kro_pipeline_config config = {.spirv = spirv,
                                        .spirv_bytes = word_count * sizeof *spirv,
                                        .constants = constants,
                                        .constant_count = count,
                                        .label = self->subject->shader};
    const kro_status status = kro_pipeline_create(kt_context(self->t), &config, &pipeline);
    return status == KRO_OK ? pipeline : NULL;
}

// Runs a pipeline on buffers that hold `before`, and reads them back.
static bool dispatch(trial *self, kro_pipeline *pipeline, const module *m)
{
    kt_test *t = self->t;
    const subject *s = self->subject;
    kro_context *ctx = kt_context(t);
    const uint32_t count = buffer_count(s);
    uint32_t *before[SUBJECT_BUFFERS], *actual[SUBJECT_BUFFERS];
    kro_buffer *buffers[SUBJECT_BUFFERS + 1];
    kro_binding bindings[SUBJECT_BUFFERS + 1];
    split(s, self->before, before);
    split(s, self->actual, actual);
    for (uint32_t i = 0; i < count; i++) {
        buffers[i] = kt_buffer(t, 4 * s->buffers[i].count, before[i]);
        bindings[i] = (kro_binding){.buffer = buffers[i], .binding = i};
    }
    const bool has_unknown = m && m->opaque;
    if (has_unknown) {
        buffers[count] = kt_buffer(t, sizeof m->words.values, m->words.values);
        bindings[count] = (kro_binding){.buffer = buffers[count], .binding = m->opaque_binding};
    }
    const kro_dispatch_args args = {
        .bindings = bindings,
        .binding_count = count + has_unknown,
        .push = s->push,
        // Of members that nothing reads, the optimizer may have taken the last ones away.
        .push_bytes = kro_pipeline_get_info(pipeline)->push_bytes,
        .groups = {s->groups[0], s->groups[1], s->groups[2]},
    };
    bool right = CHECK_OK(kro_dispatch(kro_context_stream(ctx), pipeline, &args));
    for (uint32_t i = 0; i < count; i++)
        right &= CHECK_OK(kro_buffer_read(buffers[i], 0, actual[i], 4 * s->buffers[i].count));
    for (uint32_t i = 0; i < count + has_unknown; i++)
        kt_release(t, buffers[i]);
    return right;
}

bool trial_run(trial *self, const uint32_t *spirv, size_t word_count, const module *m)
{
    kro_pipeline *pipeline = create_pipeline(self, spirv, word_count, m);
    self->refused = !pipeline;
    const bool ran = pipeline && dispatch(self, pipeline, m);
    kro_pipeline_destroy(pipeline);
    return ran && memcmp(self->actual, self->expected, 4 * self->total) == 0;
}

static bool can_run(kt_test *t, const subject *s)
{
    if (!kt_device_computes(t)) {
        SKIP(t, "the null driver computes nothing");
        return false;
    }
    // The kernel's own buffers and the one that rewrites add.
    return kernel_has(t, s->needs) && kernel_buffers_fit(t, buffer_count(s) + 1);
}

bool trial_init(trial *self, kt_test *t, const subject *s)
{
    const kronos_shader *shader = kronos_shader_find(s->shader);
    *self = (trial){.t = t, .subject = s, .form = "as it is"};
    if (!CHECK(shader) || !can_run(t, s))
        return false;
    self->spirv = shader->words;
    self->word_count = shader->size_bytes / sizeof *shader->words;
    for (uint32_t i = 0; i < SUBJECT_BUFFERS; i++)
        self->total += s->buffers[i].count;
    self->before = kt_alloc(t, 4 * self->total);
    self->expected = kt_alloc(t, 4 * self->total);
    self->actual = kt_alloc(t, 4 * self->total);
    uint32_t *buffers[SUBJECT_BUFFERS];
    split(s, self->before, buffers);
    for (uint32_t i = 0; i < SUBJECT_BUFFERS; i++)
        for (uint32_t k = 0; k < s->buffers[i].count; k++)
            buffers[i][k] = kt_random_u32(t) & s->buffers[i].mask;
    memcpy(self->expected, self->before, 4 * self->total);
    split(s, self->expected, buffers);
    if (s->expect)
        s->expect(s, buffers);
    const bool same = trial_run(self, self->spirv, self->word_count, NULL);
    if (self->refused)
        return FAILF(t, "%s as it is: %s", s->shader, kro_error_detail()), false;
    if (s->expect && !same)
        return CHECK_U32S(self->actual, self->expected, self->total);
    memcpy(self->expected, self->actual, 4 * self->total);
    kt_same_everywhere(t, self->expected, 4 * self->total);
    return true;
}

bool trial_rewrite(const trial *self, const stack *s, module *m)
{
    kt_test *t = self->t;
    return CHECK(module_init(m, self->spirv, self->word_count)) && stack_apply(s, m);
}

bool trial_is_same(trial *self, const stack *s)
{
    module m;
    size_t word_count;
    trial_rewrite(self, s, &m);
    uint32_t *spirv = module_words(&m, &word_count);
    const bool same = trial_run(self, spirv, word_count, &m);
    free(spirv);
    module_finish(&m);
    return same;
}

static bool is_wrong(void *user, const stack *s)
{
    return !trial_is_same(user, s);
}

void trial_reduce(trial *self, stack *s)
{
    stack_reduce(s, is_wrong, self);
}

// What was run, as "interpreter as it is, then copies_added (seed 5)".
static void append_form(kt_text *out, const trial *self, const stack *s)
{
    kt_text_format(out, "%s %s", self->subject->shader, self->form);
    for (uint32_t i = 0; i < s->count; i++)
        kt_text_format(out, ", then %s (seed %llu)", s->steps[i].rewrite->name,
                       (unsigned long long)s->steps[i].seed);
}

// Keeps the module that is not the same, and the one that it should be the same as.
static void keep(const trial *self, const stack *s, const char *paths[2])
{
    module m;
    size_t word_count;
    const kronos_shader *original = kronos_shader_find(self->subject->shader);
    trial_rewrite(self, s, &m);
    uint32_t *spirv = module_words(&m, &word_count);
    paths[0] = kt_keep(self->t, "original.spv", original->words, (size_t)original->size_bytes);
    paths[1] = kt_keep(self->t, "rewritten.spv", spirv, word_count * sizeof *spirv);
    free(spirv);
    module_finish(&m);
}

// Each buffer that is not as it should be, for `kronos repro`.
static void tell_buffers(const trial *self)
{
    uint32_t *actual[SUBJECT_BUFFERS], *expected[SUBJECT_BUFFERS];
    split(self->subject, self->actual, actual);
    split(self->subject, self->expected, expected);
    for (uint32_t i = 0; i < buffer_count(self->subject); i++) {
        const uint32_t count = self->subject->buffers[i].count;
        if (memcmp(actual[i], expected[i], count * sizeof **actual) != 0)
            kt_compared(self->t, KRO_ELEMENT_U32, actual[i], expected[i], expected[i], count);
    }
}

static void fail(trial *self, const stack *s)
{
    kt_test *t = self->t;
    kt_text form = {0}, what = {0};
    const char *paths[2];
    append_form(&form, self, s);
    (void)trial_is_same(self, s); // once more: what `kronos repro` takes is what was compared last
    if (self->refused) {
        kt_text_format(&what, "is refused: %s", kro_error_detail());
    } else {
        uint32_t at = 0;
        while (at < self->total - 1 && self->actual[at] == self->expected[at])
            at++;
        kt_text_format(&what, "leaves 0x%08x in word %u of its buffers, not 0x%08x",
                       self->actual[at], at, self->expected[at]);
        tell_buffers(self);
    }
    keep(self, s, paths);
    FAILF(t, "%s %s; the modules are %s and %s; '%s' makes a program of the second",
          kt_text_string(&form), kt_text_string(&what), paths[0], paths[1], kt_repro_command(t));
    kt_text_finish(&form);
    kt_text_finish(&what);
}

void trial_check(trial *self, const stack *s)
{
    if (trial_is_same(self, s))
        return;
    stack reduced = *s;
    trial_reduce(self, &reduced);
    fail(self, &reduced);
}
