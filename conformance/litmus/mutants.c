#include "mutants.h"

#include <stdio.h>
#include <string.h>

#include "model.h"

const char *litmus_class_name(litmus_class class)
{
    static const char *const NAMES[] = {"reversal", "weakening", "driver_fault"};
    return NAMES[class];
}

static void remove_step(litmus_role *role, uint32_t at)
{
    role->count--;
    for (uint32_t s = at; s < role->count; s++)
        role->steps[s] = role->steps[s + 1];
}

static void insert_step(litmus_role *role, uint32_t at, litmus_step step)
{
    for (uint32_t s = role->count; s > at; s--)
        role->steps[s] = role->steps[s - 1];
    role->steps[at] = step;
    role->count++;
}

// A change of one role; returns whether it changed anything.
typedef bool change(const litmus_program *program, litmus_role *role);

static bool reverse(const litmus_program *program, litmus_role *role)
{
    (void)program;
    for (uint32_t s = 0; s < role->count; s++) {
        if (role->steps[s].operation == LITMUS_ONLY_IF)
            return false;
    }
    for (uint32_t s = 0; s < role->count / 2; s++) {
        const litmus_step step = role->steps[s];
        role->steps[s] = role->steps[role->count - 1 - s];
        role->steps[role->count - 1 - s] = step;
    }
    return role->count > 1;
}

static bool remove_fences(const litmus_program *program, litmus_role *role)
{
    (void)program;
    bool changed = false;
    for (uint32_t s = 0; s < role->count; s++) {
        litmus_step *step = &role->steps[s];
        if (step->operation == LITMUS_FENCE || step->operation == LITMUS_BARRIER) {
            remove_step(role, s--);
            changed = true;
        } else if (step->order > LITMUS_RELAXED) {
            step->order = LITMUS_RELAXED;
            changed = true;
        }
    }
    return changed;
}

static bool remove_semantics(const litmus_program *program, litmus_role *role)
{
    (void)program;
    bool changed = false;
    for (uint32_t s = 0; s < role->count; s++) {
        if (role->steps[s].operation != LITMUS_BARRIER)
            continue;
        role->steps[s].order = LITMUS_PLAIN;
        changed = true;
    }
    return changed;
}

static bool narrow_fences(const litmus_program *program, litmus_role *role)
{
    bool changed = false;
    for (uint32_t s = 0; s < role->count && program->reach > LITMUS_SUBGROUP; s++) {
        litmus_step *step = &role->steps[s];
        if (litmus_step_accesses(step) || step->operation == LITMUS_ONLY_IF)
            continue;
        step->scope = program->reach == LITMUS_WORKGROUP ? LITMUS_SUBGROUP : LITMUS_WORKGROUP;
        changed = true;
    }
    return changed;
}

// A role has one access that is read and written at once only for the sake of others: it adds 0, or
// nothing reads what it found.
static bool remove_updates(const litmus_program *program, litmus_role *role)
{
    (void)program;
    bool changed = false;
    for (uint32_t s = 0; s < role->count; s++) {
        litmus_step *step = &role->steps[s];
        if (step->operation == LITMUS_ADD && step->value == 0)
            step->operation = LITMUS_LOAD;
        else if (step->operation == LITMUS_EXCHANGE && !step->has_result)
            step->operation = LITMUS_STORE;
        else
            continue;
        if (step->operation == LITMUS_LOAD && step->order == LITMUS_RELEASE)
            step->order = LITMUS_RELAXED;
        if (step->operation == LITMUS_STORE && step->order == LITMUS_ACQUIRE)
            step->order = LITMUS_RELAXED;
        changed = true;
    }
    return changed;
}

static bool remove_updates_and_fences(const litmus_program *program, litmus_role *role)
{
    const bool updates = remove_updates(program, role);
    return remove_fences(program, role) && updates;
}

static bool split_updates(const litmus_program *program, litmus_role *role)
{
    (void)program;
    bool changed = false;
    for (uint32_t s = 0; s < role->count && role->count < LITMUS_STEPS; s++) {
        litmus_step *step = &role->steps[s];
        if (!litmus_step_reads(step) || !litmus_step_writes(step) || step->value == 0 ||
            !step->has_result)
            continue;
        litmus_step store = *step;
        store.operation = LITMUS_STORE;
        store.has_result = false;
        step->operation = LITMUS_LOAD;
        insert_step(role, s + 1, store);
        changed = true;
    }
    return changed;
}

static const struct {
    const char *name;
    change *apply;
    litmus_class class;
    bool each_role; // one mutant for each role that it changes, and none for all of them
} CHANGES[] = {
    {"reversed", reverse, LITMUS_REVERSAL, true},
    {"without_order", remove_fences, LITMUS_WEAKENING, true},
    {"without_updates", remove_updates, LITMUS_WEAKENING, false},
    {"without_updates_and_order", remove_updates_and_fences, LITMUS_WEAKENING, false},
    {"accesses_moved", reverse, LITMUS_FAULT, false},
    {"order_ignored", remove_fences, LITMUS_FAULT, false},
    {"semantics_ignored", remove_semantics, LITMUS_FAULT, false},
    {"scope_too_small", narrow_fences, LITMUS_FAULT, false},
    {"updates_in_two_steps", split_updates, LITMUS_FAULT, false},
};

static bool same_steps(const litmus_role *a, const litmus_role *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t s = 0; s < a->count; s++) {
        char one[64], other[64];
        litmus_step_text(&a->steps[s], one, sizeof one);
        litmus_step_text(&b->steps[s], other, sizeof other);
        if (strcmp(one, other) != 0)
            return false;
    }
    return true;
}

static bool same_roles(const litmus_program *a, const litmus_program *b)
{
    for (uint32_t r = 0; r < a->role_count; r++)
        if (!same_steps(&a->roles[r], &b->roles[r]))
            return false;
    return true;
}

// All roles have a control barrier, or none has.
static bool barriers_match(const litmus_program *program)
{
    uint32_t with = 0;
    for (uint32_t r = 0; r < program->role_count; r++) {
        for (uint32_t s = 0; s < program->roles[r].count; s++)
            with += program->roles[r].steps[s].operation == LITMUS_BARRIER;
    }
    return with == 0 || with == program->role_count;
}

// Keeps a mutant if it is one, and unlike those before it.
static uint32_t keep(litmus_mutant *mutant, const litmus_mutant *others, uint32_t count)
{
    litmus_verdict vulkan, x86, turns;
    if (!barriers_match(&mutant->program))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (same_roles(&mutant->program, &others[i].program))
            return 0;
    const uint32_t target = litmus_target(&mutant->program);
    litmus_judge(&mutant->program, LITMUS_VULKAN, &vulkan);
    litmus_judge(&mutant->program, LITMUS_X86, &x86);
    mutant->race = vulkan.race;
    litmus_judge(&mutant->program, LITMUS_TURNS, &turns);
    mutant->x86_allows = x86.allowed[target];
    mutant->turns_do = turns.allowed[target];
    return vulkan.allowed[target];
}

uint32_t litmus_mutants_make(const litmus_program *program, litmus_mutant out[LITMUS_MUTANTS])
{
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        const uint32_t variants = CHANGES[i].each_role ? program->role_count : 1;
        for (uint32_t v = 0; v < variants && count < LITMUS_MUTANTS; v++) {
            litmus_mutant *mutant = &out[count];
            *mutant = (litmus_mutant){.program = *program, .class = CHANGES[i].class};
            bool changed = false;
            for (uint32_t r = 0; r < program->role_count; r++) {
                if (!CHANGES[i].each_role || r == v)
                    changed |= CHANGES[i].apply(program, &mutant->program.roles[r]);
            }
            if (CHANGES[i].each_role)
                snprintf(mutant->program.name, sizeof mutant->program.name, "role_%u_%s", v,
                         CHANGES[i].name);
            else
                snprintf(mutant->program.name, sizeof mutant->program.name, "%s", CHANGES[i].name);
            count += changed ? keep(mutant, out, count) : 0;
        }
    }
    return count;
}
