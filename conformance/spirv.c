#include "spirv.h"

#include <stdlib.h>
#include <string.h>

uint32_t spirv_new_id(spirv *m)
{
    return ++m->ids;
}

// Room for `more` elements behind the first `count`.
static void *grown(void *array, size_t *room, size_t count, size_t more, size_t size_bytes)
{
    if (count + more <= *room)
        return array;
    const size_t wanted = 2 * (count + more);
    void *larger = realloc(array, wanted * size_bytes);
    if (larger)
        *room = wanted;
    return larger;
}

// Where `count` words more may be written; NULL where there is no memory.
static uint32_t *append(spirv *m, spirv_section *section, size_t count)
{
    uint32_t *words =
        grown(section->words, &section->room, section->count, count, sizeof *section->words);
    if (!words) {
        m->failed = true;
        return NULL;
    }
    section->words = words;
    section->count += count;
    return words + section->count - count;
}

void spirv_emit(spirv *m, spirv_section *section, SpvOp op, size_t count, const uint32_t *operands)
{
    uint32_t *words = append(m, section, count + 1);
    if (!words)
        return;
    words[0] = (uint32_t)(count + 1) << SpvWordCountShift | op;
    if (count)
        memcpy(words + 1, operands, count * sizeof *operands);
}

void spirv_emit_text(spirv *m, SpvOp op, size_t count, const uint32_t *operands, const char *text,
                     size_t more_count, const uint32_t *more)
{
    uint32_t words[32] = {0};
    const size_t text_words = strlen(text) / sizeof(uint32_t) + 1; // with the zero at its end
    const size_t all = count + text_words + more_count;
    if (all > sizeof words / sizeof words[0]) {
        m->failed = true;
        return;
    }
    if (count)
        memcpy(words, operands, count * sizeof *words);
    memcpy(words + count, text, strlen(text)); // SPIR-V is in the host's byte order
    if (more_count)
        memcpy(words + count + text_words, more, more_count * sizeof *words);
    spirv_emit(m, &m->head, op, all, words);
}

// The id of what was declared before with the same words, or a new one.
static uint32_t declare(spirv *m, SpvOp op, bool typed, size_t count, const uint32_t *operands)
{
    uint32_t words[SPIRV_KNOWN_WORDS] = {(uint32_t)count, op};
    spirv_known *known = count + 2 > SPIRV_KNOWN_WORDS
                             ? NULL
                             : grown(m->known, &m->known_room, m->known_count, 1, sizeof *known);
    if (!known) {
        m->failed = true;
        return 0;
    }
    m->known = known;
    if (count)
        memcpy(words + 2, operands, count * sizeof *words);
    for (size_t i = 0; i < m->known_count; i++) {
        if (memcmp(m->known[i].words, words, sizeof words) == 0)
            return m->known[i].id;
    }
    const uint32_t id = spirv_new_id(m);
    memcpy(m->known[m->known_count].words, words, sizeof words);
    m->known[m->known_count++].id = id;
    // The result stands behind the type, where there is one, otherwise first.
    uint32_t all[SPIRV_KNOWN_WORDS];
    const size_t at = typed ? 1 : 0;
    memcpy(all, words + 2, at * sizeof *all);
    all[at] = id;
    memcpy(all + at + 1, words + 2 + at, (count - at) * sizeof *all);
    spirv_emit(m, &m->types, op, count + 1, all);
    return id;
}

uint32_t spirv_declare(spirv *m, SpvOp op, size_t count, const uint32_t *operands)
{
    const bool typed = op == SpvOpConstant || op == SpvOpConstantTrue || op == SpvOpConstantNull;
    return declare(m, op, typed, count, operands);
}

uint32_t spirv_uint(spirv *m)
{
    return SPIRV_DECLARE(m, SpvOpTypeInt, 32, 0);
}

uint32_t spirv_bool(spirv *m)
{
    return declare(m, SpvOpTypeBool, false, 0, NULL);
}

uint32_t spirv_pointer(spirv *m, SpvStorageClass storage, uint32_t type)
{
    return SPIRV_DECLARE(m, SpvOpTypePointer, storage, type);
}

uint32_t spirv_constant(spirv *m, uint32_t value)
{
    return SPIRV_DECLARE(m, SpvOpConstant, spirv_uint(m), value);
}

uint32_t spirv_variable(spirv *m, SpvStorageClass storage, uint32_t type)
{
    const uint32_t pointer = spirv_pointer(m, storage, type), id = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpVariable, SPIRV_OPERANDS(pointer, id, storage));
    return id;
}

uint32_t spirv_buffer(spirv *m, uint32_t binding, uint32_t type, uint32_t type_bytes)
{
    const uint32_t array = spirv_new_id(m), block = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpTypeRuntimeArray, SPIRV_OPERANDS(array, type));
    spirv_emit(m, &m->types, SpvOpTypeStruct, SPIRV_OPERANDS(block, array));
    SPIRV_DECORATE(m, SpvOpDecorate, array, SpvDecorationArrayStride, type_bytes);
    SPIRV_DECORATE(m, SpvOpDecorate, block, SpvDecorationBlock);
    SPIRV_DECORATE(m, SpvOpMemberDecorate, block, 0, SpvDecorationOffset, 0);
    const uint32_t buffer = spirv_variable(m, SpvStorageClassStorageBuffer, block);
    SPIRV_DECORATE(m, SpvOpDecorate, buffer, SpvDecorationDescriptorSet, 0);
    SPIRV_DECORATE(m, SpvOpDecorate, buffer, SpvDecorationBinding, binding);
    return buffer;
}

uint32_t spirv_result(spirv *m, SpvOp op, uint32_t type, size_t count, const uint32_t *operands)
{
    uint32_t all[10];
    if (count + 2 > sizeof all / sizeof all[0]) {
        m->failed = true;
        return 0;
    }
    all[0] = type;
    all[1] = spirv_new_id(m);
    memcpy(all + 2, operands, count * sizeof *all);
    spirv_emit(m, &m->code, op, count + 2, all);
    return all[1];
}

uint32_t spirv_math(spirv *m, SpvOp op, uint32_t a, uint32_t b)
{
    return SPIRV_RESULT(m, op, spirv_uint(m), a, b);
}

uint32_t spirv_compare(spirv *m, SpvOp op, uint32_t a, uint32_t b)
{
    return SPIRV_RESULT(m, op, spirv_bool(m), a, b);
}

spirv_branch spirv_if(spirv *m, uint32_t condition)
{
    const uint32_t begin = spirv_new_id(m), end = spirv_new_id(m);
    SPIRV_CODE(m, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
    SPIRV_CODE(m, SpvOpBranchConditional, condition, begin, end);
    SPIRV_CODE(m, SpvOpLabel, begin);
    return (spirv_branch){end};
}

void spirv_end_if(spirv *m, spirv_branch branch)
{
    SPIRV_CODE(m, SpvOpBranch, branch.end);
    SPIRV_CODE(m, SpvOpLabel, branch.end);
}

spirv_loop spirv_for(spirv *m, uint32_t rounds)
{
    const uint32_t before = spirv_new_id(m), test = spirv_new_id(m), body = spirv_new_id(m);
    spirv_loop loop = {
        .header = spirv_new_id(m),
        .next_round = spirv_new_id(m),
        .next = spirv_new_id(m),
        .end = spirv_new_id(m),
    };
    SPIRV_CODE(m, SpvOpBranch, before);
    SPIRV_CODE(m, SpvOpLabel, before);
    SPIRV_CODE(m, SpvOpBranch, loop.header);
    SPIRV_CODE(m, SpvOpLabel, loop.header);
    loop.round = SPIRV_RESULT(m, SpvOpPhi, spirv_uint(m), spirv_constant(m, 0), before,
                              loop.next_round, loop.next);
    // Unrolled, kernels would only take longer to compile.
    SPIRV_CODE(m, SpvOpLoopMerge, loop.end, loop.next, SpvLoopControlDontUnrollMask);
    SPIRV_CODE(m, SpvOpBranch, test);
    SPIRV_CODE(m, SpvOpLabel, test);
    const uint32_t goes_on = spirv_compare(m, SpvOpULessThan, loop.round, rounds);
    SPIRV_CODE(m, SpvOpBranchConditional, goes_on, body, loop.end);
    SPIRV_CODE(m, SpvOpLabel, body);
    return loop;
}

void spirv_loop_while(spirv *m, const spirv_loop *loop, uint32_t condition)
{
    const uint32_t body = spirv_new_id(m);
    SPIRV_CODE(m, SpvOpBranchConditional, condition, body, loop->end);
    SPIRV_CODE(m, SpvOpLabel, body);
}

void spirv_end_for(spirv *m, const spirv_loop *loop)
{
    SPIRV_CODE(m, SpvOpBranch, loop->next);
    SPIRV_CODE(m, SpvOpLabel, loop->next);
    SPIRV_CODE(m, SpvOpIAdd, spirv_uint(m), loop->next_round, loop->round, spirv_constant(m, 1));
    SPIRV_CODE(m, SpvOpBranch, loop->header);
    SPIRV_CODE(m, SpvOpLabel, loop->end);
}

enum { HEADER_WORDS = 5 };

size_t spirv_word_count(const spirv *m)
{
    return HEADER_WORDS + m->head.count + m->decorations.count + m->types.count + m->code.count;
}

size_t spirv_finish(spirv *m, uint32_t version, uint32_t *words, size_t room)
{
    spirv_section *const sections[] = {&m->head, &m->decorations, &m->types, &m->code};
    const uint32_t header[HEADER_WORDS] = {SpvMagicNumber, version, 0, m->ids + 1, 0};
    const bool fits = !m->failed && spirv_word_count(m) <= room;
    size_t count = 0;
    if (fits) {
        memcpy(words, header, sizeof header);
        count = HEADER_WORDS;
    }
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (fits && sections[i]->count) {
            memcpy(words + count, sections[i]->words, sections[i]->count * sizeof *words);
            count += sections[i]->count;
        }
        free(sections[i]->words);
    }
    free(m->known);
    memset(m, 0, sizeof *m);
    return count;
}
