#include "contents.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"

static const uint32_t POISON = 0xdeadbeef;

static const char *const ROLES[KP_ROLE_COUNT] = {
    [KP_ROLE_X] = "x",       [KP_ROLE_Y] = "y",           [KP_ROLE_SUMS] = "sums",
    [KP_ROLE_TOTAL] = "sum", [KP_ROLE_OFFSETS] = "sums",  [KP_ROLE_PREFIX] = "prefix sums",
    [KP_ROLE_A] = "a",       [KP_ROLE_C] = "the product",
};

static uint32_t float_word(float value)
{
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static float word_float(uint32_t word)
{
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

// 0 .. 7, with no period that a size of a workgroup or a matrix has: sums and products of such
// numbers are exact as floats.
static float number(kp_role role, uint32_t data_set, uint64_t i)
{
    const uint32_t key = (uint32_t)i + data_set * 977 + (uint32_t)role * 12289;
    return (float)(key * UINT32_C(2654435761) >> 29);
}

static uint32_t initial_word(kp_role role, uint32_t data_set, uint64_t i)
{
    switch (role) {
    case KP_ROLE_SUMS: // of the chunks that are not there
    case KP_ROLE_OFFSETS:
        return 0;
    case KP_ROLE_TOTAL:
    case KP_ROLE_PREFIX:
    case KP_ROLE_C:
        return POISON;
    default:
        return float_word(number(role, data_set, i));
    }
}

void kp_contents_fill(const kp_batch *batch, uint32_t buffer, uint64_t first, uint32_t *words,
                      uint32_t count)
{
    const kp_buffer *it = &batch->buffers[buffer];
    for (uint32_t i = 0; i < count; i++)
        words[i] = initial_word(it->role, it->data_set, first + i);
}

static kp_history find_history(const kp_batch *batch, uint32_t data_set)
{
    const kp_pattern_info *pattern = &kp_patterns[batch->work.pattern];
    kp_history history = {0};
    for (uint32_t i = data_set; i < batch->work.times; i += batch->data_sets) {
        const kp_algorithm algorithm = pattern->cycle[i / batch->data_sets % pattern->cycle_length];
        history.ran[algorithm] = true;
        history.runs_before[algorithm] = history.runs;
        history.runs += algorithm == KP_ALGORITHM_AFFINE || algorithm == KP_ALGORITHM_SAXPY;
    }
    return history;
}

// A word of y after so many runs.
static uint32_t y_word(const kp_batch *batch, uint32_t data_set, uint64_t i, uint32_t runs)
{
    const kp_pattern_info *pattern = &kp_patterns[batch->work.pattern];
    uint32_t word = initial_word(KP_ROLE_Y, data_set, i);
    if (pattern->is_independent)
        return word;
    if (pattern->cycle[0] == KP_ALGORITHM_SAXPY)
        return float_word(word_float(word) + 2 * (float)runs * number(KP_ROLE_X, data_set, i));
    for (uint32_t run = 0; run < runs; run++)
        word = word * 3 + 1;
    return word;
}

// Of a column; none is 0, so that no wrong element of a product goes unseen.
static double weight(uint32_t column)
{
    return 1 + (double)number(KP_ROLE_C, 0, column);
}

// What each row of y comes to, each column by its weight: a product's rows must come to a's times
// that.
static double *weigh_rows(const kp_batch *batch, uint32_t data_set, uint32_t runs)
{
    double *sums = kt_memory(batch->rows, sizeof *sums);
    for (uint32_t row = 0; row < batch->rows; row++)
        for (uint32_t column = 0; column < batch->rows; column++)
            sums[row] += weight(column) *
                         (double)word_float(
                             y_word(batch, data_set, (uint64_t)row * batch->rows + column, runs));
    return sums;
}

static uint32_t sum_of(const kp_batch *batch, uint32_t data_set, uint32_t runs)
{
    uint32_t sum = 0;
    for (uint64_t i = 0; i < batch->words; i++)
        sum += y_word(batch, data_set, i, runs);
    return sum;
}

void kp_checker_init(kp_checker *checker, const kp_batch *batch, uint32_t buffer)
{
    const kp_buffer *it = &batch->buffers[buffer];
    *checker = (kp_checker){
        .batch = batch, .buffer = buffer, .history = find_history(batch, it->data_set)};
    const kp_history *history = &checker->history;
    if (it->role == KP_ROLE_TOTAL && history->ran[KP_ALGORITHM_REDUCTION])
        checker->sum = sum_of(batch, it->data_set, history->runs_before[KP_ALGORITHM_REDUCTION]);
    if (it->role == KP_ROLE_C && history->ran[KP_ALGORITHM_GEMM])
        checker->weighted =
            weigh_rows(batch, it->data_set, history->runs_before[KP_ALGORITHM_GEMM]);
}

void kp_checker_finish(kp_checker *checker)
{
    free(checker->weighted);
}

// The next word of any buffer but a product.
static uint32_t expected_word(kp_checker *checker)
{
    const kp_batch *batch = checker->batch;
    const kp_buffer *it = &batch->buffers[checker->buffer];
    const kp_history *history = &checker->history;
    const uint64_t i = checker->next;
    if (it->role == KP_ROLE_Y) {
        if (kp_patterns[batch->work.pattern].is_ring && i % KP_GROUP_WORDS == 0)
            checker->history = find_history(batch, (uint32_t)(i / KP_GROUP_WORDS));
        return y_word(batch, it->data_set, i, history->runs);
    }
    if (it->role == KP_ROLE_TOTAL && history->ran[KP_ALGORITHM_REDUCTION])
        return checker->sum;
    if (it->role == KP_ROLE_PREFIX && history->ran[KP_ALGORITHM_SCAN]) {
        const uint32_t sum = checker->sum;
        checker->sum += y_word(batch, it->data_set, i, history->runs_before[KP_ALGORITHM_SCAN]);
        return sum;
    }
    return initial_word(it->role, it->data_set, i);
}

static bool take_word(kp_checker *checker, uint32_t word, kt_text *problem)
{
    const kp_buffer *it = &checker->batch->buffers[checker->buffer];
    const uint32_t expected = expected_word(checker);
    return word == expected ||
           kt_refuse(problem, "word %llu of %s in data set %u is 0x%08x and should be 0x%08x",
                     (unsigned long long)checker->next, ROLES[it->role], it->data_set, word,
                     expected);
}

// An element of a product, which is compared when its row is complete.
static bool take_element(kp_checker *checker, float element, kt_text *problem)
{
    const kp_batch *batch = checker->batch;
    const kp_buffer *it = &batch->buffers[checker->buffer];
    const uint32_t column = (uint32_t)(checker->next % batch->rows);
    const uint64_t row = checker->next / batch->rows;
    checker->row_sum = (column ? checker->row_sum : 0) + weight(column) * (double)element;
    if (column + 1 < batch->rows)
        return true;
    double expected = 0;
    for (uint32_t k = 0; k < batch->rows; k++)
        expected +=
            (double)number(KP_ROLE_A, it->data_set, row * batch->rows + k) * checker->weighted[k];
    return checker->row_sum == expected ||
           kt_refuse(problem,
                     "row %llu of the product in data set %u comes to %.0f, weighted, and should "
                     "come to %.0f",
                     (unsigned long long)row, it->data_set, checker->row_sum, expected);
}

bool kp_checker_take(kp_checker *checker, const uint32_t *words, uint32_t count, kt_text *problem)
{
    const kp_role role = checker->batch->buffers[checker->buffer].role;
    const bool scratch = role == KP_ROLE_SUMS || role == KP_ROLE_OFFSETS; // shown by the results
    bool right = true;
    for (uint32_t i = 0; right && !scratch && i < count; i++, checker->next++)
        right = checker->weighted ? take_element(checker, word_float(words[i]), problem)
                                  : take_word(checker, words[i], problem);
    return right;
}
