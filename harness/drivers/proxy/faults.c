#include "faults.h"

void kro__faults_count(const kro__recording *recording, uint64_t counts[3])
{
    counts[KRONOS_PROXY_BARRIER_EXIT] += recording->barrier_count[1];
    counts[recording->work_count ? KRONOS_PROXY_BARRIER_LEVEL : KRONOS_PROXY_BARRIER_ENTRY] +=
        recording->barrier_count[0];
}

kro__fault_walk kro__faults_walk(const kro__spec *spec, const kro__batch *batch)
{
    kro__fault_walk walk = {.spec = spec};
    for (int kind = 0; kind < 3; kind++)
        walk.next[kind] = batch->first_barrier[kind];
    return walk;
}

void kro__faults_enter(kro__fault_walk *walk, const kro__recording *recording)
{
    walk->has_work = recording && recording->work_count;
    uint64_t skipped[3] = {0};
    if (recording && recording->opaque) // it runs as it is, its barriers with it
        kro__faults_count(recording, skipped);
    for (int kind = 0; kind < 3; kind++)
        walk->next[kind] += skipped[kind];
}

bool kro__faults_drop(kro__fault_walk *walk, const kro__command *command)
{
    bool to_host = false;
    for (uint32_t i = 0; i < command->barrier.count; i++)
        to_host = to_host || command->barrier.dependencies[i].to_host;
    kronos_proxy_barrier kind =
        walk->has_work ? KRONOS_PROXY_BARRIER_LEVEL : KRONOS_PROXY_BARRIER_ENTRY;
    if (to_host)
        kind = KRONOS_PROXY_BARRIER_EXIT;
    uint64_t number = walk->next[kind]++;
    for (uint32_t i = 0; i < walk->spec->drop_count; i++) {
        const kro__drop_word *drop = &walk->spec->drops[i];
        if (drop->kind == kind && (!drop->nth || drop->nth == number))
            return true;
    }
    return false;
}
