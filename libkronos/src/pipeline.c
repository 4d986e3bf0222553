#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "os/file.h"
#include "reflect_constants.h"
#include "validate.h"

enum { MESSAGE_BYTES = 512 };

const kro_pipeline_info *kro_pipeline_get_info(const kro_pipeline *pipeline)
{
    return pipeline ? &pipeline->info : NULL;
}

static void free_pipeline(kro__object *object)
{
    kro_pipeline *pipeline = (kro_pipeline *)object;
    if (pipeline->kernel)
        object->ctx->backend->kernel_destroy(object->ctx->device, pipeline->kernel);
    kro__reflection_finish(&pipeline->reflection);
    free(pipeline->slots);
    free(pipeline->label);
    free(pipeline);
}

static kro_status check_local_size(const kro_device_info *info, const kro__reflection *reflection,
                                   const char *label)
{
    const kro_limits *limits = &info->limits;
    uint64_t invocations = 1;
    for (int i = 0; i < 3; i++) {
        uint32_t size = reflection->local_size[i];
        if (size == 0 || size > limits->max_group_size[i])
            return kro__fail(KRO_ERROR_UNSUPPORTED,
                             "'%s' has workgroups of %u invocations in dimension %d; '%s' allows 1 "
                             "to %u",
                             label, size, i, info->name, limits->max_group_size[i]);
        invocations *= size;
    }
    if (invocations > limits->max_group_invocations)
        return kro__fail(
            KRO_ERROR_UNSUPPORTED, "'%s' has workgroups of %llu invocations; '%s' allows %u", label,
            (unsigned long long)invocations, info->name, limits->max_group_invocations);
    return KRO_OK;
}

static kro_status check_module(const kro_context *ctx, const kro__reflection *reflection,
                               const char *label)
{
    const kro_device_info *info = &ctx->device->info;
    if (reflection->shared_bytes > info->limits.max_shared_bytes)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' declares %llu bytes of workgroup memory; '%s' has %u", label,
                         (unsigned long long)reflection->shared_bytes, info->name,
                         info->limits.max_shared_bytes);
    if (reflection->push_bytes > info->limits.max_push_bytes)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' declares %u bytes of push constants; '%s' has %u", label,
                         reflection->push_bytes, info->name, info->limits.max_push_bytes);
    return check_local_size(info, reflection, label);
}

static kro_status check_version(const kro_context *ctx, uint32_t version, const char *label)
{
    uint32_t newest = ctx->device->max_spirv;
    if (version <= newest)
        return KRO_OK;
    return kro__fail(KRO_ERROR_UNSUPPORTED,
                     "'%s' is SPIR-V %u.%u; '%s' takes versions up to %u.%u, so compile it for an "
                     "older target",
                     label, version >> 16, version >> 8 & 0xff, ctx->device->info.name,
                     newest >> 16, newest >> 8 & 0xff);
}

static kro_status check_subgroup_size(const kro_context *ctx, uint32_t size, const char *label)
{
    const kro_device_info *info = &ctx->device->info;
    if (size == 0)
        return KRO_OK;
    bool power_of_two = (size & (size - 1)) == 0;
    if (!power_of_two || size < info->min_subgroup_size || size > info->max_subgroup_size)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "'%s' asks for subgroups of %u; '%s' has powers of two from %u to %u",
                         label, size, info->name, info->min_subgroup_size, info->max_subgroup_size);
    if (!info->features.subgroup_size_control && size != info->subgroup_size)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' asks for subgroups of %u; '%s' cannot control their size", label,
                         size, info->name);
    return KRO_OK;
}

static kro_status validate(kro_context *ctx, kro_pipeline *pipeline, const uint32_t *words,
                           uint64_t word_count)
{
    char message[MESSAGE_BYTES] = "";
    kro_status status =
        kro__validate(words, (size_t)word_count, ctx->device->info.api_version_number, message,
                      sizeof message, &pipeline->info.validated);
    if (status == KRO_ERROR_INVALID_SHADER)
        return kro__fail(status, "'%s' is not valid SPIR-V: %s", pipeline->label, message);
    if (status < 0)
        return kro__fail(status, "out of host memory validating '%s'", pipeline->label);
    if (pipeline->info.validated == KRO_VALIDATED_UNKNOWN)
        kro__log_line(&ctx->log, KRO_LOG_INFO, "'%s' goes to the driver unvalidated: %s",
                      pipeline->label, message);
    return KRO_OK;
}

// The buffers that the kernel declares, arrays counted element by element; UNSUPPORTED and a
// sentence where they are more than the device binds.
static kro_status count_slots(const kro_pipeline *pipeline, uint64_t *count)
{
    const kro__reflection *reflection = &pipeline->reflection;
    const kro_device_info *info = &pipeline->object.ctx->device->info;
    uint64_t counts[] = {[KRO_BINDING_STORAGE] = 0, [KRO_BINDING_UNIFORM] = 0};
    for (uint32_t i = 0; i < reflection->binding_count; i++)
        counts[reflection->bindings[i].kind] += reflection->bindings[i].count;
    *count = counts[KRO_BINDING_STORAGE] + counts[KRO_BINDING_UNIFORM];
    if (counts[KRO_BINDING_STORAGE] > info->limits.max_bindings)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' declares %llu storage buffers; '%s' allows %u (limits.max_bindings)",
                         pipeline->label, (unsigned long long)counts[KRO_BINDING_STORAGE],
                         info->name, info->limits.max_bindings);
    if (counts[KRO_BINDING_UNIFORM] > info->limits.max_uniform_bindings)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' declares %llu uniform buffers; '%s' allows %u "
                         "(limits.max_uniform_bindings)",
                         pipeline->label, (unsigned long long)counts[KRO_BINDING_UNIFORM],
                         info->name, info->limits.max_uniform_bindings);
    return KRO_OK;
}

// Lays out one slot per array element, and gives the first single storage bindings dynamic offsets
// as far as the device has them: their offsets then cost no descriptor writes. `dynamic` receives
// one flag per binding.
static kro_status lay_out_slots(kro_pipeline *pipeline, uint32_t max_dynamic, bool *dynamic)
{
    const kro__reflection *reflection = &pipeline->reflection;
    uint64_t count;
    kro_status status = count_slots(pipeline, &count);
    if (status < 0)
        return status;
    pipeline->slots = calloc((size_t)count + 1, sizeof *pipeline->slots);
    if (!pipeline->slots)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for '%s'",
                         pipeline->label);
    for (int n = 0; n < KRO_ARGS_BUFFERS; n++)
        pipeline->set0[n] = -1;
    for (uint32_t i = 0; i < reflection->binding_count; i++) {
        const kro_binding_info *binding = &reflection->bindings[i];
        dynamic[i] = binding->kind == KRO_BINDING_STORAGE && binding->count == 1 &&
                     pipeline->dynamic_count < max_dynamic;
        pipeline->dynamic_count += dynamic[i];
        pipeline->set_count += i == 0 || binding->set != reflection->bindings[i - 1].set;
        if (binding->set == 0 && binding->binding < KRO_ARGS_BUFFERS)
            pipeline->set0[binding->binding] = (int32_t)pipeline->slot_count;
        for (uint32_t element = 0; element < binding->count; element++)
            pipeline->slots[pipeline->slot_count++] = (kro__slot){
                .binding_index = i,
                .set = binding->set,
                .binding = binding->binding,
                .element = element,
                .kind = binding->kind,
                .reads = binding->reads,
                .writes = binding->writes,
                .dynamic = dynamic[i],
                .min_bytes = binding->min_bytes,
            };
    }
    return KRO_OK;
}

// Gives each constant the width that the shader declares.
static void resolve_constants(const kro_pipeline_config *config, const kro__reflection *reflection,
                              kro__constant *resolved)
{
    for (uint32_t i = 0; i < config->constant_count; i++) {
        resolved[i].id = config->constants[i].id;
        for (uint32_t k = 0; k < reflection->constant_count; k++) {
            const kro__constant_info *declared = &reflection->constants[k];
            if (declared->id != resolved[i].id)
                continue;
            resolved[i].size_bytes = declared->size_bytes;
            resolved[i].bits = kro__constant_bits(&config->constants[i], declared);
        }
    }
}

static kro_status compile(kro_pipeline *pipeline, const kro_pipeline_config *config,
                          const uint32_t *words, uint64_t word_count)
{
    kro_context *ctx = pipeline->object.ctx;
    const kro__reflection *reflection = &pipeline->reflection;
    bool *dynamic = calloc(reflection->binding_count + 1, sizeof *dynamic);
    kro__constant *constants = calloc(config->constant_count + (size_t)1, sizeof *constants);
    kro_status status = KRO_OK;
    if (!dynamic || !constants) {
        status =
            kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for '%s'", pipeline->label);
        goto done;
    }
    status = lay_out_slots(pipeline, ctx->device->max_dynamic, dynamic);
    if (status < 0)
        goto done;
    resolve_constants(config, reflection, constants);
    // Where the size cannot be asked for it is the device's only one, as was checked.
    uint32_t subgroup_size =
        ctx->device->info.features.subgroup_size_control ? config->subgroup_size : 0;
    status = kro__context_note(
        ctx, ctx->backend->kernel_create(ctx->device,
                                         &(kro__kernel_config){
                                             .id = pipeline->id,
                                             .reflection = reflection,
                                             .words = words,
                                             .word_count = word_count,
                                             .dynamic = dynamic,
                                             .constants = constants,
                                             .constant_count = config->constant_count,
                                             .subgroup_size = subgroup_size,
                                             .label = pipeline->label,
                                         },
                                         &pipeline->kernel));
done:
    free(dynamic);
    free(constants);
    return status;
}

static char *copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = malloc(bytes);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

static void fill_info(kro_pipeline *pipeline)
{
    const kro__reflection *reflection = &pipeline->reflection;
    kro_pipeline_info *info = &pipeline->info;
    info->label = pipeline->label;
    info->entry_point = reflection->entry_point;
    memcpy(info->local_size, reflection->local_size, sizeof info->local_size);
    info->push_bytes = reflection->push_bytes;
    info->binding_count = reflection->binding_count;
    info->bindings = reflection->bindings;
    info->device_addresses = reflection->device_addresses;
}

// From words in our own, aligned memory to a pipeline.
static kro_status build(kro_pipeline *pipeline, const kro_pipeline_config *config,
                        const uint32_t *words)
{
    kro_context *ctx = pipeline->object.ctx;
    const char *name = config->label ? config->label : config->entry_point;
    kro_status status =
        kro__reflect(words, config->spirv_bytes, config->entry_point, config->constants,
                     config->constant_count, name ? name : "shader", &pipeline->reflection);
    if (status < 0)
        return status;
    pipeline->label = copy_text(name ? name : pipeline->reflection.entry_point);
    if (!pipeline->label)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for a pipeline's label");
    status = check_version(ctx, pipeline->reflection.version, pipeline->label);
    if (status < 0)
        return status;
    uint64_t word_count = config->spirv_bytes / sizeof *words;
    status = validate(ctx, pipeline, words, word_count);
    if (status < 0)
        return status;
    status = check_module(ctx, &pipeline->reflection, pipeline->label);
    if (status < 0)
        return status;
    status = check_subgroup_size(ctx, config->subgroup_size, pipeline->label);
    if (status < 0)
        return status;
    fill_info(pipeline);
    return compile(pipeline, config, words, word_count);
}

kro_status kro_pipeline_create(kro_context *ctx, const kro_pipeline_config *config,
                               kro_pipeline **out)
{
    if (out)
        *out = NULL;
    if (!ctx || !config || !out || !config->spirv)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_pipeline_create: ctx, config, config->spirv or out is NULL");
    if (!config->constants && config->constant_count > 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_pipeline_create: constant_count is %u, constants is NULL",
                         config->constant_count);
    kro_status status = kro__context_check(ctx);
    if (status < 0)
        return status;
    if (config->spirv_bytes > UINT32_MAX)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' has %llu bytes, more than 4 GiB; is its size an error code?",
                         config->label ? config->label : "",
                         (unsigned long long)config->spirv_bytes);
    kro_pipeline *pipeline = calloc(1, sizeof *pipeline);
    // Drivers and validators want aligned words; the caller may hand in any bytes.
    uint32_t *words = malloc((size_t)config->spirv_bytes + 1);
    if (!pipeline || !words) {
        free(pipeline);
        free(words);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for a pipeline");
    }
    if (config->spirv_bytes > 0)
        memcpy(words, config->spirv, (size_t)config->spirv_bytes);
    pipeline->object.ctx = ctx;
    pipeline->id = atomic_fetch_add(&ctx->pipeline_ids, 1) + 1;
    status = build(pipeline, config, words);
    free(words);
    if (status < 0) {
        free_pipeline(&pipeline->object);
        return status;
    }
    kro__object_register(&pipeline->object, ctx, free_pipeline);
    *out = pipeline;
    return KRO_OK;
}

kro_status kro_pipeline_load(kro_context *ctx, const char *spirv_path,
                             const kro_pipeline_config *config, kro_pipeline **out)
{
    if (out)
        *out = NULL;
    if (!ctx || !spirv_path || !out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_pipeline_load: ctx, spirv_path or out is NULL");
    if (config && (config->spirv || config->spirv_bytes))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_pipeline_load: config has spirv of its own; leave it 0 or call "
                         "kro_pipeline_create");
    kro_pipeline_config full = config ? *config : (kro_pipeline_config){0};
    void *bytes = NULL;
    kro_status status = kro__file_read(spirv_path, &bytes, &full.spirv_bytes);
    if (status < 0)
        return status;
    full.spirv = bytes;
    if (!full.label) {
        const char *slash = strrchr(spirv_path, '/');
        full.label = slash ? slash + 1 : spirv_path;
    }
    status = kro_pipeline_create(ctx, &full, out);
    free(bytes);
    return status;
}

void kro_pipeline_destroy(kro_pipeline *pipeline)
{
    if (pipeline)
        kro__object_retire(&pipeline->object);
}
