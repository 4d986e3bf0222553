#include "bind_push.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "arguments.h"
#include "bind_names.h"
#include "bind_scalar.h"
#include "reflect.h"
#include "reflect_module.h"

// Beyond these no device goes; they keep a damaged module from becoming endless text.
enum { MAX_PUSH_BYTES = 1 << 16, MAX_DEPTH = 8, MAX_DIMENSIONS = 6, MAX_MEMBERS = 1024 };

typedef struct writer {
    const kro__module *module;
    const char *name; // of the shader, which begins the names of the structs
    cli_names types;
    uint32_t member_count;
    kt_text *out, *problem;
} writer;

// A member as C has it: `type name[dimensions]`.
typedef struct field {
    const char *name; // of the scope
    char path[256];   // through the structs around it, "lights.cell"; "" for all push constants
    const char *type;
    uint64_t offset;
    uint64_t dimensions[MAX_DIMENSIONS];
    unsigned dimension_count;
    uint64_t bytes, align;
    char note[64]; // what the type does not say
} field;

static bool write_struct(writer *w, uint32_t definition, uint64_t stride_bytes, unsigned depth,
                         field *out);

static bool refuse(writer *w, const field *f, const char *why)
{
    return kt_refuse(w->problem,
                     "the push constant%s%s%s %s: fill the bytes by hand and call kro_dispatch",
                     *f->path ? " '" : " block", f->path, *f->path ? "'" : "", why);
}

static const uint32_t *words_of(const kro__module *module, uint32_t definition)
{
    return module->definitions[definition].words;
}

static bool add_dimension(writer *w, field *f, uint64_t length)
{
    if (f->dimension_count == MAX_DIMENSIONS)
        return refuse(w, f, "has more dimensions than a generated struct can have");
    f->dimensions[f->dimension_count++] = length;
    f->bytes = f->bytes <= MAX_PUSH_BYTES ? f->bytes * length : f->bytes;
    return true;
}

static bool describe_scalar(writer *w, uint32_t type, field *f)
{
    cli_scalar scalar = cli_scalar_of(w->module, type);
    if (!scalar.c_type || scalar.kind == CLI_SCALAR_BOOL)
        return refuse(w, f, "has a type that C has no number for");
    f->type = scalar.c_type;
    f->bytes = f->align = scalar.bytes;
    if (scalar.kind == CLI_SCALAR_FLOAT && scalar.bytes == 2)
        snprintf(f->note, sizeof f->note, ", the bits of a half");
    return true;
}

static bool describe_vector(writer *w, uint32_t type, uint64_t stride, field *f)
{
    const uint32_t *words = words_of(w->module, type);
    if (!describe_scalar(w, kro__find(w->module, kro__operand(words, 2)), f))
        return false;
    uint64_t scalar_bytes = f->bytes, count = kro__operand(words, 3);
    // Elements of an array may be further apart than they are long.
    uint64_t slots = stride && stride % scalar_bytes == 0 ? stride / scalar_bytes : count;
    if (slots > count)
        snprintf(f->note, sizeof f->note, ", the first %" PRIu64 " of each %" PRIu64 " count",
                 count, slots);
    return add_dimension(w, f, slots > count ? slots : count);
}

static bool describe_matrix(writer *w, uint32_t type, const kro__decorations *decorations, field *f)
{
    const uint32_t *words = words_of(w->module, type);
    uint32_t column = kro__find(w->module, kro__operand(words, 2));
    if (kro__opcode_of(words_of(w->module, column)) != SpvOpTypeVector ||
        !describe_scalar(w, kro__find(w->module, kro__operand(words_of(w->module, column), 2)), f))
        return refuse(w, f, "is a matrix of a kind that is not known");
    uint64_t columns = kro__operand(words, 3), rows = kro__operand(words_of(w->module, column), 3);
    bool row_major = kro__has_decoration(decorations, KRO__DECORATION_ROW_MAJOR);
    uint64_t lines = row_major ? rows : columns, line = row_major ? columns : rows;
    uint64_t stride = decorations->value[KRO__DECORATION_MATRIX_STRIDE];
    if (stride % f->bytes != 0 || stride / f->bytes < line)
        return refuse(w, f, "is a matrix whose lines overlap");
    snprintf(f->note, sizeof f->note, ", a %" PRIu64 "x%" PRIu64 " matrix as [%s][%s]", columns,
             rows, row_major ? "row" : "column", row_major ? "column" : "row");
    uint64_t slots = stride / f->bytes;
    return add_dimension(w, f, lines) && add_dimension(w, f, slots);
}

// What a member is without its arrays, whose innermost elements are `stride` bytes apart (0: no
// array).
static bool describe_element(writer *w, uint32_t type, uint64_t stride,
                             const kro__decorations *decorations, unsigned depth, field *f)
{
    switch (kro__opcode_of(words_of(w->module, type))) {
    case SpvOpTypeVector:
        return describe_vector(w, type, stride, f);
    case SpvOpTypeMatrix:
        return describe_matrix(w, type, decorations, f);
    case SpvOpTypeStruct:
        return write_struct(w, type, stride, depth + 1, f);
    case SpvOpTypePointer:
        f->type = "uint64_t";
        f->bytes = f->align = sizeof(uint64_t);
        snprintf(f->note, sizeof f->note, ", the address of a buffer");
        return true;
    default:
        if (!describe_scalar(w, type, f))
            return false;
        if (stride <= f->bytes || stride % f->bytes != 0)
            return true;
        snprintf(f->note, sizeof f->note, ", the first of each %" PRIu64 " counts",
                 stride / f->bytes);
        return add_dimension(w, f, stride / f->bytes);
    }
}

static bool is_specialized(const kro__module *module, uint32_t definition)
{
    uint32_t opcode = kro__definition_opcode(module, definition);
    return opcode >= SpvOpSpecConstantTrue && opcode <= SpvOpSpecConstantOp;
}

// Peels the arrays off a member's type, outermost first.
//
// Returns: false after a refusal; `*count` are the arrays.
static bool peel_arrays(writer *w, const field *f, uint32_t *type, uint64_t *lengths,
                        uint64_t *strides, unsigned *count)
{
    for (*count = 0; kro__definition_opcode(w->module, *type) == SpvOpTypeArray; ++*count) {
        const kro__definition *array = &w->module->definitions[*type];
        uint32_t length = kro__find(w->module, kro__operand(array->words, 3));
        kro__value value = w->module->definitions[length].value;
        if (*count == MAX_DIMENSIONS)
            return refuse(w, f, "has more dimensions than a generated struct can have");
        if (is_specialized(w->module, length))
            return refuse(w, f, "has a length that depends on specialization constants");
        if (!value.known || value.bits == 0 || value.bits > MAX_PUSH_BYTES)
            return refuse(w, f, "has a length that cannot be");
        lengths[*count] = value.bits;
        strides[*count] = array->decorations.value[KRO__DECORATION_ARRAY_STRIDE];
        *type = kro__find(w->module, kro__operand(array->words, 2));
    }
    return true;
}

static bool describe(writer *w, uint32_t type, const kro__decorations *decorations, unsigned depth,
                     field *f)
{
    uint64_t lengths[MAX_DIMENSIONS], strides[MAX_DIMENSIONS];
    unsigned count;
    if (!peel_arrays(w, f, &type, lengths, strides, &count))
        return false;
    if (!describe_element(w, type, count ? strides[count - 1] : 0, decorations, depth, f))
        return false;
    if (f->bytes == 0 || f->bytes > MAX_PUSH_BYTES)
        return refuse(w, f, "has a size that cannot be");
    // C packs arrays: each element begins where the one before it ends.
    field inner = *f;
    f->dimension_count = 0;
    for (unsigned i = 0; i < count; i++)
        if (!add_dimension(w, f, lengths[i]))
            return false;
    for (unsigned i = 0; i < inner.dimension_count; i++)
        if (!add_dimension(w, f, inner.dimensions[i]))
            return false;
    f->bytes = inner.bytes;
    for (unsigned i = count; i-- > 0;) {
        if (strides[i] != f->bytes)
            return refuse(w, f, "is an array that is spaced as no array in C is");
        f->bytes *= lengths[i];
        if (f->bytes > MAX_PUSH_BYTES)
            return refuse(w, f, "is longer than any push constants");
    }
    return true;
}

// The name of a member; empty where the module has none.
static void member_name(const kro__module *module, uint32_t struct_id, uint32_t index, char *out,
                        uint32_t size_bytes)
{
    *out = '\0';
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at))
        if (kro__opcode_of(at) == SpvOpMemberName && kro__operand(at, 1) == struct_id &&
            kro__operand(at, 2) == index)
            kro__string(at, 3, out, size_bytes);
}

static kro__decorations member_decorations(const kro__module *module, uint32_t definition,
                                           uint32_t index)
{
    kro__decorations all = {0};
    for (uint32_t i = module->definitions[definition].first_member; i; i = module->members[i].next)
        if (module->members[i].index == index)
            kro__merge_decorations(&all, &module->members[i].decorations);
    return all;
}

static int by_offset(const void *left, const void *right)
{
    const field *a = left, *b = right;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

// Fills the members of a struct, in the order of their offsets.
static bool describe_members(writer *w, uint32_t definition, const char *path, unsigned depth,
                             cli_names *names, field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char name[128], number[24];
        field *f = &fields[i];
        kro__decorations decorations = member_decorations(w->module, definition, i);
        member_name(w->module, w->module->definitions[definition].id, i, name, sizeof name);
        snprintf(number, sizeof number, "member_%u", i);
        f->name = cli_names_add(names, name, number);
        snprintf(f->path, sizeof f->path, "%.*s%s%.100s", 150, path, *path ? "." : "", f->name);
        if (!kro__has_decoration(&decorations, KRO__DECORATION_OFFSET))
            return refuse(w, f, "has no offset");
        f->offset = decorations.value[KRO__DECORATION_OFFSET];
        uint32_t type = kro__find(w->module, words_of(w->module, definition)[2 + i]);
        if (!describe(w, type, &decorations, depth, f))
            return false;
        if (f->offset % f->align != 0)
            return refuse(w, f, "lies where C puts no value of its type");
    }
    qsort(fields, count, sizeof *fields, by_offset);
    return true;
}

static void append_padding(kt_text *text, uint64_t at, uint64_t bytes)
{
    kt_text_format(text, "    uint8_t padding_at_%" PRIu64 "[%" PRIu64 "];\n", at, bytes);
}

static void append_field(kt_text *text, const field *f)
{
    kt_text_format(text, "    %s %s", f->type, f->name);
    for (unsigned i = 0; i < f->dimension_count; i++)
        kt_text_format(text, "[%" PRIu64 "]", f->dimensions[i]);
    kt_text_format(text, "; // at %" PRIu64 "%s\n", f->offset, f->note);
}

// Appends the members to `body`, and to `checks` where they must lie.
static bool lay_out(writer *w, const field *fields, uint32_t count, const char *type_name,
                    kt_text *body, kt_text *checks, field *whole)
{
    uint64_t end = 0, align = 1;
    for (uint32_t i = 0; i < count; i++) {
        const field *f = &fields[i];
        uint64_t natural = (end + f->align - 1) / f->align * f->align;
        if (f->offset < end)
            return refuse(w, f, "begins before the one in front of it ends in C");
        if (f->offset > MAX_PUSH_BYTES)
            return refuse(w, f, "lies behind the end of any push constants");
        if (f->offset != natural)
            append_padding(body, end, f->offset - end);
        append_field(body, f);
        kt_text_format(checks, "static_assert(offsetof(%s, %s) == %" PRIu64 ", \"%s.%s\");\n",
                       type_name, f->name, f->offset, type_name, f->name);
        end = f->offset + f->bytes;
        align = f->align > align ? f->align : align;
    }
    whole->bytes = end;
    whole->align = align;
    return true;
}

// Gives a struct the size that the array around it wants (0: the size that C gives it).
static bool close_struct(writer *w, uint64_t stride_bytes, const char *type_name, kt_text *body,
                         kt_text *checks, field *whole)
{
    uint64_t natural = (whole->bytes + whole->align - 1) / whole->align * whole->align;
    if (stride_bytes && (stride_bytes < natural || stride_bytes % whole->align != 0))
        return refuse(w, whole, "is an array that is spaced as no array in C is");
    if (stride_bytes > MAX_PUSH_BYTES)
        return refuse(w, whole, "is longer than any push constants");
    if (stride_bytes > natural)
        append_padding(body, whole->bytes, stride_bytes - whole->bytes);
    whole->bytes = stride_bytes ? stride_bytes : natural;
    kt_text_format(checks, "static_assert(sizeof(%s) == %" PRIu64 ", \"%s\");\n", type_name,
                   whole->bytes, type_name);
    return true;
}

// Appends a struct, behind those that it holds. `out` is the member that has it.
static bool write_struct(writer *w, uint32_t definition, uint64_t stride_bytes, unsigned depth,
                         field *out)
{
    uint32_t count = kro__word_count(words_of(w->module, definition)) - 2;
    if (depth > MAX_DEPTH || count > MAX_MEMBERS - w->member_count)
        return refuse(w, out, "holds more structs or members than a generated struct can");
    if (count == 0)
        return refuse(w, out, "is a struct without members");
    w->member_count += count;
    bool right = false;
    cli_names names = {0};
    kt_text body = {0}, checks = {0}, wanted = {0};
    field *fields = kt_memory(count, sizeof *fields);
    kt_text_format(&wanted, "%s_push%s%s", w->name, *out->path ? "_" : "", out->path);
    const char *type_name = cli_names_add(&w->types, kt_text_string(&wanted), "push");
    if (!describe_members(w, definition, out->path, depth, &names, fields, count) ||
        !lay_out(w, fields, count, type_name, &body, &checks, out) ||
        !close_struct(w, stride_bytes, type_name, &body, &checks, out))
        goto done;
    kt_text_format(w->out, "typedef struct %s {\n%s} %s;\n%s\n", type_name, kt_text_string(&body),
                   type_name, kt_text_string(&checks));
    out->type = type_name;
    right = true;
done:
    kt_text_finish(&wanted);
    kt_text_finish(&checks);
    kt_text_finish(&body);
    cli_names_finish(&names);
    free(fields);
    return right;
}

// Whether the entry point's interface lists a variable, as SPIR-V 1.4 and later do.
static bool is_listed(const kro__module *module, const char *entry_point, uint32_t variable_id)
{
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        if (kro__opcode_of(at) != SpvOpEntryPoint || !kro__string_is(at, 3, entry_point))
            continue;
        for (uint32_t i = 3 + kro__string(at, 3, NULL, 0); i < kro__word_count(at); i++)
            if (at[i] == variable_id)
                return true;
    }
    return false;
}

// The struct of the push constants; 0 where it is not clear which one is meant.
static uint32_t find_block(const kro__module *module, const char *entry_point)
{
    uint32_t blocks[2] = {0}, counts[2] = {0}; // of all variables; of those that are listed
    for (uint32_t i = 1; i < module->definition_count; i++) {
        const uint32_t *words = module->definitions[i].words;
        if (kro__opcode_of(words) != SpvOpVariable ||
            kro__operand(words, 3) != SpvStorageClassPushConstant)
            continue;
        uint32_t pointer = module->definitions[i].type;
        uint32_t block = kro__find(module, kro__operand(words_of(module, pointer), 3));
        bool listed = is_listed(module, entry_point, module->definitions[i].id);
        for (int j = 0; j < 1 + listed; j++) {
            blocks[j] = block;
            counts[j]++;
        }
    }
    uint32_t block = counts[0] == 1 ? blocks[0] : counts[1] == 1 ? blocks[1] : 0;
    return kro__definition_opcode(module, block) == SpvOpTypeStruct ? block : 0;
}

bool cli_bind_push(const kro__module *module, const kro__reflection *reflection, const char *name,
                   kt_text *out, kt_text *problem)
{
    if (reflection->push_bytes == 0)
        return true;
    writer w = {.module = module, .name = name, .out = out, .problem = problem};
    field whole = {.path = ""};
    uint32_t block = find_block(module, reflection->entry_point);
    kt_text_format(out, "// Push constants.\n");
    bool right = block ? write_struct(&w, block, 0, 0, &whole)
                       : refuse(&w, &whole, "is one of several, and it is not clear which");
    if (right) {
        kt_text_format(out, "#define ");
        cli_append_capitals(out, name);
        kt_text_format(out, "_PUSH_BYTES %" PRIu32 "u\n\n", reflection->push_bytes);
    }
    cli_names_finish(&w.types);
    return right;
}
