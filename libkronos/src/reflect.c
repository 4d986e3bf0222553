#include "reflect.h"

#include <stdio.h>
#include <stdlib.h>

#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "reflect_access.h"
#include "reflect_bindings.h"
#include "reflect_constants.h"
#include "reflect_layout.h"
#include "reflect_module.h"
#include "reflect_opcodes.h"

enum { LIST_BYTES = 512 };

// A list of names in a sentence; what does not fit is left out.
typedef struct name_list {
    char text[LIST_BYTES];
    size_t length;
} name_list;

static void list_name(name_list *list, const char *name)
{
    if (list->length >= sizeof list->text)
        return;
    int written = snprintf(list->text + list->length, sizeof list->text - list->length, "%s%s",
                           list->length ? ", " : "", name);
    if (written > 0)
        list->length += (size_t)written;
}

// Of any model but GLCompute.
static const char *model_name(uint32_t model)
{
    switch (model) {
    case SpvExecutionModelVertex:
        return "vertex";
    case SpvExecutionModelTessellationControl:
        return "tessellation control";
    case SpvExecutionModelTessellationEvaluation:
        return "tessellation evaluation";
    case SpvExecutionModelGeometry:
        return "geometry";
    case SpvExecutionModelFragment:
        return "fragment";
    case SpvExecutionModelKernel:
        return "OpenCL kernel";
    case SpvExecutionModelTaskNV:
    case SpvExecutionModelTaskEXT:
        return "task";
    case SpvExecutionModelMeshNV:
    case SpvExecutionModelMeshEXT:
        return "mesh";
    default:
        return "ray tracing or unknown";
    }
}

// The entry points of a module, as far as choosing one needs them.
typedef struct candidates {
    uint32_t compute_count;
    const uint32_t *only;   // one of the compute entry points
    const uint32_t *wanted; // the compute entry point of the wanted name
    name_list compute, others;
} candidates;

static kro_status read_candidates(const kro__module *module, const char *wanted, candidates *out)
{
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        char name[LIST_BYTES];
        if (kro__opcode_of(at) != SpvOpEntryPoint)
            continue;
        if (kro__string(at, 3, name, sizeof name) == 0)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: the name of an entry point does not end",
                             module->label);
        if (at[1] != SpvExecutionModelGLCompute) {
            list_name(&out->others, model_name(at[1]));
            continue;
        }
        out->compute_count++;
        out->only = at;
        list_name(&out->compute, name);
        if (!out->wanted && kro__string_is(at, 3, wanted))
            out->wanted = at;
    }
    return KRO_OK;
}

// Finds the instruction that declares the entry point.
static kro_status choose_entry_point(const kro__module *module, const char *wanted,
                                     const uint32_t **out)
{
    candidates found = {0};
    kro_status status = read_candidates(module, wanted ? wanted : "main", &found);
    if (status < 0)
        return status;
    if (found.compute_count == 0 && found.others.length)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' has no compute entry point, only: %s", module->label,
                         found.others.text);
    if (found.compute_count == 0)
        return kro__fail(KRO_ERROR_INVALID_SHADER, "shader '%s' has no entry point", module->label);
    *out = !wanted && found.compute_count == 1 ? found.only : found.wanted;
    if (!*out && wanted)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "shader '%s' has no compute entry point '%s'; it has: %s", module->label,
                         wanted, found.compute.text);
    if (!*out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "shader '%s' has %u compute entry points and none is called main; name "
                         "one of: %s",
                         module->label, found.compute_count, found.compute.text);
    uint32_t function = kro__find(module, kro__operand(*out, 2));
    if (kro__definition_opcode(module, function) != SpvOpFunction)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is damaged: its entry point is id %u, which is no function",
                         module->label, kro__operand(*out, 2));
    return KRO_OK;
}

// Values and sizes, in the module's order: what something is made of comes before it.
static kro_status evaluate(kro__module *module, const kro__specialization *specialization)
{
    kro_status status = KRO_OK;
    for (uint32_t i = 1; i < module->definition_count && status == KRO_OK; i++) {
        const kro__opcode *row = kro__opcode_find(kro__definition_opcode(module, i));
        if (row->role == KRO__ROLE_CONSTANT)
            kro__constant_evaluate(module, specialization, i);
        else if (row->role == KRO__ROLE_TYPE)
            status = kro__type_evaluate(module, i);
    }
    return status;
}

// The execution modes of a local size: literal numbers, or constants. The built-in wins over both.
static bool read_local_size(const kro__module *module, uint32_t function_id, kro__value size[3])
{
    bool found = module->workgroup_size != 0;
    for (const uint32_t *at = module->first; !found && at < module->end;
         at += kro__word_count(at)) {
        uint32_t opcode = kro__opcode_of(at), mode = kro__operand(at, 2);
        if (kro__operand(at, 1) != function_id)
            continue;
        bool literal = opcode == SpvOpExecutionMode && mode == SpvExecutionModeLocalSize;
        found = literal || (opcode == SpvOpExecutionModeId && mode == SpvExecutionModeLocalSizeId);
        for (uint32_t i = 0; found && i < 3; i++) {
            uint32_t word = kro__operand(at, 3 + i);
            size[i] = literal ? (kro__value){.bits = word, .known = true}
                              : module->definitions[kro__find(module, word)].value;
        }
    }
    for (uint32_t i = 0; module->workgroup_size && i < 3; i++)
        size[i] = kro__constant_element(module, module->workgroup_size, i);
    return found;
}

static kro_status find_local_size(const kro__module *module, uint32_t function_id, uint32_t out[3])
{
    kro__value size[3] = {{0}};
    if (!read_local_size(module, function_id, size))
        return kro__fail(KRO_ERROR_INVALID_SHADER, "shader '%s' declares no local size",
                         module->label);
    for (int i = 0; i < 3; i++) {
        if (!size[i].known)
            return kro__fail(KRO_ERROR_UNSUPPORTED,
                             "shader '%s': local_size_%c depends on an operation that is not "
                             "evaluated here; use integer arithmetic on specialization constants",
                             module->label, "xyz"[i]);
        if (size[i].bits == 0 || size[i].bits > UINT32_MAX)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s': local_size_%c is %llu, it must be at least 1",
                             module->label, "xyz"[i], (unsigned long long)size[i].bits);
        out[i] = (uint32_t)size[i].bits;
    }
    return KRO_OK;
}

// Copies what is remembered by name and number: the entry point's name and the capabilities.
static kro_status copy_facts(const kro__module *module, const uint32_t *entry_point,
                             kro__reflection *out)
{
    uint32_t name_bytes = kro__string(entry_point, 3, NULL, 0) * 4;
    out->entry_point = malloc(name_bytes);
    out->capabilities = calloc(module->capability_count + 1u, sizeof *out->capabilities);
    if (!out->entry_point || !out->capabilities)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no host memory for facts on shader '%s'",
                         module->label);
    kro__string(entry_point, 3, out->entry_point, name_bytes);
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        if (kro__opcode_of(at) == SpvOpCapability)
            out->capabilities[out->capability_count++] = kro__operand(at, 1);
    }
    out->version = module->version;
    return KRO_OK;
}

static kro_status reflect_entry_point(const kro__module *module, const uint32_t *entry_point,
                                      kro__reflection *out)
{
    uint32_t function_id = kro__operand(entry_point, 2);
    kro_status status = find_local_size(module, function_id, out->local_size);
    if (status < 0)
        return status;
    kro__code_accesses accesses;
    status = kro__code_accesses_init(&accesses, module, kro__find(module, function_id));
    if (status < 0)
        return status;
    out->knows_all_opcodes = accesses.knows_all_opcodes;
    out->device_addresses = accesses.device_addresses;
    out->demands = accesses.demands;
    status = kro__bindings_collect(module, entry_point, &accesses, out);
    kro__code_accesses_finish(&accesses);
    if (status < 0)
        return status;
    return copy_facts(module, entry_point, out);
}

kro_status kro__reflect_tables(const void *spirv, uint64_t spirv_bytes, const char *entry_point,
                               const kro_constant *constants, uint32_t constant_count,
                               const char *label, kro__module *module, kro__reflection *out)
{
    *out = (kro__reflection){0};
    kro__specialization specialization = {0};
    const uint32_t *chosen;
    kro_status status = kro__module_init(module, spirv, spirv_bytes, label ? label : "");
    if (status < 0)
        return status;
    status = kro__specialization_init(&specialization, module, constants, constant_count);
    if (status < 0)
        goto done;
    status = choose_entry_point(module, entry_point, &chosen);
    if (status < 0)
        goto done;
    status = evaluate(module, &specialization);
    if (status < 0)
        goto done;
    status = reflect_entry_point(module, chosen, out);
    if (status < 0)
        goto done;
    out->constants = specialization.infos;
    out->constant_count = specialization.count;
    specialization.infos = NULL;
done:
    kro__specialization_finish(&specialization);
    if (status < 0) {
        kro__module_finish(module);
        kro__reflection_finish(out);
    }
    return status;
}

kro_status kro__reflect(const void *spirv, uint64_t spirv_bytes, const char *entry_point,
                        const kro_constant *constants, uint32_t constant_count, const char *label,
                        kro__reflection *out)
{
    kro__module module;
    kro_status status = kro__reflect_tables(spirv, spirv_bytes, entry_point, constants,
                                            constant_count, label, &module, out);
    kro__module_finish(&module);
    return status;
}

void kro__reflection_finish(kro__reflection *reflection)
{
    free(reflection->entry_point);
    free(reflection->bindings);
    free(reflection->constants);
    free(reflection->capabilities);
    free(reflection->names);
    *reflection = (kro__reflection){0};
}
