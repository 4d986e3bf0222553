#include "campaign.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double rate_of(uint64_t seen, uint64_t instances)
{
    return instances ? (double)seen / (double)instances : 0;
}

// Whether the device is the processor that this runs on, and that is an x86.
static bool runs_on_x86(kt_test *t)
{
#if defined(__x86_64__) || defined(__i386__)
    return kt_device(t)->type == KRO_DEVICE_TYPE_CPU;
#else
    (void)t;
    return false;
#endif
}

// Makes the kernels for workgroups of another size.
static bool compile(litmus_campaign *c, uint32_t local_size)
{
    const litmus_program *test = &c->program, *mutants[LITMUS_MUTANTS];
    if (c->local_size == local_size)
        return true;
    for (uint32_t m = 0; m < c->mutant_count; m++)
        mutants[m] = &c->mutants[m].program;
    c->test = litmus_bench_compile(c->bench, &test, 1, local_size);
    c->mutation = litmus_bench_compile(c->bench, mutants, c->mutant_count, local_size);
    c->local_size = local_size;
    return c->test && c->mutation;
}

// Runs the test in an environment.
static void run_test(litmus_campaign *c, uint32_t e, uint32_t dispatches)
{
    const uint64_t before = c->tally.instances;
    if (compile(c, c->environments[e].local_size))
        litmus_bench_run(c->bench, c->test, 0, &c->program, &c->environments[e],
                         dispatches * c->repetitions, &c->tally);
    c->instances[e] += c->tally.instances - before;
}

// Runs a mutant in an environment.
static void try_mutant(litmus_campaign *c, uint32_t m, uint32_t environment, uint32_t dispatches)
{
    litmus_tally tally = {.ns = 0};
    litmus_kills *kills = &c->kills[m];
    const litmus_program *program = &c->mutants[m].program;
    if (!litmus_bench_run(c->bench, c->mutation, m, program, &c->environments[environment],
                          dispatches * c->repetitions, &tally))
        return;
    const uint64_t seen = tally.counts[litmus_target(program)];
    const double rate = rate_of(seen, tally.instances);
    kills->instances += tally.instances;
    kills->seen += seen;
    if (rate > kills->best_rate) {
        kills->best_rate = rate;
        kills->best = environment;
    }
}

// The environment that showed the outcomes of most mutants, of two with as many the one that showed
// weakened ones more often.
static uint32_t best_environment(const double *weights, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t e = 1; e < count; e++)
        best = weights[e] > weights[best] ? e : best;
    return best;
}

static void fail_if_forbidden(const litmus_campaign *c, kt_test *t)
{
    char outcome[64], why[LITMUS_TEXT_BYTES], environment[LITMUS_TEXT_BYTES];
    litmus_environment_text(&c->environments[c->best], environment, sizeof environment);
    if (c->tally.wrong)
        FAILF(t, "%llu of %llu instances held values that nobody wrote; last of all in %s",
              (unsigned long long)c->tally.wrong, (unsigned long long)c->tally.instances,
              environment);
    for (uint32_t i = litmus_forbidden(&c->verdict, c->tally.counts, 0); i < LITMUS_OUTCOMES;
         i = litmus_forbidden(&c->verdict, c->tally.counts, i + 1)) {
        litmus_outcome_text(&c->program, i, outcome, sizeof outcome);
        const char *axiom = litmus_explain(&c->program, i, why, sizeof why);
        FAILF(t, "%s in %llu of %llu instances, which Vulkan's memory model forbids by %s: %s",
              outcome, (unsigned long long)c->tally.counts[i],
              (unsigned long long)c->tally.instances, axiom, why);
    }
}

// Runs the test and all mutants in one environment.
//
// Returns: how much of the mutants it has shown, for comparison.
static double try_environment(litmus_campaign *c, uint32_t e, const litmus_effort *effort)
{
    double weight = 0;
    run_test(c, e, effort->dispatches);
    for (uint32_t m = 0; m < c->mutant_count && !kt_has_failed(c->t); m++) {
        const litmus_kills kills = c->kills[m];
        try_mutant(c, m, e, effort->dispatches);
        const double rate =
            rate_of(c->kills[m].seen - kills.seen, c->kills[m].instances - kills.instances);
        // Rates differ by orders of magnitude from mutant to mutant.
        weight += rate > 0 ? 1 + 0.05 * (9 + log10(rate)) : 0;
    }
    return weight;
}

void litmus_campaign_run(litmus_campaign *c, kt_test *t, kro_context *ctx,
                         const litmus_effort *effort)
{
    double weights[LITMUS_ENVIRONMENTS] = {0};
    if (!ctx)
        return;
    litmus_judge(&c->program, LITMUS_VULKAN, &c->verdict);
    // What is tested must be forbidden, and not because the program is no good.
    CHECK(!c->verdict.race);
    CHECK(!c->verdict.allowed[litmus_target(&c->program)]);
    c->t = t;
    c->bench = litmus_bench_create(t, ctx);
    if (!c->bench)
        return;
    c->host_is_x86 = runs_on_x86(t);
    c->repetitions = litmus_device_scale(kt_device(t))->repetitions;
    c->mutant_count = litmus_mutants_make(&c->program, c->mutants);
    CHECK(c->mutant_count > 0);
    for (uint32_t e = 0; e < effort->environments && !kt_has_failed(t); e++) {
        c->environments[e] = litmus_environment_draw(t, kt_device(t), &c->program, e);
        c->environment_count++;
        if (!compile(c, c->environments[e].local_size))
            return;
        weights[e] = try_environment(c, e, effort);
    }
    CHECK(c->tally.instances > 0 || kt_has_failed(t)); // some had all their roles
    c->best = best_environment(weights, c->environment_count);
    if (!kt_has_failed(t))
        run_test(c, c->best, effort->last_dispatches);
    fail_if_forbidden(c, t);
}

void litmus_campaign_score(const litmus_campaign *c, litmus_class class, uint32_t *seen,
                           uint32_t *possible, uint32_t *forbidden)
{
    *seen = *possible = *forbidden = 0;
    for (uint32_t m = 0; m < c->mutant_count; m++) {
        const bool was_seen = c->kills[m].seen > 0;
        if (c->mutants[m].class != class)
            continue;
        *seen += was_seen;
        *forbidden += !was_seen && c->host_is_x86 && !c->mutants[m].x86_allows;
        *possible += was_seen || !c->host_is_x86 || c->mutants[m].x86_allows;
    }
}

// What a mutant has come to, in a word.
static const char *fate_of(const litmus_campaign *c, uint32_t m)
{
    if (c->kills[m].seen)
        return "seen";
    return c->host_is_x86 && !c->mutants[m].x86_allows ? "the host's processor forbids it"
                                                       : "not seen";
}

// By the rule of three: what happens with a probability above this is seen in so many instances
// with one of 95 %.
static double rarer_than(uint64_t instances)
{
    return 3.0 / (double)instances;
}

static void report_mutant(const litmus_campaign *c, kt_test *t, uint32_t m)
{
    const litmus_mutant *mutant = &c->mutants[m];
    const litmus_kills *kills = &c->kills[m];
    const char *class = litmus_class_name(mutant->class), *name = mutant->program.name;
    const unsigned long long instances = kills->instances, seen = kills->seen;
    const uint64_t of_test = c->instances[kills->best];
    if (!seen)
        LOGF(t, "  %-12s  %-25s  %s in %llu", class, name, fate_of(c, m), instances);
    else // in the environment that showed it best, where the test has run, too
        LOGF(t,
             "  %-12s  %-25s  seen %llu times in %llu, in environment %u at %.3g; a fault is "
             "rarer than %.3g of that",
             class, name, seen, instances, kills->best, kills->best_rate,
             rarer_than(of_test) / kills->best_rate);
}

static void report_scores(const litmus_campaign *c, kt_test *t)
{
    for (litmus_class class = 0; class < LITMUS_CLASSES; class ++) {
        uint32_t seen, possible, forbidden;
        litmus_campaign_score(c, class, &seen, &possible, &forbidden);
        if (possible + forbidden > 0)
            LOGF(t, "  %-12s  %u of %u seen, %u forbidden by the host's processor",
                 litmus_class_name(class), seen, possible, forbidden);
    }
}

// What another run on the same driver should find again; figures of this run stand in the log.
static void certify(const litmus_campaign *c, kt_test *t)
{
    char text[LITMUS_TEXT_BYTES], key[LITMUS_NAME_BYTES + 16];
    litmus_program_text(&c->program, text, sizeof text);
    kt_certify_text(t, "program", "%s", text);
    litmus_outcome_text(&c->program, litmus_target(&c->program), text, sizeof text);
    kt_certify_text(t, "forbidden", "%s", text);
    const char *axiom = litmus_explain(&c->program, litmus_target(&c->program), text, sizeof text);
    kt_certify_text(t, "axiom", "%s", axiom);
    kt_certify_text(t, "because", "%s", text);
    kt_certify_u64(t, "instances", c->tally.instances);
    kt_certify_number(t, "rarer_than_95_percent", rarer_than(c->tally.instances));
    for (uint32_t m = 0; m < c->mutant_count; m++) {
        const litmus_mutant *mutant = &c->mutants[m];
        snprintf(key, sizeof key, "%s_%s", litmus_class_name(mutant->class), mutant->program.name);
        kt_certify_text(t, key, "%s", fate_of(c, m));
    }
}

void litmus_campaign_report(const litmus_campaign *c, kt_test *t)
{
    if (!c->tally.instances)
        return;
    certify(c, t);
    char text[LITMUS_TEXT_BYTES], why[LITMUS_TEXT_BYTES];
    litmus_program_text(&c->program, text, sizeof text);
    LOGF(t, "%s", text);
    litmus_outcome_text(&c->program, litmus_target(&c->program), text, sizeof text);
    const char *axiom = litmus_explain(&c->program, litmus_target(&c->program), why, sizeof why);
    LOGF(t, "forbidden: %s, by %s: %s", text, axiom, why);
    LOGF(t, "outcomes:");
    for (uint32_t i = 0; i < LITMUS_OUTCOMES; i++) {
        if (!c->tally.counts[i])
            continue;
        litmus_outcome_text(&c->program, i, text, sizeof text);
        LOGF(t, "  %s: %llu", text, (unsigned long long)c->tally.counts[i]);
    }
    LOGF(t,
         "%llu instances, %.3g a second; any fault is rarer than %.3g (here and below with 95 %%)",
         (unsigned long long)c->tally.instances,
         (double)c->tally.instances * 1e9 / (double)c->tally.ns, rarer_than(c->tally.instances));
    litmus_environment_text(&c->environments[c->best], text, sizeof text);
    LOGF(t, "best of %u environments, %u: %s", c->environment_count, c->best, text);
    LOGF(t, "mutants:");
    for (uint32_t m = 0; m < c->mutant_count; m++)
        report_mutant(c, t, m);
    LOGF(t, "score:");
    report_scores(c, t);
}
