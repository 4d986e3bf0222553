#include "metamorphic/module.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { HEADER_WORDS = 5 };

static void set_definition(module *m, uint32_t *instruction)
{
    const uint32_t at = grammar_result_at(instruction);
    if (at)
        m->definition[instruction[at]] = instruction;
}

static void insert(module *m, module_list *list, size_t place, uint32_t *instruction)
{
    list->at = kt_memory_append(list->at, list->count, sizeof *list->at);
    memmove(list->at + place + 1, list->at + place, (list->count - place) * sizeof *list->at);
    list->at[place] = instruction;
    list->count++;
    set_definition(m, instruction);
}

static uint32_t *make_instruction(SpvOp op, uint32_t count, const uint32_t *operands)
{
    uint32_t *instruction = kt_memory(count + 1, sizeof *instruction);
    instruction[0] = (count + 1) << SpvWordCountShift | (uint32_t)op;
    if (count)
        memcpy(instruction + 1, operands, count * sizeof *operands);
    return instruction;
}

bool module_init(module *m, const uint32_t *words, size_t word_count)
{
    *m = (module){0};
    if (word_count < HEADER_WORDS || words[0] != SpvMagicNumber)
        return false;
    m->version = words[1];
    m->bound = words[3];
    m->definition = kt_memory(m->bound, sizeof *m->definition);
    for (size_t at = HEADER_WORDS; at < word_count; at += grammar_length(words + at)) {
        const uint32_t length = grammar_length(words + at);
        if (!length || length > word_count - at)
            return false;
        if (grammar_is_debug(grammar_op(words + at)))
            continue;
        uint32_t *copy = kt_memory(length, sizeof *copy);
        memcpy(copy, words + at, length * sizeof *copy);
        const uint32_t result = grammar_result_at(copy);
        if (result && (result >= length || copy[result] >= m->bound)) {
            free(copy);
            return false;
        }
        module_list *list =
            m->code.count || grammar_op(copy) == SpvOpFunction ? &m->code : &m->globals;
        insert(m, list, list->count, copy);
        if (grammar_op(copy) == SpvOpDecorate && copy[2] == SpvDecorationBinding &&
            copy[3] >= m->opaque_binding)
            m->opaque_binding = copy[3] + 1;
    }
    return true;
}

static void finish_list(module_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->at[i]);
    free(list->at);
}

void module_finish(module *m)
{
    finish_list(&m->globals);
    finish_list(&m->code);
    free(m->definition);
    *m = (module){0};
}

static size_t word_count_of(const module_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += grammar_length(list->at[i]);
    return count;
}

uint32_t *module_words(const module *m, size_t *word_count)
{
    const module_list *const lists[] = {&m->globals, &m->code};
    const uint32_t header[HEADER_WORDS] = {SpvMagicNumber, m->version, 0, m->bound, 0};
    *word_count = HEADER_WORDS + word_count_of(&m->globals) + word_count_of(&m->code);
    uint32_t *words = kt_memory(*word_count, sizeof *words), *next = words + HEADER_WORDS;
    memcpy(words, header, sizeof header);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->count; i++) {
            memcpy(next, lists[k]->at[i], grammar_length(lists[k]->at[i]) * sizeof *words);
            next += grammar_length(lists[k]->at[i]);
        }
    return words;
}

// splitmix64, by Sebastiano Vigna (public domain).
uint32_t module_random(module *m)
{
    uint64_t value = m->random += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((value ^ (value >> 31)) >> 32);
}

uint32_t module_random_below(module *m, uint32_t bound)
{
    return (uint32_t)((uint64_t)module_random(m) * bound >> 32);
}

uint32_t module_new_id(module *m)
{
    m->definition = kt_memory_grow(m->definition, m->bound + 1, sizeof *m->definition);
    m->definition[m->bound] = NULL;
    return m->bound++;
}

void module_put(module *m, size_t *place, SpvOp op, uint32_t count, const uint32_t *operands)
{
    insert(m, &m->code, (*place)++, make_instruction(op, count, operands));
}

void module_put_global(module *m, size_t place, SpvOp op, uint32_t count, const uint32_t *operands)
{
    insert(m, &m->globals, place, make_instruction(op, count, operands));
}

uint32_t module_put_result(module *m, size_t *place, SpvOp op, uint32_t type, uint32_t count,
                           const uint32_t *operands)
{
    uint32_t *all = kt_memory(count + 2, sizeof *all);
    const uint32_t id = module_new_id(m);
    all[0] = type;
    all[1] = id;
    if (count)
        memcpy(all + 2, operands, count * sizeof *operands);
    module_put(m, place, op, count + 2, all);
    free(all);
    return id;
}

void module_remove(module *m, module_list *list, size_t place)
{
    uint32_t *instruction = list->at[place];
    const uint32_t at = grammar_result_at(instruction);
    if (at && m->definition[instruction[at]] == instruction)
        m->definition[instruction[at]] = NULL;
    memmove(list->at + place, list->at + place + 1, (list->count - place - 1) * sizeof *list->at);
    list->count--;
    free(instruction);
}

size_t module_place(const module *m, const uint32_t *instruction)
{
    size_t place = 0;
    while (m->code.at[place] != instruction)
        place++;
    return place;
}

uint32_t *module_definition(const module *m, uint32_t id)
{
    return id < m->bound ? m->definition[id] : NULL;
}

SpvOp module_op_of(const module *m, uint32_t id)
{
    const uint32_t *definition = module_definition(m, id);
    return definition ? grammar_op(definition) : SpvOpNop;
}

uint32_t module_type_of(const module *m, uint32_t id)
{
    const uint32_t *definition = module_definition(m, id);
    return definition && grammar_type_at(definition) ? definition[1] : 0;
}

uint32_t module_take_result(module *m, uint32_t *instruction)
{
    const uint32_t at = grammar_result_at(instruction), id = instruction[at];
    m->definition[id] = NULL;
    instruction[at] = module_new_id(m);
    set_definition(m, instruction);
    return id;
}

void module_replace(module *m, size_t from, size_t to, uint32_t id, uint32_t by)
{
    for (size_t i = from; i < to; i++) {
        uint32_t *instruction = m->code.at[i];
        for (uint32_t at = 1; at < grammar_length(instruction); at++)
            if (instruction[at] == id && at != grammar_result_at(instruction) &&
                grammar_is_id(instruction, at))
                instruction[at] = by;
    }
}
