#include "kernel_writer.h"

#include <stdlib.h>

// An atomic access to scratch orders nothing.
static uint32_t relaxed(writer *w)
{
    return spirv_constant(&w->m, SpvMemorySemanticsMaskNone);
}

// Rounds of accesses to scratch, which keep caches and queues of memory busy.
static void disturb(writer *w, uint32_t rounds)
{
    spirv *m = &w->m;
    const uint32_t pattern = writer_push_word(w, PUSH(pattern)), zero = spirv_constant(m, 0);
    const uint32_t mask =
        spirv_math(m, SpvOpISub, writer_push_word(w, PUSH(lines)), spirv_constant(m, 1));
    const uint32_t line_words = writer_push_word(w, PUSH(line_words));
    const spirv_loop loop = spirv_for(m, rounds);
    const uint32_t step = spirv_math(
        m, SpvOpIAdd, spirv_math(m, SpvOpIMul, w->group, spirv_constant(m, 7)), loop.round);
    const uint32_t line = spirv_math(m, SpvOpBitwiseAnd, step, mask);
    const uint32_t at = spirv_math(m, SpvOpIAdd, spirv_constant(m, LITMUS_SCRATCH_BEGIN),
                                   spirv_math(m, SpvOpIMul, line, line_words));
    const uint32_t word = writer_word_in(w, SCRATCH, at);
    const uint32_t first = spirv_math(m, SpvOpBitwiseAnd, pattern, spirv_constant(m, 1));
    const spirv_branch store_first = spirv_if(m, spirv_compare(m, SpvOpINotEqual, first, zero));
    SPIRV_CODE(m, SpvOpAtomicStore, word, writer_everywhere(w), relaxed(w), loop.round);
    spirv_end_if(m, store_first);
    const uint32_t value =
        SPIRV_RESULT(m, SpvOpAtomicLoad, spirv_uint(m), word, writer_everywhere(w), relaxed(w));
    const uint32_t last = spirv_math(m, SpvOpBitwiseAnd, pattern, spirv_constant(m, 2));
    const spirv_branch store_last = spirv_if(m, spirv_compare(m, SpvOpINotEqual, last, zero));
    SPIRV_CODE(m, SpvOpAtomicStore, word, writer_everywhere(w), relaxed(w), value);
    spirv_end_if(m, store_last);
    spirv_end_for(m, &loop);
}

// Waits a while for the other invocations, so that roles are played at the same time. Nothing is
// ordered by this, and nobody depends on it.
static void meet(writer *w)
{
    spirv *m = &w->m;
    const uint32_t later_rounds = writer_push_word(w, PUSH(meeting_rounds));
    const uint32_t size = writer_push_word(w, PUSH(meeting_size));
    const uint32_t together =
        spirv_math(m, SpvOpUDiv, w->group, writer_push_word(w, PUSH(meeting_divisor)));
    const uint32_t which =
        spirv_math(m, SpvOpUMod, together, writer_push_word(w, PUSH(meeting_counters)));
    const uint32_t rounds = SPIRV_RESULT(m, SpvOpSelect, spirv_uint(m),
                                         spirv_compare(m, SpvOpIEqual, which, spirv_constant(m, 0)),
                                         writer_push_word(w, PUSH(first_rounds)), later_rounds);
    const uint32_t counter = writer_word_in(
        w, SCRATCH, spirv_math(m, SpvOpIMul, which, spirv_constant(m, LITMUS_MEETING_WORDS)));
    const spirv_branch any =
        spirv_if(m, spirv_compare(m, SpvOpINotEqual, later_rounds, spirv_constant(m, 0)));
    const uint32_t ticket = SPIRV_RESULT(m, SpvOpAtomicIAdd, spirv_uint(m), counter,
                                         writer_everywhere(w), relaxed(w), spirv_constant(m, 1));
    const uint32_t meetings =
        spirv_math(m, SpvOpIAdd, spirv_math(m, SpvOpUDiv, ticket, size), spirv_constant(m, 1));
    const uint32_t all = spirv_math(m, SpvOpIMul, meetings, size);
    const spirv_loop loop = spirv_for(m, rounds);
    const uint32_t there =
        SPIRV_RESULT(m, SpvOpAtomicLoad, spirv_uint(m), counter, writer_everywhere(w), relaxed(w));
    spirv_loop_while(m, &loop, spirv_compare(m, SpvOpULessThan, there, all));
    spirv_end_for(m, &loop);
    spirv_end_if(m, any);
}

static SpvStorageClass location_class(const writer *w)
{
    return w->shared ? SpvStorageClassWorkgroup : SpvStorageClassStorageBuffer;
}

// Where a location of an instance lies.
static uint32_t location(writer *w, uint32_t instance, uint32_t which)
{
    spirv *m = &w->m;
    uint32_t at = instance, count = writer_push_word(w, PUSH(instances));
    if (w->shared) { // instances are numbered anew in each workgroup
        count = spirv_constant(m, w->local_size);
        at = spirv_math(m, SpvOpUMod, instance, count);
    }
    if (which == 1) {
        at = spirv_math(m, SpvOpIMul, at, writer_push_word(w, PUSH(location_multiplier)));
        at = spirv_math(m, SpvOpUMod, at, count);
    }
    at = spirv_math(m, SpvOpIMul, at, writer_push_word(w, PUSH(spacing)));
    if (which == 1)
        at = spirv_math(m, SpvOpIAdd, at, writer_push_word(w, PUSH(gap)));
    const uint32_t pointer = spirv_pointer(m, location_class(w), w->value_type);
    return w->shared ? SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->shared, at)
                     : SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->buffers[LOCATIONS],
                                    spirv_constant(m, 0), at);
}

// The instances in which this invocation plays its roles: permutations of the numbers within the
// group that the program reaches across.
static void find_instances(writer *w)
{
    spirv *m = &w->m;
    const uint32_t local_size = spirv_constant(m, w->local_size);
    const uint32_t group_base = spirv_math(m, SpvOpIMul, w->group, local_size);
    uint32_t base = spirv_constant(m, 0), size = writer_push_word(w, PUSH(instances));
    w->index = spirv_math(m, SpvOpIAdd, group_base, w->local);
    if (w->program->reach == LITMUS_WORKGROUP) {
        base = group_base;
        size = local_size;
        w->index = w->local;
    } else if (writer_uses_subgroups(w)) {
        size = writer_load_word(w, w->subgroup_size);
        base = spirv_math(m, SpvOpIAdd, group_base,
                          spirv_math(m, SpvOpIMul, writer_load_word(w, w->subgroup), size));
        w->index = writer_load_word(w, w->lane);
    }
    for (uint32_t r = 0; r < w->program->role_count; r++) {
        const uint32_t product =
            spirv_math(m, SpvOpIMul, w->index, writer_push_word(w, PUSH(multipliers[0]) + r));
        const uint32_t sum =
            spirv_math(m, SpvOpIAdd, product, writer_push_word(w, PUSH(shifts[0]) + r));
        w->instances[r] = spirv_math(m, SpvOpIAdd, base, spirv_math(m, SpvOpUMod, sum, size));
    }
}

// Clears the workgroup's locations, and later copies them to where they would lie in the buffer.
static void begin_shared(writer *w)
{
    spirv *m = &w->m;
    const uint32_t pointer = spirv_pointer(m, SpvStorageClassWorkgroup, w->value_type);
    const spirv_loop loop = spirv_for(m, writer_push_word(w, PUSH(spacing)));
    const uint32_t row = spirv_math(m, SpvOpIMul, loop.round, spirv_constant(m, w->local_size));
    const uint32_t at = spirv_math(m, SpvOpIAdd, row, w->local);
    SPIRV_CODE(m, SpvOpStore, SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->shared, at),
               writer_stored_value(w, 0));
    spirv_end_for(m, &loop);
    writer_control_barrier(w, LITMUS_WORKGROUP, LITMUS_WORKGROUP,
                           writer_semantics(w, LITMUS_ACQUIRE_RELEASE));
}

static void end_shared(writer *w)
{
    spirv *m = &w->m;
    const uint32_t shared = w->shared;
    writer_control_barrier(w, LITMUS_WORKGROUP, LITMUS_WORKGROUP,
                           writer_semantics(w, LITMUS_ACQUIRE_RELEASE));
    const uint32_t instance =
        spirv_math(m, SpvOpIAdd,
                   spirv_math(m, SpvOpIMul, w->group, spirv_constant(m, w->local_size)), w->local);
    for (uint32_t i = 0; i < LITMUS_LOCATIONS; i++) {
        const uint32_t from = location(w, instance, i);
        const uint32_t value = SPIRV_RESULT(m, SpvOpLoad, w->value_type, from);
        w->shared = 0;
        SPIRV_CODE(m, SpvOpStore, location(w, instance, i), value);
        w->shared = shared;
    }
}

static void store_results(writer *w)
{
    spirv *m = &w->m;
    const litmus_program *program = w->program;
    for (uint32_t r = 0; r < program->role_count; r++) {
        const uint32_t base =
            spirv_math(m, SpvOpIMul, w->instances[r], spirv_constant(m, LITMUS_RESULT_WORDS));
        for (uint32_t s = 0; s < program->roles[r].count; s++) {
            const litmus_step *step = &program->roles[r].steps[s];
            if (!step->has_result)
                continue;
            const uint32_t at = spirv_math(m, SpvOpIAdd, base, spirv_constant(m, step->result));
            SPIRV_CODE(m, SpvOpStore, writer_word_in(w, RESULTS, at),
                       writer_load_word(w, w->registers[step->result]));
        }
        const uint32_t played =
            spirv_math(m, SpvOpIAdd, base, spirv_constant(m, LITMUS_REGISTERS + r));
        SPIRV_CODE(m, SpvOpStore, writer_word_in(w, RESULTS, played), spirv_constant(m, 1));
    }
}

static void test(writer *w)
{
    find_instances(w);
    for (uint32_t r = 0; r < w->program->role_count; r++) {
        for (uint32_t i = 0; i < LITMUS_LOCATIONS; i++)
            w->pointers[r][i] = location(w, w->instances[r], i);
    }
    if (w->shared)
        begin_shared(w);
    meet(w);
    const uint32_t mixed =
        spirv_math(&w->m, SpvOpIMul, w->group, spirv_constant(&w->m, UINT32_C(0x9e3779b1)));
    const uint32_t high =
        spirv_math(&w->m, SpvOpShiftRightLogical, mixed, spirv_constant(&w->m, 16));
    const uint32_t values = spirv_math(&w->m, SpvOpIAdd, writer_push_word(w, PUSH(before_rounds)),
                                       spirv_constant(&w->m, 1));
    disturb(w, spirv_math(&w->m, SpvOpUMod, high, values));
    writer_play(w);
    store_results(w);
    if (w->shared)
        end_shared(w);
}

static void write_main(writer *w, uint32_t function)
{
    spirv *m = &w->m;
    const uint32_t nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    const uint32_t type = SPIRV_DECLARE(m, SpvOpTypeFunction, nothing);
    SPIRV_CODE(m, SpvOpFunction, nothing, function, SpvFunctionControlMaskNone, type);
    SPIRV_CODE(m, SpvOpLabel, spirv_new_id(m));
    for (uint32_t i = 0; i < LITMUS_REGISTERS; i++)
        w->registers[i] =
            SPIRV_RESULT(m, SpvOpVariable, spirv_pointer(m, SpvStorageClassFunction, spirv_uint(m)),
                         SpvStorageClassFunction, spirv_constant(m, 0));
    const uint32_t input = spirv_pointer(m, SpvStorageClassInput, spirv_uint(m));
    const uint32_t group_id =
        SPIRV_RESULT(m, SpvOpAccessChain, input, w->group_id, spirv_constant(m, 0));
    w->group = writer_load_word(w, writer_word_in(w, ORDER, writer_load_word(w, group_id)));
    w->local = writer_load_word(w, w->local_id);
    const uint32_t testing = writer_push_word(w, PUSH(testing_groups));
    const spirv_branch tests = spirv_if(m, spirv_compare(m, SpvOpULessThan, w->group, testing));
    test(w);
    spirv_end_if(m, tests);
    const spirv_branch disturbs =
        spirv_if(m, spirv_compare(m, SpvOpUGreaterThanEqual, w->group, testing));
    disturb(w, writer_push_word(w, PUSH(stress_rounds)));
    spirv_end_if(m, disturbs);
    spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    spirv_emit(m, &m->code, SpvOpFunctionEnd, 0, NULL);
}

size_t litmus_kernel(const litmus_program *const *programs, uint32_t count, uint32_t local_size,
                     uint32_t words[SPIRV_MODULE_WORDS])
{
    writer *w = count <= LITMUS_VARIANTS ? calloc(1, sizeof *w) : NULL;
    if (!w)
        return 0;
    w->programs = programs;
    w->program_count = count;
    w->program = programs[0];
    w->local_size = local_size;
    const uint32_t function = spirv_new_id(&w->m);
    writer_declare(w, function);
    write_main(w, function);
    // Vulkan 1.1 takes SPIR-V 1.3.
    const size_t written = spirv_finish(&w->m, 0x00010300, words, SPIRV_MODULE_WORDS);
    free(w);
    return written;
}
