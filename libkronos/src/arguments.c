#include "arguments.h"

#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "context.h"

// What sentences call a slot: its binding and set, and where arrays are meant, its element.
typedef struct slot_name {
    char text[80];
} slot_name;

static slot_name name_slot(uint32_t set, uint32_t binding, uint32_t element)
{
    slot_name name;
    char of_array[24] = "";
    if (element > 0)
        snprintf(of_array, sizeof of_array, "element %u of ", element);
    snprintf(name.text, sizeof name.text, "%sbinding %u of set %u", of_array, binding, set);
    return name;
}

static kro_status set_argument(kro_stream *stream, const kro_pipeline *pipeline, int64_t slot,
                               const kro_binding *binding)
{
    if (slot < 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' gives %s as %s, which the shader does not declare",
                         pipeline->label, kro__name_buffer(binding->buffer).text,
                         name_slot(binding->set, binding->binding, binding->element).text);
    kro__argument *argument = &stream->arguments[slot];
    if (argument->buffer)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "dispatch of '%s' gives %s twice",
                         pipeline->label,
                         name_slot(binding->set, binding->binding, binding->element).text);
    *argument = (kro__argument){binding->buffer, binding->offset_bytes, binding->size_bytes};
    return KRO_OK;
}

static int64_t find_slot(const kro_pipeline *pipeline, const kro_binding *binding)
{
    for (uint32_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].set == binding->set &&
            pipeline->slots[i].binding == binding->binding &&
            pipeline->slots[i].element == binding->element)
            return i;
    return -1;
}

// Puts the caller's buffers at their slots.
static kro_status collect_arguments(kro_stream *stream, const kro_pipeline *pipeline,
                                    const kro_dispatch_args *args)
{
    if (pipeline->slot_count > 0)
        memset(stream->arguments, 0, pipeline->slot_count * sizeof *stream->arguments);
    for (uint32_t n = 0; n < KRO_ARGS_BUFFERS; n++) {
        if (!args->buffers[n])
            continue;
        kro_status status = set_argument(stream, pipeline, pipeline->set0[n],
                                         &(kro_binding){.buffer = args->buffers[n], .binding = n});
        if (status < 0)
            return status;
    }
    for (uint32_t i = 0; i < args->binding_count; i++) {
        if (!args->bindings[i].buffer)
            continue;
        kro_status status = set_argument(stream, pipeline, find_slot(pipeline, &args->bindings[i]),
                                         &args->bindings[i]);
        if (status < 0)
            return status;
    }
    return KRO_OK;
}

kro_status kro__argument_check_buffer(const kro_stream *stream, const kro_pipeline *pipeline,
                                      const kro_buffer *buffer)
{
    if (buffer->object.ctx != stream->object.ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' uses %s, which belongs to another context",
                         pipeline->label, kro__name_buffer(buffer).text);
    if (atomic_load_explicit(&buffer->mapped, memory_order_relaxed))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' uses %s while it is mapped; unmap it first",
                         pipeline->label, kro__name_buffer(buffer).text);
    return KRO_OK;
}

// Checks the range of one argument against the shader and the device, and fills in its size.
static kro_status check_argument(const kro_pipeline *pipeline, const kro__slot *slot,
                                 kro__argument *argument)
{
    const kro_limits *limits = &pipeline->object.ctx->device->info.limits;
    const char *name = pipeline->info.bindings[slot->binding_index].name;
    const char *label = pipeline->label;
    uint64_t have = argument->buffer->info.size_bytes;
    bool uniform = slot->kind == KRO_BINDING_UNIFORM;
    uint64_t alignment = uniform ? limits->uniform_alignment : limits->offset_alignment;
    uint64_t limit = uniform ? limits->max_uniform_bytes : limits->max_binding_bytes;
    uint64_t offset = argument->offset_bytes;
    if (offset >= have || argument->size_bytes > have - offset)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s': binding %u '%s' takes %llu bytes at offset %llu of %s, "
                         "which has %llu bytes",
                         label, slot->binding, name, (unsigned long long)argument->size_bytes,
                         (unsigned long long)offset, kro__name_buffer(argument->buffer).text,
                         (unsigned long long)have);
    if (offset % alignment != 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s': binding %u '%s' has offset %llu, not a multiple of "
                         "%llu (limits.%s)",
                         label, slot->binding, name, (unsigned long long)offset,
                         (unsigned long long)alignment,
                         uniform ? "uniform_alignment" : "offset_alignment");
    if (argument->size_bytes == 0)
        argument->size_bytes = have - offset;
    if (argument->size_bytes > limit)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s': binding %u '%s' covers %llu bytes; the device binds at "
                         "most %llu (limits.%s), so give size_bytes",
                         label, slot->binding, name, (unsigned long long)argument->size_bytes,
                         (unsigned long long)limit,
                         uniform ? "max_uniform_bytes" : "max_binding_bytes");
    if (argument->size_bytes < slot->min_bytes)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s': binding %u '%s' needs %llu bytes, has %llu", label,
                         slot->binding, name, (unsigned long long)slot->min_bytes,
                         (unsigned long long)argument->size_bytes);
    return KRO_OK;
}

static kro_status check_arguments(kro_stream *stream, const kro_pipeline *pipeline)
{
    for (uint32_t i = 0; i < pipeline->slot_count; i++) {
        const kro__slot *slot = &pipeline->slots[i];
        kro__argument *argument = &stream->arguments[i];
        if (!argument->buffer && !slot->reads && !slot->writes)
            continue;
        if (!argument->buffer)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "dispatch of '%s' gives no buffer for %s, '%s'", pipeline->label,
                             name_slot(slot->set, slot->binding, slot->element).text,
                             pipeline->info.bindings[slot->binding_index].name);
        kro_status status = kro__argument_check_buffer(stream, pipeline, argument->buffer);
        if (status >= 0)
            status = check_argument(pipeline, slot, argument);
        if (status < 0)
            return status;
    }
    return KRO_OK;
}

kro_status kro__arguments_resolve(kro_stream *stream, const kro_pipeline *pipeline,
                                  const kro_dispatch_args *args)
{
    kro_status status = collect_arguments(stream, pipeline, args);
    return status < 0 ? status : check_arguments(stream, pipeline);
}
