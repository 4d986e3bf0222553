// Kernels that were rewritten compute what they computed before.
#include "metamorphic/optimised.h"
#include "metamorphic/trial.h"

#include <stdlib.h>
#include <string.h>

TEST_PARAMS(metamorphic_kernels)
{
    for (size_t i = 0; i < subject_count; i++)
        kt_param(params, "%s", subjects[i].shader);
}

// Whether a rewrite finds anything in a kernel.
static bool applies(const subject *s, uint32_t which)
{
    const kronos_shader *shader = kronos_shader_find(s->shader);
    module m;
    if (!shader)
        return false;
    module_init(&m, shader->words, shader->size_bytes / sizeof *shader->words);
    const bool changed = rewrites[which].apply(&m);
    module_finish(&m);
    return changed;
}

TEST_PARAMS(metamorphic_rewrites)
{
    for (size_t i = 0; i < subject_count; i++)
        for (uint32_t k = 0; k < REWRITE_COUNT; k++)
            if (applies(&subjects[i], k))
                kt_param(params, "%s.%s", subjects[i].shader, rewrites[k].name);
}

// The kernel that a name begins with, up to a dot.
static const subject *find_subject(const char *name)
{
    const size_t length = strcspn(name, ".");
    for (size_t i = 0; i < subject_count; i++)
        if (strlen(subjects[i].shader) == length && !strncmp(subjects[i].shader, name, length))
            return &subjects[i];
    return NULL;
}

static const rewrite *find_rewrite(const char *name)
{
    for (uint32_t i = 0; i < REWRITE_COUNT; i++)
        if (!strcmp(rewrites[i].name, name))
            return &rewrites[i];
    return NULL;
}

TEST_FAMILY_CASE(rewritten_kernels_compute_the_same)
{
    enum { TIMES = 3 };
    const subject *s = find_subject(param);
    const rewrite *which = find_rewrite(strchr(param, '.') + 1);
    trial self;
    if (!CHECK(s && which) || !trial_init(&self, t, s))
        return;
    for (int i = 0; i < TIMES && !kt_has_failed(t); i++)
        trial_check(&self, &(stack){{{which, kt_random_u64(t)}}, 1});
}

static stack random_stack(kt_test *t)
{
    stack s = {.count = 2 + (uint32_t)kt_random_below(t, STACK_STEPS - 1)};
    for (uint32_t i = 0; i < s.count; i++)
        s.steps[i] = (stack_step){&rewrites[kt_random_below(t, REWRITE_COUNT)], kt_random_u64(t)};
    return s;
}

TEST_FAMILY_CASE(kernels_rewritten_again_and_again_compute_the_same)
{
    enum { TIMES = 4 };
    trial self;
    if (!trial_init(&self, t, find_subject(param)))
        return;
    for (int i = 0; i < TIMES && !kt_has_failed(t); i++) {
        const stack s = random_stack(t);
        trial_check(&self, &s);
    }
}

TEST_PARAMS(metamorphic_optimised_kernels)
{
    for (size_t i = 0; i < metamorphic_optimised_count; i++)
        kt_param(params, "%s", metamorphic_optimised[i].name);
}

// By SPIRV-Tools' optimizer, and what it leaves rewritten: values in phis instead of variables.
TEST_FAMILY_CASE(optimised_kernels_compute_the_same)
{
    enum { TIMES = 2 };
    const kronos_shader *optimised = &metamorphic_optimised[kt_param_index(t)];
    trial self;
    if (!trial_init(&self, t, find_subject(param)))
        return;
    self.spirv = optimised->words;
    self.word_count = optimised->size_bytes / sizeof *optimised->words;
    self.form = strcmp(strchr(param, '.'), ".o") ? "by spirv-opt -Os" : "by spirv-opt -O";
    trial_check(&self, &(stack){.count = 0});
    for (int i = 0; i < TIMES && !kt_has_failed(t); i++) {
        const stack s = random_stack(t);
        trial_check(&self, &s);
    }
}

// A rewrite that is wrong: a subtraction does not commute.
static bool is_subtraction(const module *m, const uint32_t *instruction)
{
    (void)m;
    return grammar_op(instruction) == SpvOpISub;
}

static bool commute_subtractions(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_subtraction);
    for (size_t i = 0; i < sites.count; i++) {
        const uint32_t kept = sites.at[i][3];
        sites.at[i][3] = sites.at[i][4];
        sites.at[i][4] = kept;
    }
    return sites.count > 0;
}

// Among rewrites that are right a wrong one is found, and they are left out.
TEST(a_wrong_rewrite_is_told_from_right_ones)
{
    static const rewrite WRONG = {"subtractions_commuted", commute_subtractions};
    stack s = {{{&rewrites[REWRITE_identities_added], 1},
                {&rewrites[REWRITE_dead_branches_added], 2},
                {&WRONG, 3},
                {&rewrites[REWRITE_loops_of_one_round_added], 4},
                {&rewrites[REWRITE_ids_renumbered], 5}},
               5};
    trial self;
    if (!trial_init(&self, t, find_subject("interpreter")))
        return;
    CHECK(!trial_is_same(&self, &s));
    trial_reduce(&self, &s);
    CHECK_EQ_U64(s.count, 1);
    CHECK(s.steps[0].rewrite == &WRONG);
    CHECK(!self.refused);
}

static void describe(kt_test *t, const stack *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        LOGF(t, "rewritten by %s, seed %llu", s->steps[i].rewrite->name,
             (unsigned long long)s->steps[i].seed);
}

// Whether the library's check, which is spirv-val's, accepts a module.
static bool is_valid(kt_test *t, kro_context *ctx, const module *m, const char *label)
{
    size_t word_count;
    uint32_t *spirv = module_words(m, &word_count);
    kro_pipeline *pipeline = NULL;
    const kro_pipeline_config config = {
        .spirv = spirv, .spirv_bytes = word_count * sizeof *spirv, .label = label};
    const bool made = CHECK_OK(kro_pipeline_create(ctx, &config, &pipeline));
    if (made && kro_pipeline_get_info(pipeline)->validated == KRO_VALIDATED_NO)
        SKIP(t, "this build has no SPIR-V validator");
    kro_pipeline_destroy(pipeline);
    free(spirv);
    return made;
}

// The kernel as it is, by -O and by -Os.
enum { FORMS = 3 };

static const kronos_shader *find_form(const subject *s, uint32_t form)
{
    if (!form)
        return kronos_shader_find(s->shader);
    const size_t index = (size_t)(s - subjects) * (FORMS - 1) + form - 1;
    return &metamorphic_optimised[index];
}

// Many stacks on each form of each kernel: whatever is made is valid.
TEST_FAMILY_CASE(rewritten_kernels_are_valid)
{
    enum { STACKS = 12 };
    const subject *s = find_subject(param);
    const kro_context_config config = {.driver = kt_null_driver(t), .enable_all_features = true};
    kro_context *ctx = kt_context_with(t, &config);
    for (uint32_t i = 0; ctx && i < STACKS && !kt_has_failed(t); i++) {
        const stack steps = random_stack(t);
        const kronos_shader *form = find_form(s, i % FORMS);
        module m;
        if (!CHECK(form))
            return;
        module_init(&m, form->words, form->size_bytes / sizeof *form->words);
        stack_apply(&steps, &m);
        if (!is_valid(t, ctx, &m, form->name))
            describe(t, &steps);
        module_finish(&m);
    }
}
