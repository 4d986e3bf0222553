#include "kernel_writer.h"

bool litmus_can_weave(const litmus_program *program)
{
    return program->role_count == 2;
}

static bool has_barrier(const litmus_program *program)
{
    for (uint32_t r = 0; r < program->role_count; r++) {
        for (uint32_t s = 0; s < program->roles[r].count; s++) {
            if (program->roles[r].steps[s].operation == LITMUS_BARRIER)
                return true;
        }
    }
    return false;
}

bool writer_uses_subgroups(const writer *w)
{
    return w->program->reach == LITMUS_SUBGROUP;
}

uint32_t writer_load_word(writer *w, uint32_t pointer)
{
    return SPIRV_RESULT(&w->m, SpvOpLoad, spirv_uint(&w->m), pointer);
}

uint32_t writer_push_word(writer *w, uint32_t member)
{
    spirv *m = &w->m;
    const uint32_t pointer = spirv_pointer(m, SpvStorageClassPushConstant, spirv_uint(m));
    const uint32_t at = spirv_constant(m, member);
    return writer_load_word(w, SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->push, at));
}

uint32_t writer_word_in(writer *w, uint32_t buffer, uint32_t index)
{
    spirv *m = &w->m;
    const uint32_t pointer = spirv_pointer(m, SpvStorageClassStorageBuffer, spirv_uint(m));
    const uint32_t member = spirv_constant(m, 0);
    return SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->buffers[buffer], member, index);
}

uint32_t writer_everywhere(writer *w)
{
    return spirv_constant(&w->m, w->program->vulkan_model ? SpvScopeQueueFamily : SpvScopeDevice);
}

static uint32_t scope_value(litmus_scope scope)
{
    static const uint32_t VALUES[] = {SpvScopeSubgroup, SpvScopeWorkgroup, SpvScopeQueueFamily,
                                      SpvScopeDevice};
    return VALUES[scope];
}

uint32_t writer_semantics(const writer *w, litmus_order order)
{
    const bool acquires = order == LITMUS_ACQUIRE || order == LITMUS_ACQUIRE_RELEASE;
    const bool releases = order == LITMUS_RELEASE || order == LITMUS_ACQUIRE_RELEASE;
    if (!acquires && !releases)
        return SpvMemorySemanticsMaskNone;
    uint32_t mask = acquires && releases ? SpvMemorySemanticsAcquireReleaseMask
                    : acquires           ? SpvMemorySemanticsAcquireMask
                                         : SpvMemorySemanticsReleaseMask;
    mask |= w->program->storage == LITMUS_BUFFER ? SpvMemorySemanticsUniformMemoryMask
                                                 : SpvMemorySemanticsWorkgroupMemoryMask;
    if (!w->program->vulkan_model)
        return mask;
    return mask | (acquires ? SpvMemorySemanticsMakeVisibleMask : 0) |
           (releases ? SpvMemorySemanticsMakeAvailableMask : 0);
}

void writer_control_barrier(writer *w, litmus_scope execution, litmus_scope memory, uint32_t mask)
{
    spirv *m = &w->m;
    SPIRV_CODE(m, SpvOpControlBarrier, spirv_constant(m, scope_value(execution)),
               spirv_constant(m, scope_value(memory)), spirv_constant(m, mask));
}

uint32_t writer_stored_value(writer *w, uint32_t value)
{
    spirv *m = &w->m;
    if (!w->program->wide)
        return spirv_constant(m, value);
    return SPIRV_DECLARE(m, SpvOpConstant, w->value_type, value, value);
}

// The number of a value that was read; LITMUS_VALUES - 1, which nobody writes, if it is torn.
static uint32_t read_value(writer *w, uint32_t value)
{
    spirv *m = &w->m;
    if (!w->program->wide)
        return value;
    const uint32_t low = SPIRV_RESULT(m, SpvOpUConvert, spirv_uint(m), value);
    const uint32_t shifted =
        SPIRV_RESULT(m, SpvOpShiftRightLogical, w->value_type, value, spirv_constant(m, 32));
    const uint32_t high = SPIRV_RESULT(m, SpvOpUConvert, spirv_uint(m), shifted);
    return SPIRV_RESULT(m, SpvOpSelect, spirv_uint(m), spirv_compare(m, SpvOpIEqual, low, high),
                        low, spirv_constant(m, LITMUS_VALUES - 1));
}

static void write_access(writer *w, const litmus_step *step, uint32_t pointer)
{
    spirv *m = &w->m;
    const uint32_t scope = spirv_constant(m, scope_value(step->scope));
    const uint32_t order = spirv_constant(m, writer_semantics(w, step->order));
    const uint32_t value = writer_stored_value(w, step->value);
    const bool plain = step->order == LITMUS_PLAIN, reads = litmus_step_reads(step);
    // Plain accesses take part in what is ordered between invocations only if they say so.
    const bool says_so = plain && w->program->vulkan_model;
    uint32_t read = 0;
    if (plain && reads) {
        const uint32_t operands[] = {pointer, SpvMemoryAccessNonPrivatePointerMask};
        read = spirv_result(m, SpvOpLoad, w->value_type, says_so ? 2 : 1, operands);
    } else if (plain) {
        const uint32_t operands[] = {pointer, value, SpvMemoryAccessNonPrivatePointerMask};
        spirv_emit(m, &m->code, SpvOpStore, says_so ? 3 : 2, operands);
    } else if (step->operation == LITMUS_LOAD) {
        read = SPIRV_RESULT(m, SpvOpAtomicLoad, w->value_type, pointer, scope, order);
    } else if (step->operation == LITMUS_STORE) {
        SPIRV_CODE(m, SpvOpAtomicStore, pointer, scope, order, value);
    } else {
        const SpvOp op = step->operation == LITMUS_ADD ? SpvOpAtomicIAdd : SpvOpAtomicExchange;
        read = SPIRV_RESULT(m, op, w->value_type, pointer, scope, order, value);
    }
    if (step->has_result)
        SPIRV_CODE(m, SpvOpStore, w->registers[step->result], read_value(w, read));
}

// Lets some time pass between two accesses of a role, by reading scratch. Where cores take turns
// instead of reordering, this is when the other one comes in.
static void wait_between(writer *w)
{
    spirv *m = &w->m;
    const uint32_t word = writer_word_in(w, SCRATCH, spirv_constant(m, LITMUS_SCRATCH_BEGIN - 1));
    const spirv_loop loop = spirv_for(m, writer_push_word(w, PUSH(between_rounds)));
    SPIRV_RESULT(m, SpvOpAtomicLoad, spirv_uint(m), word, writer_everywhere(w),
                 spirv_constant(m, SpvMemorySemanticsMaskNone));
    spirv_end_for(m, &loop);
}

// The steps of a role, from one of them up to another or a barrier.
static uint32_t write_steps(writer *w, uint32_t r, uint32_t from, uint32_t to)
{
    spirv *m = &w->m;
    const litmus_role *role = &w->program->roles[r];
    spirv_branch branch = {0};
    uint32_t s = from;
    for (; s < role->count && s < to && role->steps[s].operation != LITMUS_BARRIER; s++) {
        const litmus_step *step = &role->steps[s];
        if (step->operation == LITMUS_FENCE) {
            SPIRV_CODE(m, SpvOpMemoryBarrier, spirv_constant(m, scope_value(step->scope)),
                       spirv_constant(m, writer_semantics(w, step->order)));
        } else if (step->operation == LITMUS_ONLY_IF) {
            const uint32_t value = writer_load_word(w, w->registers[step->result]);
            branch = spirv_if(m, spirv_compare(m, SpvOpIEqual, value, spirv_constant(m, 1)));
        } else {
            if (s > from)
                wait_between(w);
            write_access(w, step, w->pointers[r][step->location]);
        }
    }
    if (branch.end)
        spirv_end_if(m, branch);
    return s;
}

// A switch over `count` numbers from 0: the label of case i is operand 3 + 2 * i of it.
static uint32_t write_switch(writer *w, uint32_t selector, uint32_t count, uint32_t *operands)
{
    spirv *m = &w->m;
    const uint32_t end = spirv_new_id(m);
    uint32_t used = 0;
    operands[used++] = selector;
    operands[used++] = end;
    for (uint32_t i = 0; i < count; i++) {
        operands[used++] = i;
        operands[used++] = spirv_new_id(m);
    }
    SPIRV_CODE(m, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
    spirv_emit(m, &m->code, SpvOpSwitch, used, operands);
    return end;
}

// One role, with the other one behind its first step.
static void write_woven(writer *w, uint32_t around)
{
    write_steps(w, around, 0, 1);
    write_steps(w, 1 - around, 0, LITMUS_STEPS);
    write_steps(w, around, 1, LITMUS_STEPS);
}

// All roles one after the other, beginning with any; or woven, around one that depends on the
// workgroup.
static void play_in_turn(writer *w)
{
    spirv *m = &w->m;
    const uint32_t count = w->program->role_count, roles = spirv_constant(m, count);
    const bool weaves = litmus_can_weave(w->program);
    uint32_t operands[2 + 4 * LITMUS_ROLES], rounds = roles, woven = 0;
    if (count == 1) {
        write_steps(w, 0, 0, LITMUS_STEPS);
        return;
    }
    if (weaves) {
        woven = spirv_compare(m, SpvOpINotEqual, writer_push_word(w, PUSH(woven)),
                              spirv_constant(m, 0));
        rounds = SPIRV_RESULT(m, SpvOpSelect, spirv_uint(m), woven, spirv_constant(m, 1), roles);
    }
    const uint32_t first =
        spirv_math(m, SpvOpUDiv, w->index, writer_push_word(w, PUSH(turn_width)));
    const spirv_loop turns = spirv_for(m, rounds);
    const uint32_t sum = spirv_math(m, SpvOpIAdd, first, turns.round);
    uint32_t way = spirv_math(m, SpvOpUMod, sum, roles);
    if (weaves) {
        const uint32_t around = spirv_math(m, SpvOpUMod, w->group, roles);
        way = SPIRV_RESULT(m, SpvOpSelect, spirv_uint(m), woven,
                           spirv_math(m, SpvOpIAdd, roles, around), way);
    }
    const uint32_t ways = weaves ? 2 * count : count;
    const uint32_t end = write_switch(w, way, ways, operands);
    for (uint32_t i = 0; i < ways; i++) {
        SPIRV_CODE(m, SpvOpLabel, operands[3 + 2 * i]);
        if (i < count)
            write_steps(w, i, 0, LITMUS_STEPS);
        else
            write_woven(w, i - count);
        SPIRV_CODE(m, SpvOpBranch, end);
    }
    SPIRV_CODE(m, SpvOpLabel, end);
    spirv_end_for(m, &turns);
}

// All roles, up to a barrier that they have and then behind it.
static void play(writer *w)
{
    const litmus_program *program = w->program;
    uint32_t at[LITMUS_ROLES] = {0};
    if (!has_barrier(program)) {
        play_in_turn(w);
        return;
    }
    for (uint32_t r = 0; r < program->role_count; r++)
        at[r] = write_steps(w, r, 0, LITMUS_STEPS);
    const litmus_step *step = &program->roles[0].steps[at[0]];
    writer_control_barrier(w, program->reach, step->scope, writer_semantics(w, step->order));
    for (uint32_t r = 0; r < program->role_count; r++)
        write_steps(w, r, at[r] + 1, LITMUS_STEPS);
}

void writer_play(writer *w)
{
    spirv *m = &w->m;
    uint32_t operands[2 + 2 * LITMUS_VARIANTS];
    if (w->program_count == 1) {
        play(w);
        return;
    }
    const uint32_t variant = writer_push_word(w, PUSH(variant));
    const uint32_t end = write_switch(w, variant, w->program_count, operands);
    for (uint32_t i = 0; i < w->program_count; i++) {
        SPIRV_CODE(m, SpvOpLabel, operands[3 + 2 * i]);
        w->program = w->programs[i];
        play(w);
        SPIRV_CODE(m, SpvOpBranch, end);
    }
    w->program = w->programs[0];
    SPIRV_CODE(m, SpvOpLabel, end);
}
