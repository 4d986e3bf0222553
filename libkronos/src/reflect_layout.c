#include "reflect_layout.h"

#include <stdlib.h>

#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "reflect_opcodes.h"

enum { POINTER_BYTES = 8, BOOL_BYTES = 4 };

uint64_t kro__add_sizes(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

uint64_t kro__multiply_sizes(uint64_t a, uint64_t b)
{
    return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

uint64_t kro__align_size(uint64_t size, uint64_t align)
{
    uint64_t above = size % align;
    return above ? kro__add_sizes(size, align - above) : size;
}

// The definition of a type that another type is made of.
static kro_status component(const kro__module *module, uint32_t whole, uint32_t id, uint32_t *out)
{
    uint32_t part = kro__find(module, id);
    uint32_t opcode = kro__definition_opcode(module, part);
    const kro__opcode *row = kro__opcode_find(opcode);
    *out = part;
    if (part == 0 && module->unknown_globals)
        return KRO_OK; // a type that a newer SPIR-V knows
    bool is_type = part != 0 && row->role == KRO__ROLE_TYPE;
    if (is_type && (part < whole || opcode == SpvOpTypePointer))
        return KRO_OK;
    return kro__fail(KRO_ERROR_INVALID_SHADER,
                     "shader '%s' is damaged: type id %u is made of id %u, which is no type "
                     "declared before it",
                     module->label, module->definitions[whole].id, id);
}

// A pointer may be declared after the struct that holds it; it is the same size anyway.
static kro__type layout_of(const kro__module *module, uint32_t type)
{
    uint32_t opcode = kro__definition_opcode(module, type);
    if (opcode == SpvOpTypePointer || opcode == KRO__OP_TYPE_UNTYPED_POINTER)
        return (kro__type){
            .bytes = POINTER_BYTES,
            .std430_bytes = POINTER_BYTES,
            .std430_align = POINTER_BYTES,
            .element_count = 1,
            .element = type,
            .has_pointers = true,
        };
    kro__type layout = module->definitions[type].layout;
    if (layout.std430_align == 0)
        layout.std430_align = 1;
    return layout;
}

static void set_size(kro__type *layout, uint64_t bytes, uint64_t align)
{
    layout->bytes = layout->std430_bytes = bytes;
    layout->std430_align = align ? align : 1;
}

static kro_status evaluate_vector(const kro__module *module, uint32_t definition, kro__type *layout)
{
    const uint32_t *words = module->definitions[definition].words;
    uint32_t scalar, count = kro__operand(words, 3);
    kro_status status = component(module, definition, kro__operand(words, 2), &scalar);
    if (status < 0)
        return status;
    uint64_t bytes = layout_of(module, scalar).bytes;
    set_size(layout, kro__multiply_sizes(bytes, count),
             kro__multiply_sizes(bytes, count == 3 ? 4 : count));
    return KRO_OK;
}

static kro_status evaluate_matrix(const kro__module *module, uint32_t definition, kro__type *layout)
{
    const uint32_t *words = module->definitions[definition].words;
    uint32_t column, count = kro__operand(words, 3);
    kro_status status = component(module, definition, kro__operand(words, 2), &column);
    if (status < 0)
        return status;
    kro__type inner = layout_of(module, column);
    layout->bytes = kro__multiply_sizes(inner.bytes, count);
    layout->std430_align = inner.std430_align;
    layout->std430_bytes =
        kro__multiply_sizes(kro__align_size(inner.std430_bytes, inner.std430_align), count);
    return KRO_OK;
}

static kro_status evaluate_array(const kro__module *module, uint32_t definition, bool runtime,
                                 kro__type *layout)
{
    const kro__definition *array = &module->definitions[definition];
    uint32_t element, length = kro__find(module, kro__operand(array->words, 3));
    kro_status status = component(module, definition, kro__operand(array->words, 2), &element);
    if (status < 0)
        return status;
    kro__type inner = layout_of(module, element);
    uint64_t stride = array->decorations.value[KRO__DECORATION_ARRAY_STRIDE];
    kro__value count = runtime ? (kro__value){0} : module->definitions[length].value;
    if (!runtime && length == 0 && !module->unknown_globals)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is damaged: nothing defines the length of array type id %u",
                         module->label, array->id);
    layout->element = inner.element;
    layout->has_pointers = inner.has_pointers;
    layout->unsized = runtime || inner.unsized;
    layout->unknown = inner.unknown;
    if (!runtime && !count.known)
        layout->unknown = length ? length : definition;
    layout->stride_bytes = runtime ? stride : inner.stride_bytes;
    layout->element_count = kro__multiply_sizes(inner.element_count, count.bits);
    layout->std430_align = inner.std430_align;
    layout->std430_bytes =
        kro__multiply_sizes(kro__align_size(inner.std430_bytes, inner.std430_align), count.bits);
    if (count.bits)
        layout->bytes = kro__add_sizes(kro__multiply_sizes(stride, count.bits - 1), inner.bytes);
    return KRO_OK;
}

// The bytes of a member. A matrix in it is spaced by the member's own MatrixStride, not by its
// type.
static uint64_t member_bytes(const kro__module *module, const kro__type *member,
                             const kro__decorations *decorations)
{
    const kro__definition *matrix = &module->definitions[member->element];
    uint64_t stride = decorations->value[KRO__DECORATION_MATRIX_STRIDE];
    if (kro__opcode_of(matrix->words) != SpvOpTypeMatrix || stride == 0 || member->bytes == 0)
        return member->bytes;
    uint32_t columns = kro__operand(matrix->words, 3);
    const kro__definition *column =
        &module->definitions[kro__find(module, kro__operand(matrix->words, 2))];
    uint32_t rows = kro__operand(column->words, 3);
    if (columns == 0 || rows == 0)
        return member->bytes;
    uint64_t scalar = column->layout.bytes / rows;
    bool row_major = kro__has_decoration(decorations, KRO__DECORATION_ROW_MAJOR);
    uint64_t lines = row_major ? rows : columns, line = row_major ? columns : rows;
    uint64_t spaced =
        kro__add_sizes(kro__multiply_sizes(stride, lines - 1), kro__multiply_sizes(scalar, line));
    return kro__add_sizes(member->bytes - matrix->layout.bytes, spaced);
}

static void append_member(const kro__module *module, kro__type *layout, const kro__type *member,
                          const kro__decorations *decorations)
{
    uint64_t offset = decorations->value[KRO__DECORATION_OFFSET];
    uint64_t end = kro__add_sizes(offset, member_bytes(module, member, decorations));
    // A runtime array adds no bytes of its own, but what stands before it counts.
    if (member->bytes && end > layout->bytes)
        layout->bytes = end;
    if (member->unsized)
        layout->stride_bytes = member->stride_bytes;
    if (!layout->unknown)
        layout->unknown = member->unknown;
    layout->has_pointers |= member->has_pointers;
    layout->std430_bytes = kro__add_sizes(
        kro__align_size(layout->std430_bytes, member->std430_align), member->std430_bytes);
    if (member->std430_align > layout->std430_align)
        layout->std430_align = member->std430_align;
}

static kro_status evaluate_struct(const kro__module *module, uint32_t definition, kro__type *layout)
{
    const kro__definition *whole = &module->definitions[definition];
    uint32_t count = kro__word_count(whole->words) - 2;
    kro_status status = KRO_OK;
    kro__decorations *decorations = calloc(count + 1, sizeof *decorations);
    if (!decorations)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "no host memory for a struct of %u members in shader '%s'", count,
                         module->label);
    for (uint32_t i = whole->first_member; i; i = module->members[i].next) {
        const kro__member *member = &module->members[i];
        if (member->index < count)
            kro__merge_decorations(&decorations[member->index], &member->decorations);
    }
    for (uint32_t i = 0; i < count && status == KRO_OK; i++) {
        uint32_t part;
        status = component(module, definition, whole->words[2 + i], &part);
        if (status == KRO_OK) {
            kro__type member = layout_of(module, part);
            append_member(module, layout, &member, &decorations[i]);
        }
    }
    free(decorations);
    layout->std430_bytes = kro__align_size(layout->std430_bytes, layout->std430_align);
    return status;
}

kro_status kro__type_evaluate(kro__module *module, uint32_t definition)
{
    const uint32_t *words = module->definitions[definition].words;
    kro__type layout = {.std430_align = 1, .element_count = 1, .element = definition};
    kro_status status = KRO_OK;
    switch (kro__opcode_of(words)) {
    case SpvOpTypeBool:
        set_size(&layout, BOOL_BYTES, BOOL_BYTES);
        break;
    case SpvOpTypeInt:
    case SpvOpTypeFloat:
        set_size(&layout, kro__operand(words, 2) / 8, kro__operand(words, 2) / 8);
        break;
    case SpvOpTypeVector:
        status = evaluate_vector(module, definition, &layout);
        break;
    case SpvOpTypeMatrix:
        status = evaluate_matrix(module, definition, &layout);
        break;
    case SpvOpTypeArray:
    case SpvOpTypeRuntimeArray:
        status = evaluate_array(module, definition, kro__opcode_of(words) == SpvOpTypeRuntimeArray,
                                &layout);
        break;
    case SpvOpTypeStruct:
        status = evaluate_struct(module, definition, &layout);
        break;
    case SpvOpTypePointer:
    case KRO__OP_TYPE_UNTYPED_POINTER:
        layout = layout_of(module, definition);
        break;
    default:
        break;
    }
    module->definitions[definition].layout = layout;
    return status;
}
