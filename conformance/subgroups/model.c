#include "subgroups/model.h"

#include <stdio.h>
#include <string.h>

#define ONE_HALF   0x3c00
#define ONE_SINGLE 0x3f800000
#define ONE_DOUBLE UINT64_C(0x3ff0000000000000)

#define NEEDS_8  (NEEDS_INT8 | NEEDS_STORAGE8)
#define NEEDS_16 (NEEDS_INT16 | NEEDS_STORAGE16)
#define NEEDS_H  (NEEDS_FLOAT16 | NEEDS_STORAGE16)

const subgroup_type subgroup_types[SUBGROUP_TYPES] = {
    {"u32", SUBGROUP_UNSIGNED, 32, NULL, 1, NEEDS_NOTHING, false},
    {"i32", SUBGROUP_SIGNED, 32, NULL, 1, NEEDS_NOTHING, false},
    {"f32", SUBGROUP_FLOAT, 32, &exact_single, ONE_SINGLE, NEEDS_NOTHING, false},
    {"bool", SUBGROUP_BOOL, 32, NULL, 1, NEEDS_NOTHING, false},
    {"u8", SUBGROUP_UNSIGNED, 8, NULL, 1, NEEDS_8, true},
    {"i8", SUBGROUP_SIGNED, 8, NULL, 1, NEEDS_8, true},
    {"u16", SUBGROUP_UNSIGNED, 16, NULL, 1, NEEDS_16, true},
    {"i16", SUBGROUP_SIGNED, 16, NULL, 1, NEEDS_16, true},
    {"u64", SUBGROUP_UNSIGNED, 64, NULL, 1, NEEDS_INT64, true},
    {"i64", SUBGROUP_SIGNED, 64, NULL, 1, NEEDS_INT64, true},
    {"f16", SUBGROUP_FLOAT, 16, &exact_half, ONE_HALF, NEEDS_H, true},
    {"f64", SUBGROUP_FLOAT, 64, &exact_double, ONE_DOUBLE, NEEDS_FLOAT64, false},
};

const subgroup_type *subgroup_type_named(const char *name)
{
    const subgroup_type *type = subgroup_types;
    while (strcmp(type->name, name) != 0)
        type++;
    return type;
}

static const char *const NAMES[] = {
    [SUBGROUP_ADD] = "add",
    [SUBGROUP_MUL] = "mul",
    [SUBGROUP_MIN] = "min",
    [SUBGROUP_MAX] = "max",
    [SUBGROUP_AND] = "and",
    [SUBGROUP_OR] = "or",
    [SUBGROUP_XOR] = "xor",
    [SUBGROUP_BROADCAST] = "broadcast",
    [SUBGROUP_BROADCAST_FIRST] = "broadcast_first",
    [SUBGROUP_SHUFFLE] = "shuffle",
    [SUBGROUP_SHUFFLE_XOR] = "shuffle_xor",
    [SUBGROUP_SHUFFLE_UP] = "shuffle_up",
    [SUBGROUP_SHUFFLE_DOWN] = "shuffle_down",
    [SUBGROUP_QUAD_BROADCAST] = "quad_broadcast",
    [SUBGROUP_QUAD_SWAP] = "quad_swap",
    [SUBGROUP_ROTATE] = "rotate",
    [SUBGROUP_ROTATE_CLUSTERS] = "rotate_clusters",
    [SUBGROUP_ALL_EQUAL] = "all_equal",
    [SUBGROUP_ALL] = "all",
    [SUBGROUP_ANY] = "any",
    [SUBGROUP_BALLOT] = "ballot",
    [SUBGROUP_INVERSE_BALLOT] = "inverse_ballot",
    [SUBGROUP_BIT_EXTRACT] = "bit_extract",
    [SUBGROUP_BIT_COUNT] = "bit_count",
    [SUBGROUP_FIND_LSB] = "find_lsb",
    [SUBGROUP_FIND_MSB] = "find_msb",
};

bool subgroup_is_of_words(subgroup_operation operation)
{
    return operation >= SUBGROUP_BALLOT;
}

uint32_t subgroup_result_components(subgroup_operation operation, uint32_t components)
{
    if (subgroup_is_of_words(operation) && components < 4)
        return 0;
    if (operation == SUBGROUP_ALL || operation == SUBGROUP_ANY)
        return components == 1;
    const bool is_one = operation == SUBGROUP_ALL_EQUAL ||
                        (subgroup_is_of_words(operation) && operation != SUBGROUP_BALLOT);
    return is_one ? 1 : components;
}

const char *subgroup_operation_name(subgroup_operation operation)
{
    return NAMES[operation];
}

void subgroup_describe(const subgroup_call *call, char *out, size_t size_bytes)
{
    static const char *const forms[] = {", reduced", ", scanned inclusively",
                                        ", scanned exclusively", ""};
    const subgroup_operation operation = call->operation;
    const bool has_form = operation < SUBGROUP_ARITHMETIC_COUNT || operation == SUBGROUP_BIT_COUNT;
    const bool is_clustered =
        (operation < SUBGROUP_ARITHMETIC_COUNT && call->form == SUBGROUP_CLUSTERED) ||
        operation == SUBGROUP_ROTATE_CLUSTERS;
    const bool has_operand = operation == SUBGROUP_BROADCAST ||
                             operation == SUBGROUP_QUAD_BROADCAST ||
                             operation == SUBGROUP_QUAD_SWAP;
    snprintf(out, size_bytes, "%s%s", NAMES[operation], has_form ? forms[call->form] : "");
    if (is_clustered || has_operand)
        snprintf(out + strlen(out), size_bytes - strlen(out),
                 is_clustered ? " in clusters of %u" : " %u", call->operand);
}

static uint64_t mask_of(uint32_t bits)
{
    return UINT64_MAX >> (64 - bits);
}

static int64_t signed_of(uint32_t bits, uint64_t value)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1);
    return (int64_t)((value ^ sign) - sign);
}

// The value that changes nothing.
static uint64_t identity(const subgroup_type *type, subgroup_operation operation)
{
    const uint64_t all = mask_of(type->bits), half = all >> 1;
    const bool is_float = type->class == SUBGROUP_FLOAT, is_bool = type->class == SUBGROUP_BOOL;
    switch (operation) {
    case SUBGROUP_MUL:
        return type->one;
    case SUBGROUP_MIN:
        return is_float                         ? exact_encode(type->format, INFINITY)
               : type->class == SUBGROUP_SIGNED ? half
                                                : all;
    case SUBGROUP_MAX:
        return is_float                         ? exact_encode(type->format, -INFINITY)
               : type->class == SUBGROUP_SIGNED ? half + 1
                                                : 0;
    case SUBGROUP_AND:
        return is_bool ? 1 : all;
    default: // SUBGROUP_ADD, SUBGROUP_OR, SUBGROUP_XOR
        return 0;
    }
}

static uint64_t combine_floats(const exact_format *format, subgroup_operation operation, uint64_t a,
                               uint64_t b)
{
    const double x = exact_decode(format, a), y = exact_decode(format, b);
    const double result = operation == SUBGROUP_ADD   ? x + y
                          : operation == SUBGROUP_MUL ? x * y
                          : operation == SUBGROUP_MIN ? fmin(x, y)
                                                      : fmax(x, y);
    return exact_encode(format, result);
}

static uint64_t combine(const subgroup_type *type, subgroup_operation operation, uint64_t a,
                        uint64_t b)
{
    if (type->class == SUBGROUP_FLOAT)
        return combine_floats(type->format, operation, a, b);
    const bool is_signed = type->class == SUBGROUP_SIGNED;
    const bool less = is_signed ? signed_of(type->bits, a) < signed_of(type->bits, b) : a < b;
    switch (operation) {
    case SUBGROUP_ADD:
        return (a + b) & mask_of(type->bits);
    case SUBGROUP_MUL:
        return (a * b) & mask_of(type->bits);
    case SUBGROUP_MIN:
        return less ? a : b;
    case SUBGROUP_MAX:
        return less ? b : a;
    case SUBGROUP_AND:
        return a & b;
    case SUBGROUP_OR:
        return a | b;
    default: // SUBGROUP_XOR
        return a ^ b;
    }
}

static uint64_t expect_arithmetic(const subgroup_type *type, const subgroup_call *call,
                                  const subgroup_lanes *lanes, uint32_t self, uint32_t component)
{
    uint32_t begin = 0, end = SUBGROUP_MAX_LANES;
    if (call->form == SUBGROUP_CLUSTERED) {
        begin = self / call->operand * call->operand;
        end = begin + call->operand;
    } else if (call->form == SUBGROUP_INCLUSIVE) {
        end = self + 1;
    } else if (call->form == SUBGROUP_EXCLUSIVE) {
        end = self;
    }
    uint64_t result = identity(type, call->operation);
    for (uint32_t i = begin; i < end; i++)
        if (lanes->active[i])
            result = combine(type, call->operation, result, lanes->x[i][component]);
    return result;
}

static uint32_t first_active(const subgroup_lanes *lanes)
{
    uint32_t first = 0;
    while (first < SUBGROUP_MAX_LANES && !lanes->active[first])
        first++;
    return first;
}

// The lane whose value `self` gets; it need not be one that is active or exists.
static uint32_t source(const subgroup_call *call, const subgroup_lanes *lanes, uint32_t self)
{
    const uint32_t argument = lanes->argument[self], quad = self & ~3u;
    uint32_t cluster = lanes->size;
    switch (call->operation) {
    case SUBGROUP_BROADCAST:
        return call->operand;
    case SUBGROUP_BROADCAST_FIRST:
        return first_active(lanes);
    case SUBGROUP_SHUFFLE:
        return argument;
    case SUBGROUP_SHUFFLE_XOR:
        return self ^ argument;
    case SUBGROUP_SHUFFLE_UP:
        return self - argument;
    case SUBGROUP_SHUFFLE_DOWN:
        return self + argument;
    case SUBGROUP_QUAD_BROADCAST:
        return quad + call->operand;
    case SUBGROUP_QUAD_SWAP:
        return self ^ (call->operand + 1);
    case SUBGROUP_ROTATE_CLUSTERS:
        cluster = call->operand;
        break;
    default: // SUBGROUP_ROTATE
        break;
    }
    return self / cluster * cluster + (self + lanes->rotation) % cluster;
}

static bool expect_exchange(const subgroup_call *call, const subgroup_lanes *lanes, uint32_t self,
                            uint32_t components, uint64_t result[4])
{
    const uint32_t from = source(call, lanes, self);
    if (from >= lanes->size || from >= SUBGROUP_MAX_LANES || !lanes->active[from])
        return false;
    memcpy(result, lanes->x[from], components * sizeof *result);
    return true;
}

static uint64_t expect_vote(const subgroup_call *call, const subgroup_lanes *lanes,
                            uint32_t components)
{
    const uint32_t first = first_active(lanes);
    bool equal = true, all = true, any = false;
    for (uint32_t i = 0; i < SUBGROUP_MAX_LANES; i++) {
        if (!lanes->active[i])
            continue;
        equal &= memcmp(lanes->x[i], lanes->x[first], components * sizeof(uint64_t)) == 0;
        all &= lanes->x[i][0] != 0;
        any |= lanes->x[i][0] != 0;
    }
    return call->operation == SUBGROUP_ALL ? all : call->operation == SUBGROUP_ANY ? any : equal;
}

static bool bit_of(const uint64_t words[4], uint32_t bit)
{
    return words[bit / 32] >> bit % 32 & 1;
}

// How many of the bits below `end` are set, the lowest and the highest of them.
typedef struct bit_facts {
    uint32_t count, lowest, highest;
} bit_facts;

static bit_facts facts_of(const uint64_t words[4], uint32_t end)
{
    bit_facts facts = {0, 0, 0};
    for (uint32_t i = 0; i < end; i++) {
        if (!bit_of(words, i))
            continue;
        facts.lowest = facts.count == 0 ? i : facts.lowest;
        facts.highest = i;
        facts.count++;
    }
    return facts;
}

// Bits beyond the last lane count for nothing.
static bool expect_words(const subgroup_call *call, const subgroup_lanes *lanes, uint32_t self,
                         uint64_t result[4])
{
    const uint64_t *own = lanes->x[self];
    const bit_facts facts = facts_of(own, lanes->size);
    memset(result, 0, 4 * sizeof *result);
    switch (call->operation) {
    case SUBGROUP_BALLOT:
        for (uint32_t i = 0; i < SUBGROUP_MAX_LANES; i++)
            result[i / 32] |= (uint64_t)(lanes->active[i] && (lanes->x[i][0] & 1)) << i % 32;
        return true;
    case SUBGROUP_INVERSE_BALLOT:
        result[0] = own[0] & 1;
        return true;
    case SUBGROUP_BIT_EXTRACT:
        result[0] = bit_of(own, lanes->argument[self] % lanes->size);
        return lanes->argument[self] < lanes->size;
    case SUBGROUP_BIT_COUNT:
        result[0] = call->form == SUBGROUP_REDUCE      ? facts.count
                    : call->form == SUBGROUP_INCLUSIVE ? facts_of(own, self + 1).count
                                                       : facts_of(own, self).count;
        return true;
    case SUBGROUP_FIND_LSB:
        result[0] = facts.lowest;
        return facts.count > 0;
    default: // SUBGROUP_FIND_MSB
        result[0] = facts.highest;
        return facts.count > 0;
    }
}

bool subgroup_expect(const subgroup_type *type, const subgroup_call *call,
                     const subgroup_lanes *lanes, uint32_t self, uint32_t components,
                     uint64_t result[4])
{
    if (subgroup_is_of_words(call->operation))
        return expect_words(call, lanes, self, result);
    if (call->operation >= SUBGROUP_ALL_EQUAL) {
        result[0] = expect_vote(call, lanes, components) ? type->one : 0;
        return true;
    }
    if (call->operation >= SUBGROUP_ARITHMETIC_COUNT)
        return expect_exchange(call, lanes, self, components, result);
    for (uint32_t i = 0; i < components; i++)
        result[i] = expect_arithmetic(type, call, lanes, self, i);
    return true;
}
