#include "reflect_demands.h"

#include <spirv/unified1/spirv.h>

#include "reflect_opcodes.h"

#define BIT(demand) (UINT32_C(1) << (demand))

// Definitions of the types of a value and of what a pointer points into.
static uint32_t type_of(const kro__module *module, uint32_t id)
{
    return module->definitions[kro__find(module, id)].type;
}

static uint32_t storage_class(const kro__module *module, uint32_t pointer_id)
{
    uint32_t type = type_of(module, pointer_id), opcode = kro__definition_opcode(module, type);
    if (opcode != SpvOpTypePointer && opcode != KRO__OP_TYPE_UNTYPED_POINTER)
        return SpvStorageClassMax;
    return kro__operand(module->definitions[type].words, 2);
}

// The demand of an atomic instruction on a buffer; KRO__DEMAND_COUNT where there is none. `floats`
// is the demand of 16-bit floats, behind which 32 and 64 bits stand; KRO__DEMAND_COUNT where the
// instruction takes integers only.
static kro__demand by_type(const kro__module *module, uint32_t type, kro__demand floats)
{
    uint32_t opcode = kro__definition_opcode(module, type);
    uint32_t width = kro__operand(module->definitions[type].words, 2);
    if (opcode == SpvOpTypeInt && width == 64)
        return KRO__DEMAND_INT64_ATOMICS;
    if (opcode != SpvOpTypeFloat || floats == KRO__DEMAND_COUNT)
        return KRO__DEMAND_COUNT;
    switch (width) {
    case 16:
        return floats;
    case 32:
        return floats + 1;
    case 64:
        return floats + 2;
    default:
        return KRO__DEMAND_COUNT;
    }
}

static uint32_t atomic_demand(const kro__module *module, const uint32_t *at, kro__demand floats)
{
    bool stores = kro__opcode_of(at) == SpvOpAtomicStore;
    uint32_t type = stores ? type_of(module, kro__operand(at, 4)) : kro__find(module, at[1]);
    kro__demand demand = by_type(module, type, floats);
    if (demand == KRO__DEMAND_COUNT)
        return 0;
    switch (storage_class(module, kro__operand(at, stores ? 1 : 3))) {
    case SpvStorageClassStorageBuffer:
    case SpvStorageClassUniform: // with BufferBlock, as SPIR-V 1.0 has it
    case SpvStorageClassPhysicalStorageBuffer:
        return BIT(demand);
    case SpvStorageClassWorkgroup:
        return BIT(demand + KRO__DEMAND_SHARED);
    default:
        return 0;
    }
}

static bool is_constant(const kro__module *module, uint32_t id)
{
    const kro__opcode *row =
        kro__opcode_find(kro__definition_opcode(module, kro__find(module, id)));
    return row->role == KRO__ROLE_CONSTANT;
}

// An access chain into arrays of buffers: `type` is what its base points to, and its indices start
// at word `first`.
static uint32_t chain_demand(const kro__module *module, const uint32_t *at, uint32_t type,
                             uint32_t class, uint32_t first)
{
    const kro__decorations *block =
        &module->definitions[module->definitions[type].layout.element].decorations;
    bool storage = class == SpvStorageClassStorageBuffer ||
                   kro__has_decoration(block, KRO__DECORATION_BUFFER_BLOCK);
    if (class != SpvStorageClassStorageBuffer && class != SpvStorageClassUniform)
        return 0;
    // Arrays inside of a buffer are no arrays of buffers: their elements are no blocks.
    if (!kro__has_decoration(block, KRO__DECORATION_BLOCK) &&
        !kro__has_decoration(block, KRO__DECORATION_BUFFER_BLOCK))
        return 0;
    for (uint32_t i = first; i < kro__word_count(at); i++) {
        uint32_t opcode = kro__definition_opcode(module, type);
        if (opcode != SpvOpTypeArray && opcode != SpvOpTypeRuntimeArray)
            return 0;
        if (!is_constant(module, at[i]))
            return storage ? BIT(KRO__DEMAND_STORAGE_ARRAY_INDEXING)
                           : BIT(KRO__DEMAND_UNIFORM_ARRAY_INDEXING);
        type = kro__find(module, kro__operand(module->definitions[type].words, 2));
    }
    return 0;
}

// Typed chains take the type from their base, which is word 3; untyped ones name it before.
static uint32_t typed_chain_demand(const kro__module *module, const uint32_t *at, uint32_t first)
{
    uint32_t base = kro__operand(at, 3);
    const uint32_t *pointer = module->definitions[type_of(module, base)].words;
    return chain_demand(module, at, kro__find(module, kro__operand(pointer, 3)),
                        storage_class(module, base), first);
}

static uint32_t untyped_chain_demand(const kro__module *module, const uint32_t *at, uint32_t first)
{
    return chain_demand(module, at, kro__find(module, kro__operand(at, 3)),
                        storage_class(module, kro__operand(at, 4)), first);
}

uint32_t kro__demands_of(const kro__module *module, const uint32_t *at)
{
    switch (kro__opcode_of(at)) {
    case SpvOpAtomicLoad:
    case SpvOpAtomicStore:
    case SpvOpAtomicExchange:
        return atomic_demand(module, at, KRO__DEMAND_FLOAT16_ATOMICS);
    case SpvOpAtomicFAddEXT:
        return atomic_demand(module, at, KRO__DEMAND_FLOAT16_ADD);
    case SpvOpAtomicFMinEXT:
    case SpvOpAtomicFMaxEXT:
        return atomic_demand(module, at, KRO__DEMAND_FLOAT16_MIN_MAX);
    case SpvOpAtomicCompareExchange:
    case SpvOpAtomicCompareExchangeWeak:
    case SpvOpAtomicIIncrement:
    case SpvOpAtomicIDecrement:
    case SpvOpAtomicIAdd:
    case SpvOpAtomicISub:
    case SpvOpAtomicSMin:
    case SpvOpAtomicUMin:
    case SpvOpAtomicSMax:
    case SpvOpAtomicUMax:
    case SpvOpAtomicAnd:
    case SpvOpAtomicOr:
    case SpvOpAtomicXor:
        return atomic_demand(module, at, KRO__DEMAND_COUNT);
    case SpvOpAccessChain:
    case SpvOpInBoundsAccessChain:
        return typed_chain_demand(module, at, 4);
    case SpvOpPtrAccessChain:
    case SpvOpInBoundsPtrAccessChain:
        return typed_chain_demand(module, at, 5);
    case KRO__OP_UNTYPED_ACCESS_CHAIN:
    case KRO__OP_UNTYPED_IN_BOUNDS_ACCESS_CHAIN:
        return untyped_chain_demand(module, at, 5);
    case KRO__OP_UNTYPED_PTR_ACCESS_CHAIN:
    case KRO__OP_UNTYPED_IN_BOUNDS_PTR_ACCESS_CHAIN:
        return untyped_chain_demand(module, at, 6);
    default:
        return 0;
    }
}
