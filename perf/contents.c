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

// Expected words are made so many at a time.
enum { BLOCK_WORDS = 4096 };

static float word_float(uint32_t word)
{
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

// 0 .. 7, with no period that a size of a workgroup or a matrix has: sums and products of such
// numbers are exact as floats.
static inline float number(kp_role role, uint32_t data_set, uint64_t i)
{
    const uint32_t key = (uint32_t)i + data_set * 977 + (uint32_t)role * 12289;
    return (float)(key * UINT32_C(2654435761) >> 29);
}

static bool holds_numbers(kp_role role)
{
    return role == KP_ROLE_X || role == KP_ROLE_Y || role == KP_ROLE_A;
}

// The sums of chunks that are not there count as 0. Results are poison.
static bool is_scratch(kp_role role)
{
    return role == KP_ROLE_SUMS || role == KP_ROLE_OFFSETS;
}

void kp_contents_fill(const kp_batch *batch, uint32_t buffer, uint64_t first, uint32_t *words,
                      uint32_t count)
{
    const kp_buffer *it = &batch->buffers[buffer];
    const kp_role role = it->role;
    const uint32_t data_set = it->data_set;
    if (holds_numbers(role))
        for (uint32_t i = 0; i < count; i++)
            words[i] = kp_float_word(number(role, data_set, first + i));
    else
        for (uint32_t i = 0; i < count; i++)
            words[i] = is_scratch(role) ? 0 : POISON;
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

// Words of y from `first` on, after so many runs.
static void make_y(const kp_batch *batch, uint32_t data_set, uint32_t runs, uint64_t first,
                   uint32_t *words, uint32_t count)
{
    const kp_pattern_info *pattern = &kp_patterns[batch->work.pattern];
    const uint32_t buffer = kp_buffer_of(batch, data_set, KP_ROLE_Y);
    const float added = 2 * (float)runs; // times x
    kp_contents_fill(batch, buffer, first, words, count);
    if (pattern->is_independent)
        return;
    if (pattern->cycle[0] == KP_ALGORITHM_SAXPY) {
        for (uint32_t i = 0; i < count; i++)
            words[i] = kp_float_word(word_float(words[i]) +
                                     added * number(KP_ROLE_X, data_set, first + i));
        return;
    }
    for (uint32_t run = 0; run < runs; run++)
        for (uint32_t i = 0; i < count; i++)
            words[i] = words[i] * 3 + 1;
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
    const uint32_t rows = batch->rows;
    double *sums = kt_memory(rows, sizeof *sums);
    uint32_t *words = kt_memory(rows, sizeof *words);
    for (uint32_t row = 0; row < rows; row++) {
        make_y(batch, data_set, runs, (uint64_t)row * rows, words, rows);
        for (uint32_t column = 0; column < rows; column++)
            sums[row] += weight(column) * (double)word_float(words[column]);
    }
    free(words);
    return sums;
}

static uint32_t sum_of(const kp_batch *batch, uint32_t data_set, uint32_t runs)
{
    uint32_t words[BLOCK_WORDS], sum = 0, count;
    for (uint64_t first = 0; first < batch->words; first += count) {
        count = batch->words - first < BLOCK_WORDS ? (uint32_t)(batch->words - first) : BLOCK_WORDS;
        make_y(batch, data_set, runs, first, words, count);
        for (uint32_t i = 0; i < count; i++)
            sum += words[i];
    }
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

// The next words of any buffer but a product.
static void expect(kp_checker *checker, uint32_t *words, uint32_t count)
{
    const kp_batch *batch = checker->batch;
    const kp_buffer *it = &batch->buffers[checker->buffer];
    const kp_history *history = &checker->history;
    if (it->role == KP_ROLE_Y) {
        if (kp_patterns[batch->work.pattern].is_ring)
            checker->history = find_history(batch, (uint32_t)(checker->next / KP_GROUP_WORDS));
        make_y(batch, it->data_set, history->runs, checker->next, words, count);
    } else if (it->role == KP_ROLE_TOTAL && history->ran[KP_ALGORITHM_REDUCTION]) {
        words[0] = checker->sum;
    } else if (it->role == KP_ROLE_PREFIX && history->ran[KP_ALGORITHM_SCAN]) {
        make_y(batch, it->data_set, history->runs_before[KP_ALGORITHM_SCAN], checker->next, words,
               count);
        for (uint32_t i = 0; i < count; i++) {
            const uint32_t word = words[i];
            words[i] = checker->sum;
            checker->sum += word;
        }
    } else {
        kp_contents_fill(batch, checker->buffer, checker->next, words, count);
    }
}

static bool take_words(kp_checker *checker, const uint32_t *words, uint32_t count, kt_text *problem)
{
    const kp_buffer *it = &checker->batch->buffers[checker->buffer];
    uint32_t expected[BLOCK_WORDS], i = 0;
    expect(checker, expected, count);
    if (memcmp(words, expected, count * sizeof *words) == 0)
        return true;
    while (words[i] == expected[i])
        i++;
    return kt_refuse(problem, "word %llu of %s in data set %u is 0x%08x and should be 0x%08x",
                     (unsigned long long)(checker->next + i), ROLES[it->role], it->data_set,
                     words[i], expected[i]);
}

// An element of a product, which is compared when its row is complete.
static bool take_element(kp_checker *checker, uint64_t index, float element, kt_text *problem)
{
    const kp_batch *batch = checker->batch;
    const kp_buffer *it = &batch->buffers[checker->buffer];
    const uint32_t column = (uint32_t)(index % batch->rows);
    const uint64_t row = index / batch->rows;
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

static bool take_elements(kp_checker *checker, const uint32_t *words, uint32_t count,
                          kt_text *problem)
{
    bool right = true;
    for (uint32_t i = 0; right && i < count; i++)
        right = take_element(checker, checker->next + i, word_float(words[i]), problem);
    return right;
}

bool kp_checker_take(kp_checker *checker, const uint32_t *words, uint32_t count, kt_text *problem)
{
    const kp_batch *batch = checker->batch;
    const uint32_t block = kp_patterns[batch->work.pattern].is_ring ? KP_GROUP_WORDS : BLOCK_WORDS;
    bool right = true;
    if (is_scratch(batch->buffers[checker->buffer].role)) // the results show what it held
        return true;
    for (uint32_t first = 0, some; right && first < count; first += some) {
        some = count - first < block ? count - first : block;
        right = checker->weighted ? take_elements(checker, words + first, some, problem)
                                  : take_words(checker, words + first, some, problem);
        checker->next += some;
    }
    return right;
}
