// One litmus test with its mutants: searches for environments in which mutants are seen, and runs
// the test in them.
#ifndef CONFORMANCE_LITMUS_CAMPAIGN_H
#define CONFORMANCE_LITMUS_CAMPAIGN_H

#include "bench.h"
#include "model.h"
#include "mutants.h"

enum { LITMUS_ENVIRONMENTS = 24 };

// How much a campaign does: dispatches, not time, so that each run on a device does the same. A
// device that is faster does so many times as much as its scale says.
typedef struct litmus_effort {
    uint32_t environments;    // how many are tried; at most LITMUS_ENVIRONMENTS
    uint32_t dispatches;      // of each mutant, and of the test, in each of them
    uint32_t last_dispatches; // of the test in the best one
} litmus_effort;

// What one mutant has shown.
typedef struct litmus_kills {
    uint64_t instances, seen; // in all environments
    double best_rate;         // of the environment that showed most
    uint32_t best;            // its number
} litmus_kills;

typedef struct litmus_campaign {
    kt_test *t;
    litmus_bench *bench;
    kro_pipeline *test, *mutation; // of the test, of all mutants
    uint32_t local_size;           // that both are made for

    litmus_program program;
    litmus_verdict verdict;
    litmus_mutant mutants[LITMUS_MUTANTS];
    uint32_t mutant_count;
    bool host_is_x86;     // the device is a processor of this kind
    uint32_t repetitions; // dispatches of this device for one of the effort's

    litmus_environment environments[LITMUS_ENVIRONMENTS];
    uint32_t environment_count;
    litmus_kills kills[LITMUS_MUTANTS];
    litmus_tally tally;                      // of the test itself
    uint32_t best;                           // the environment that it ran longest in
    uint64_t instances[LITMUS_ENVIRONMENTS]; // of the test, in each
} litmus_campaign;

// Runs it; the case fails where an outcome was seen that Vulkan does not allow.
void litmus_campaign_run(litmus_campaign *campaign, kt_test *t, kro_context *ctx,
                         const litmus_effort *effort);

// Mutants of a class: seen, and all that the host's processor does not forbid.
void litmus_campaign_score(const litmus_campaign *campaign, litmus_class class, uint32_t *seen,
                           uint32_t *possible, uint32_t *forbidden);

// Writes what was found to the case's log.
void litmus_campaign_report(const litmus_campaign *campaign, kt_test *t);

#endif
