// Barriers that are ignored on purpose, to see whether tests notice.
#ifndef KRO_PROXY_FAULTS_H
#define KRO_PROXY_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "spec.h"

// How many barriers of each kind a recording submits.
void kro__faults_count(const kro__recording *recording, uint64_t counts[3]);

// A walk over a batch's barriers in the order they were counted.
typedef struct kro__fault_walk {
    const kro__spec *spec;
    uint64_t next[3]; // number of the next barrier of each kind
    bool has_work;    // the command buffer that the walk is in
} kro__fault_walk;

kro__fault_walk kro__faults_walk(const kro__spec *spec, const kro__batch *batch);
void kro__faults_enter(kro__fault_walk *walk, const kro__recording *recording);

// Passes a barrier; true if it is to be ignored.
bool kro__faults_drop(kro__fault_walk *walk, const kro__command *command);

#endif
