#include "reflect_bindings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "reflect_layout.h"
#include "reflect_opcodes.h"

enum { NAME_BYTES = 256 }; // longer names are cut

// A buffer variable on its way to a binding.
typedef struct resource {
    kro_binding_info info;
    uint32_t variable;
    const uint32_t *name; // OpName instruction; NULL: none
} resource;

typedef struct collector {
    const kro__module *module;
    const kro__code_accesses *accesses;
    kro__reflection *out;
    bool *listed; // per definition: in the entry point's interface
    resource *resources;
    uint32_t resource_count;
    uint64_t shared_blocks_bytes; // shared memory with its own layout: the blocks overlap
} collector;

static bool is_variable(uint32_t opcode)
{
    return opcode == SpvOpVariable || opcode == KRO__OP_UNTYPED_VARIABLE;
}

// The type of what a variable holds; 0 where an unknown instruction declares it.
static uint32_t data_type(const kro__module *module, uint32_t variable)
{
    const kro__definition *definition = &module->definitions[variable];
    if (kro__opcode_of(definition->words) == KRO__OP_UNTYPED_VARIABLE)
        return kro__find(module, kro__operand(definition->words, 4));
    const uint32_t *pointer = module->definitions[definition->type].words;
    return kro__find(module, kro__operand(pointer, 3));
}

// A variable's name, else its block's; an empty one counts as none.
static const uint32_t *name_of(const kro__module *module, uint32_t variable, uint32_t block)
{
    const uint32_t *name = module->definitions[variable].name;
    if (name && kro__operand(name, 2))
        return name;
    name = module->definitions[block].name;
    return name && kro__operand(name, 2) ? name : NULL;
}

// A variable as sentences name it.
typedef struct spelling {
    char text[NAME_BYTES + 80];
} spelling;

static spelling spell(const kro__module *module, uint32_t variable)
{
    const kro__definition *definition = &module->definitions[variable];
    const kro__decorations *decorations = &definition->decorations;
    const uint32_t *name =
        name_of(module, variable, module->definitions[data_type(module, variable)].layout.element);
    char text[NAME_BYTES] = "", place[48] = "";
    if (name)
        kro__string(name, 2, text, sizeof text);
    if (kro__has_decoration(decorations, KRO__DECORATION_BINDING))
        snprintf(place, sizeof place, ", set %u, binding %u",
                 decorations->value[KRO__DECORATION_SET],
                 decorations->value[KRO__DECORATION_BINDING]);
    spelling out;
    snprintf(out.text, sizeof out.text, "'%s' (id %u%s)", text, definition->id, place);
    return out;
}

static kro_status unsupported(const kro__module *module, uint32_t variable, const char *what)
{
    return kro__fail(KRO_ERROR_UNSUPPORTED,
                     "shader '%s': %s is %s; kernels reach storage and uniform buffers",
                     module->label, spell(module, variable).text, what);
}

static const char *describe_element(const uint32_t *type)
{
    switch (kro__opcode_of(type)) {
    case SpvOpTypeImage:
        return kro__operand(type, 3) == SpvDimBuffer ? "a texel buffer" : "an image";
    case SpvOpTypeSampler:
        return "a sampler";
    case SpvOpTypeSampledImage:
        return "a sampled image";
    case SpvOpTypeAccelerationStructureKHR:
        return "an acceleration structure";
    default:
        return "of a type that is not known";
    }
}

// A size that needs a constant which could not be evaluated.
static kro_status check_known(const kro__module *module, uint32_t variable, const kro__type *type)
{
    if (!type->unknown)
        return KRO_OK;
    return kro__fail(KRO_ERROR_UNSUPPORTED,
                     "shader '%s': the size of %s depends on constant id %u, an operation that is "
                     "not evaluated here; use integer arithmetic on specialization constants",
                     module->label, spell(module, variable).text,
                     module->definitions[type->unknown].id);
}

static kro_status add_buffer(collector *c, uint32_t variable, kro_binding_kind kind)
{
    const kro__module *module = c->module;
    const kro__definition *definition = &module->definitions[variable];
    const kro__type *whole = &module->definitions[data_type(module, variable)].layout;
    const kro__type *block = &module->definitions[whole->element].layout;
    uint32_t marks = c->accesses->bits[variable];
    if (!kro__has_decoration(&definition->decorations, KRO__DECORATION_SET) ||
        !kro__has_decoration(&definition->decorations, KRO__DECORATION_BINDING))
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s': buffer %s has no DescriptorSet or no Binding decoration",
                         module->label, spell(module, variable).text);
    if (whole->unsized)
        return unsupported(module, variable, "an array of buffers without a length");
    kro_status status = check_known(module, variable, whole);
    if (status == KRO_OK)
        status = check_known(module, variable, block);
    if (status < 0)
        return status;
    if (whole->element_count == 0 || whole->element_count > UINT32_MAX)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s': %s is an array of %llu buffers, at least 1 and at most %u "
                         "are possible",
                         module->label, spell(module, variable).text,
                         (unsigned long long)whole->element_count, UINT32_MAX);
    bool unknown = !c->accesses->knows_all_opcodes;
    c->resources[c->resource_count++] = (resource){
        .info =
            {
                .set = definition->decorations.value[KRO__DECORATION_SET],
                .binding = definition->decorations.value[KRO__DECORATION_BINDING],
                .count = (uint32_t)whole->element_count,
                .kind = kind,
                .reads = unknown || marks & KRO__ACCESS_READ,
                .writes = unknown || marks & KRO__ACCESS_WRITE,
                .min_bytes = block->bytes ? block->bytes : block->stride_bytes,
            },
        .variable = variable,
        .name = name_of(module, variable, whole->element),
    };
    return KRO_OK;
}

static kro_status add_uniform(collector *c, uint32_t variable)
{
    uint32_t block = c->module->definitions[data_type(c->module, variable)].layout.element;
    bool is_storage = kro__has_decoration(&c->module->definitions[block].decorations,
                                          KRO__DECORATION_BUFFER_BLOCK);
    return add_buffer(c, variable, is_storage ? KRO_BINDING_STORAGE : KRO_BINDING_UNIFORM);
}

// Buffers are structs. Anything else is an image or the like, which matters if the code uses it.
static kro_status add_resource(collector *c, uint32_t variable, uint32_t class)
{
    uint32_t element = c->module->definitions[data_type(c->module, variable)].layout.element;
    const uint32_t *type = c->module->definitions[element].words;
    if (kro__opcode_of(type) != SpvOpTypeStruct || class == SpvStorageClassUniformConstant)
        return c->accesses->bits[variable] & KRO__ACCESS_NAMED
                   ? unsupported(c->module, variable, describe_element(type))
                   : KRO_OK;
    return class == SpvStorageClassUniform ? add_uniform(c, variable)
                                           : add_buffer(c, variable, KRO_BINDING_STORAGE);
}

static kro_status add_push(collector *c, uint32_t variable)
{
    const kro__type *type = &c->module->definitions[data_type(c->module, variable)].layout;
    kro_status status = check_known(c->module, variable, type);
    uint32_t bytes = type->bytes < UINT32_MAX ? (uint32_t)type->bytes : UINT32_MAX;
    if (status == KRO_OK && bytes > c->out->push_bytes)
        c->out->push_bytes = bytes;
    return status;
}

// Vulkan counts shared memory as if std430 laid it out, one variable after the other; blocks with a
// layout of their own overlap (VkPhysicalDeviceLimits::maxComputeSharedMemorySize).
static kro_status add_shared(collector *c, uint32_t variable)
{
    uint32_t data = data_type(c->module, variable);
    const kro__definition *definition = &c->module->definitions[data];
    const kro__type *type = &definition->layout;
    kro_status status = check_known(c->module, variable, type);
    if (status < 0)
        return status;
    if (kro__has_decoration(&definition->decorations, KRO__DECORATION_BLOCK)) {
        if (type->bytes > c->shared_blocks_bytes)
            c->shared_blocks_bytes = type->bytes;
        return KRO_OK;
    }
    uint64_t align = type->std430_align ? type->std430_align : 1;
    c->out->shared_bytes =
        kro__add_sizes(kro__align_size(c->out->shared_bytes, align), type->std430_bytes);
    return KRO_OK;
}

static kro_status add_variable(collector *c, uint32_t variable)
{
    uint32_t class = kro__operand(c->module->definitions[variable].words, 3);
    bool belongs = c->accesses->bits[variable] & KRO__ACCESS_NAMED || c->listed[variable] ||
                   c->module->entry_point_count == 1;
    if (!belongs)
        return KRO_OK;
    switch (class) {
    case SpvStorageClassUniformConstant:
    case SpvStorageClassUniform:
    case SpvStorageClassStorageBuffer:
        return add_resource(c, variable, class);
    case SpvStorageClassPushConstant:
        return add_push(c, variable);
    case SpvStorageClassWorkgroup:
        return add_shared(c, variable);
    default:
        return KRO_OK;
    }
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

static int compare_resources(const void *left, const void *right)
{
    const resource *a = left, *b = right;
    if (a->info.set != b->info.set)
        return compare_u32(a->info.set, b->info.set);
    if (a->info.binding != b->info.binding)
        return compare_u32(a->info.binding, b->info.binding);
    return compare_u32(a->variable, b->variable);
}

// Makes one binding of the variables that share it.
static kro_status unite(collector *c)
{
    uint32_t kept = 0;
    for (uint32_t i = 1; i < c->resource_count; i++) {
        resource *a = &c->resources[kept], *b = &c->resources[i];
        if (a->info.set != b->info.set || a->info.binding != b->info.binding) {
            c->resources[++kept] = *b;
            continue;
        }
        if (a->info.kind != b->info.kind)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s': %s and %s share a binding, but one is a storage buffer "
                             "and one a uniform buffer",
                             c->module->label, spell(c->module, a->variable).text,
                             spell(c->module, b->variable).text);
        a->info.reads |= b->info.reads;
        a->info.writes |= b->info.writes;
        if (b->info.count > a->info.count)
            a->info.count = b->info.count;
        if (b->info.min_bytes > a->info.min_bytes)
            a->info.min_bytes = b->info.min_bytes;
        if (!a->name)
            a->name = b->name;
    }
    c->resource_count = kept + 1;
    return KRO_OK;
}

// Copies bindings and names out.
static bool publish(collector *c)
{
    uint32_t count = c->resource_count;
    char name[NAME_BYTES];
    size_t bytes = 0, used = 0;
    for (uint32_t i = 0; i < count; i++) {
        name[0] = '\0';
        if (c->resources[i].name)
            kro__string(c->resources[i].name, 2, name, sizeof name);
        bytes += strlen(name) + 1;
    }
    c->out->bindings = calloc(count, sizeof *c->out->bindings);
    c->out->names = malloc(bytes);
    if (!c->out->bindings || !c->out->names)
        return false;
    c->out->binding_count = count;
    for (uint32_t i = 0; i < count; i++) {
        char *to = c->out->names + used;
        *to = '\0';
        if (c->resources[i].name)
            kro__string(c->resources[i].name, 2, to, NAME_BYTES);
        used += strlen(to) + 1;
        c->out->bindings[i] = c->resources[i].info;
        c->out->bindings[i].name = to;
    }
    return true;
}

// Marks what the interface lists, which follows the entry point's name.
static void list_interface(collector *c, const uint32_t *entry_point)
{
    uint32_t name_words = kro__string(entry_point, 3, NULL, 0);
    for (uint32_t i = 3 + name_words; i < kro__word_count(entry_point); i++)
        c->listed[kro__find(c->module, entry_point[i])] = true;
}

kro_status kro__bindings_collect(const kro__module *module, const uint32_t *entry_point,
                                 const kro__code_accesses *accesses, kro__reflection *out)
{
    uint32_t variable_count = 0;
    for (uint32_t i = 1; i < module->definition_count; i++)
        variable_count += is_variable(kro__definition_opcode(module, i));
    collector c = {
        .module = module,
        .accesses = accesses,
        .out = out,
        .listed = calloc(module->definition_count, sizeof *c.listed),
        .resources = calloc(variable_count + 1u, sizeof *c.resources),
    };
    kro_status status = KRO_OK;
    if (!c.listed || !c.resources)
        goto out_of_memory;
    list_interface(&c, entry_point);
    for (uint32_t i = 1; i < module->definition_count && status == KRO_OK; i++) {
        if (is_variable(kro__definition_opcode(module, i)))
            status = add_variable(&c, i);
    }
    out->shared_bytes = kro__add_sizes(out->shared_bytes, c.shared_blocks_bytes);
    if (status == KRO_OK && c.resource_count) {
        qsort(c.resources, c.resource_count, sizeof *c.resources, compare_resources);
        status = unite(&c);
        if (status == KRO_OK && !publish(&c))
            goto out_of_memory;
    }
    goto done;
out_of_memory:
    status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                       "no host memory for the %u variables of shader '%s'", variable_count,
                       module->label);
done:
    free(c.resources);
    free(c.listed);
    return status;
}
