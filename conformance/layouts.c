// Where members of blocks lie. Each input word tells its own place, so what a kernel reads of a
// member is where it read it; the expected places follow the rules of GLSL 4.50, 7.6.2.2.
#include "kernel.h"

enum {
    BLOCK_WORDS = 512,
    // Bits of ordinary floats, which nothing on the way may change, unlike those of denormals.
    PLACE = 0x3f800000,
    IS_TRUE = 1 - PLACE, // a bool is read as 1, whatever its word
};

// Runs a kernel that writes each member's words in order, and compares them with `words`, the
// places where they must lie.
static void check_layout(kt_test *t, const char *shader, const uint32_t *words, uint32_t count)
{
    uint32_t in[BLOCK_WORDS], actual[BLOCK_WORDS];
    for (uint32_t i = 0; i < BLOCK_WORDS; i++)
        in[i] = PLACE + i;
    if (kernel_run_once(t, &(kernel_run){.shader = shader,
                                         .inputs = {{in, sizeof in}},
                                         .groups = {1},
                                         .output = actual,
                                         .output_bytes = 4 * count})) {
        for (uint32_t i = 0; i < count; i++)
            actual[i] -= PLACE;
        CHECK_U32S(actual, words, count);
    }
}

// Words of a matrix whose columns are `stride` words apart, appended column by column.
static uint32_t append_columns(uint32_t *words, uint32_t count, uint32_t first, uint32_t columns,
                               uint32_t rows, uint32_t stride)
{
    for (uint32_t c = 0; c < columns; c++)
        for (uint32_t r = 0; r < rows; r++)
            words[count++] = first + c * stride + r;
    return count;
}

// The same of a row-major matrix: read by columns, stored by rows.
static uint32_t append_rows(uint32_t *words, uint32_t count, uint32_t first, uint32_t columns,
                            uint32_t rows, uint32_t stride)
{
    for (uint32_t c = 0; c < columns; c++)
        for (uint32_t r = 0; r < rows; r++)
            words[count++] = first + r * stride + c;
    return count;
}

TEST(std430_members_lie_where_the_rules_say)
{
    // Members of struct Outer, in words from its start.
    static const uint32_t F = 0, V2 = 2, V3 = 4, INNER = 8, I2 = 16, M3 = 20, M24 = 32, U3 = 52;
    enum { ROWS = 4, OUTER = 16, OUTER_STRIDE = 56 };
    uint32_t words[BLOCK_WORDS], count = 0;
    words[count++] = 0; // head
    count = append_rows(words, count, ROWS, 4, 3, 4);
    for (uint32_t k = 0; k < 2; k++) {
        const uint32_t base = OUTER + k * OUTER_STRIDE;
        words[count++] = base + F;
        count = append_columns(words, count, base + V2, 1, 2, 0);
        count = append_columns(words, count, base + V3, 1, 3, 0);
        count = append_columns(words, count, base + INNER, 1, 3, 0);
        words[count++] = base + INNER + 3;
        count = append_columns(words, count, base + INNER + 4, 1, 3, 0);
        count = append_columns(words, count, base + I2, 1, 2, 0);
        count = append_columns(words, count, base + M3, 3, 3, 4);
        count = append_columns(words, count, base + M24, 2, 4, 4);
        count = append_columns(words, count, base + M24 + 8, 2, 4, 4);
        words[count++] = (uint32_t)IS_TRUE; // b
        count = append_columns(words, count, base + U3, 1, 3, 0);
    }
    check_layout(t, "std430_members", words, count);
}

TEST(std140_members_lie_where_the_rules_say)
{
    enum { F = 0, V3 = 4, ARRAY = 8, INNER = 20, M3 = 36, ROWS = 48, LAST = 60 };
    uint32_t words[BLOCK_WORDS], count = 0;
    words[count++] = F;
    count = append_columns(words, count, V3, 1, 3, 0);
    count = append_columns(words, count, ARRAY, 3, 1, 4);
    for (uint32_t i = 0; i < 2; i++)
        count = append_columns(words, count, INNER + 8 * i, 1, 5, 0);
    count = append_columns(words, count, M3, 3, 3, 4);
    count = append_rows(words, count, ROWS, 2, 3, 4);
    count = append_columns(words, count, LAST, 1, 2, 0);
    check_layout(t, "std140_members", words, count);
}

TEST(scalar_members_lie_without_gaps)
{
    enum { TIGHT_WORDS = 1 + 3 + 2 + 9 + 1 };
    uint32_t words[1 + 2 * TIGHT_WORDS];
    for (uint32_t i = 0; i < 1 + 2 * TIGHT_WORDS; i++)
        words[i] = i;
    check_layout(t, "scalar_members", words, 1 + 2 * TIGHT_WORDS);
}
