#include "plant.h"

#include <stdlib.h>

#include "counts.h"
#include "plant_calls.h"
#include "plant_spirv.h"

atomic_bool kro__planting;

static atomic_int planted = -1;
static _Atomic(kro__planted_reach *) reach; // NULL: nothing is counted

bool kro__plant_open(const char *path, char *message, size_t message_bytes)
{
    kro__planted_reach *made = kro__shared_map(path, sizeof *made, false, message, message_bytes);
    if (made)
        atomic_store(&reach, made); // never unmapped: other threads may count
    return made != NULL;
}

void kro__plant_arm(const kro__spec *spec)
{
    if (!spec->reach[0])
        atomic_store(&reach, NULL);
    atomic_store(&planted, spec->plant - 1);
    atomic_store(&kro__planting, spec->plant || spec->reach[0]);
    atomic_store(&kro__planting_calls, spec->plant > KRO__PLANTED_SPIRV_COUNT || spec->reach[0]);
}

bool kro__plant_is(int fault)
{
    return atomic_load_explicit(&planted, memory_order_relaxed) == fault;
}

void kro__plant_reached(int fault)
{
    kro__planted_reach *counts = atomic_load_explicit(&reach, memory_order_acquire);
    if (counts)
        atomic_fetch_add_explicit(&counts->reached[fault], 1, memory_order_relaxed);
}

bool kro__plant_acts(int fault)
{
    if (!atomic_load_explicit(&kro__planting, memory_order_relaxed))
        return false;
    kro__plant_reached(fault);
    return kro__plant_is(fault);
}

static void count_reached(kro__planted_reach *counts, const kro__module *module)
{
    const uint32_t unknown = kro__plant_spirv_unknown(module);
    if (unknown)
        atomic_store_explicit(&counts->unknown_opcode, unknown, memory_order_relaxed);
    for (int i = 0; i < KRO__PLANTED_SPIRV_COUNT; i++)
        if (kro__plant_spirv_reaches(module, &kro__planted_faults[i]))
            kro__plant_reached(i);
}

VkShaderModuleCreateInfo kro__plant_module(const VkShaderModuleCreateInfo *info, uint32_t **changed)
{
    VkShaderModuleCreateInfo given = *info;
    kro__module module;
    size_t word_count = 0;
    *changed = NULL;
    if (!atomic_load(&kro__planting) ||
        kro__module_init(&module, info->pCode, info->codeSize, "planted") < 0)
        return given;
    kro__planted_reach *counts = atomic_load_explicit(&reach, memory_order_acquire);
    if (counts)
        count_reached(counts, &module);
    const int fault = atomic_load(&planted);
    if (fault >= 0 && fault < KRO__PLANTED_SPIRV_COUNT)
        *changed = kro__plant_spirv(&module, &kro__planted_faults[fault], &word_count);
    kro__module_finish(&module);
    if (*changed) {
        given.pCode = *changed;
        given.codeSize = word_count * sizeof **changed;
    }
    return given;
}
