// Branches, switches, calls and private memory, where every invocation goes its own way.
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

static int32_t with_gaps(int32_t value)
{
    switch (value) {
    case -2147483647:
        return 1;
    case -1:
        return 2;
    case 0:
        return 3;
    case 2147483647:
        return 5;
    default:
        return value == 1 || value == 2 || value == 1000000 ? 4 : 6;
    }
}

static int32_t fall_through(int32_t value)
{
    switch (value & 7) {
    case 0:
        return 1111;
    case 3:
        return 1110;
    case 5:
        return 1000;
    case 6:
        return 10000;
    default:
        return 1100;
    }
}

static int32_t nested_switch(int32_t value)
{
    const int inner = value >> 2 & 3;
    if ((value & 3) == 2)
        return value ^ 0x5a5a;
    if ((value & 3) != 1)
        return value;
    if (inner == 2)
        return 77;
    // Unsigned: the shader's integers wrap around.
    const uint32_t bits = (uint32_t)value;
    return (int32_t)((inner == 0 ? 0u - bits : bits) + 1u);
}

static int32_t switch_in_loop(int32_t value)
{
    int state = value & 7;
    for (int steps = 0; steps < 40; steps++) {
        if (state == 2)
            return steps;
        if (state == 0 || state == 4) { // these continue
            state = state == 0 ? 3 : 6;
            continue;
        }
        if (state == 1)
            state = 4;
        else if (state == 3)
            state = value >> (steps & 31) & 1 ? 1 : 5;
        else if (state == 5)
            state = value & 1 ? 2 : 7;
        else
            state -= 4;
        steps += state == 4;
    }
    return 1000 + state;
}

// Labels with gaps and at the ends of the range, fall-through, a default in the middle, switches in
// switches and in loops.
TEST(switches_take_the_right_branch)
{
    enum { COUNT = 3000, SWITCHES = 4 };
    static const int32_t SPECIAL[] = {
        INT32_MIN, INT32_MIN + 1, -1,      0,       1,         2,
        3,         999999,        1000000, 1000001, INT32_MAX, INT32_MAX - 1};
    enum { SPECIALS = sizeof SPECIAL / sizeof SPECIAL[0] };
    int32_t x[COUNT], expected[COUNT][SWITCHES], actual[COUNT][SWITCHES];
    for (int i = 0; i < COUNT; i++) {
        // A positive number, which switch_in_loop shifts by up to 39: both sides use 31 bits.
        x[i] = i < SPECIALS ? SPECIAL[i] : (int32_t)(kt_random_u32(t) >> (1 + i % 24));
        expected[i][0] = with_gaps(x[i]);
        expected[i][1] = fall_through(x[i]);
        expected[i][2] = nested_switch(x[i]);
        expected[i][3] = switch_in_loop(x[i]);
    }
    if (kernel_map(t, "switch_shapes", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                   sizeof actual))
        CHECK_I32S(actual[0], expected[0], COUNT * SWITCHES);
}

static uint32_t decide_odd(uint32_t v)
{
    const uint32_t last = v & 64 ? 11 : v & 128 ? 13 : 17;
    if ((v & 7) == 7)
        return (v + 7) * 3;
    if (v & 2)
        return ((v + 7) ^ 0xff) + last;
    if (!(v & 8))
        return ~v + last;
    return v & 48 ? v * 5 - 8 + last : v * 5 + 1;
}

static uint32_t decide(uint32_t v)
{
    if (v & 1)
        return decide_odd(v);
    if (v % 3)
        return v;
    if (v % 5 == 0)
        return 1;
    const uint32_t third = v / 3;
    return v % 7 == 0 ? third : v % 11 == 0 ? (third + 2) * 2 : third + 2;
}

// Which operands of && and || are looked at, and what comes out.
static uint32_t short_circuits(uint32_t v)
{
    bool bit[6];
    for (int k = 0; k < 6; k++)
        bit[k] = v >> k & 1;
    uint32_t effects = 1;
    effects |= bit[0] ? 2 : 0;
    bool p = bit[0] && bit[1];
    if (!p) {
        effects |= 4;
        p = bit[2];
    }
    effects |= 8;
    bool q = p;
    if (!p) {
        effects |= 16;
        effects |= bit[3] ? 32 : 0;
        q = bit[3] && !bit[4];
    }
    effects |= bit[5] ? 64 : 128;
    const bool r = bit[5] ? q : p;
    return effects << 3 | (uint32_t)p << 2 | (uint32_t)q << 1 | (uint32_t)r;
}

TEST(branches_follow_their_conditions)
{
    enum { COUNT = 5000 };
    uint32_t x[COUNT], expected[COUNT][2], actual[COUNT][2];
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = i < 2310 ? i : kt_random_u32(t);
        expected[i][0] = decide(x[i]);
        expected[i][1] = short_circuits(x[i]);
    }
    if (kernel_map(t, "nested_branches", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                   sizeof actual))
        CHECK_U32S(actual[0], expected[0], COUNT * 2);
}

// The machine of shaders/interpreter.comp.
enum { PROGRAM_LENGTH = 32, PROGRAM_STEPS = 256, OPCODES = 16 };

typedef struct machine {
    uint32_t r[4], steps;
} machine;

// One instruction; returns the number of the next one.
static uint32_t execute(machine *m, uint32_t at, uint32_t word)
{
    const uint32_t a = word >> 8 & 3, b = word >> 16 & 3, number = word >> 24;
    uint32_t *r = m->r, kept = r[a];
    switch (word & 15) {
    case 0:
        r[a] += r[b];
        break;
    case 1:
        r[a] -= number;
        break;
    case 2:
        r[a] *= r[b] | 1;
        break;
    case 3:
        r[a] ^= r[b] >> (number & 31);
        break;
    case 4:
        r[a] = number;
        break;
    case 5:
        return r[a] > r[b] ? at + 1 + (number & 7) : at + 1;
    case 6:
        return !(r[a] & 1) ? at + 1 : (number & 15) > at + 1 ? 0 : at + 1 - (number & 15);
    case 7:
        r[a] = r[b];
        r[b] = kept;
        break;
    case 8:
        for (uint32_t k = 0; k < (number & 7); k++)
            r[b] = r[b] * 5 + r[a];
        break;
    case 9:
        return number == 255 ? PROGRAM_LENGTH : at + 1;
    case 10:
        r[a] = r[b] ? r[a] / r[b] : ~r[a];
        break;
    default:
        r[(a + b) & 3] += word;
        break;
    }
    return at + 1;
}

static machine interpret(const uint32_t program[PROGRAM_LENGTH], uint32_t invocation)
{
    machine m = {.r = {invocation, 1, 2, 3}};
    for (uint32_t at = 0; at < PROGRAM_LENGTH && m.steps < PROGRAM_STEPS; m.steps++)
        at = execute(&m, at, program[at]);
    return m;
}

// A thousand random programs with jumps and loops, one in each invocation: control flow as
// divergent as it gets.
TEST(divergent_machines_match_the_host)
{
    enum { COUNT = 1000, WORDS = sizeof(machine) / sizeof(uint32_t) };
    uint32_t(*programs)[PROGRAM_LENGTH] = kt_alloc(t, COUNT * sizeof *programs);
    machine expected[COUNT], actual[COUNT];
    kt_fill_u32s(t, programs[0], COUNT * PROGRAM_LENGTH);
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = interpret(programs[i], i);
    if (kernel_map(t, "interpreter", (kernel_input[]){{programs, COUNT * sizeof *programs}, {0}},
                   COUNT, actual, sizeof actual))
        CHECK_U32S(actual->r, expected->r, COUNT * WORDS);
}

// Writes what shaders/function_calls.comp does with a number.
static void expect_calls(uint32_t seed, uint32_t y[16])
{
    uint32_t first[3], second[3], kept, values[8], vector[] = {1, 2, 3, 4};
    uint32_t columns[4][2] = {{0, 1}, {2, 3}, {4, 5}, {6, 7}};
    for (uint32_t k = 0; k < 3; k++) {
        first[k] = seed + k;
        second[k] = seed * (k + 1);
    }
    const uint32_t at = seed % 3;
    kept = first[at];
    first[at] = second[at];
    second[at] = kept;
    y[0] = first[0] + 0 + 99;
    y[1] = first[1] + 3;
    y[2] = kept ^ first[at];
    y[3] = seed * 3;
    y[4] = (seed >> 8) + (seed & 0xff);
    y[5] = 0;
    for (uint32_t k = 0; k < 8; k++) {
        const uint32_t value = seed * (k * 2 + 1) >> 16 & 0xff;
        uint32_t place = k;
        for (; place > 0 && values[place - 1] > value; place--)
            values[place] = values[place - 1];
        values[place] = value;
    }
    memcpy(y + 6, values, sizeof values);
    vector[seed & 3] = seed;
    y[14] = vector[seed >> 2 & 3];
    columns[seed >> 4 & 3][seed >> 6 & 1] = 9;
    y[15] = columns[seed >> 7 & 3][seed >> 9 & 1];
}

// Functions change what they are given by reference and nothing else.
TEST(functions_pass_values_as_declared)
{
    enum { COUNT = 2000, WORDS = 16 };
    uint32_t x[COUNT], expected[COUNT][WORDS], actual[COUNT][WORDS];
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = i < 1024 ? i * 2654435761u >> 22 : kt_random_u32(t);
        expect_calls(x[i], expected[i]);
    }
    if (kernel_map(t, "function_calls", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                   sizeof actual))
        CHECK_U32S(actual[0], expected[0], COUNT * WORDS);
}

static int compare_words(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// An array in private memory that does not fit into registers keeps every element.
TEST(large_private_arrays_keep_their_elements)
{
    enum { COUNT = 300, LENGTH = 200 };
    uint32_t x[COUNT], expected[COUNT], actual[COUNT];
    kt_fill_u32s(t, x, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t values[LENGTH], state = x[i];
        for (uint32_t k = 0; k < LENGTH; k++) {
            state = state * 1664525 + 1013904223;
            values[k] = state >> 8;
        }
        qsort(values, LENGTH, sizeof values[0], compare_words);
        expected[i] = 0;
        for (uint32_t k = 0; k < LENGTH; k++)
            expected[i] = expected[i] * 31 + values[k];
    }
    if (kernel_map(t, "large_private_array", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                   sizeof actual))
        CHECK_U32S(actual, expected, COUNT);
}
