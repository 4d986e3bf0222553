#include "dispatch.h"

#include <string.h>

#include "append.h"
#include "arguments.h"
#include "aside.h"
#include "buffer.h"
#include "bytes.h"
#include "follow.h"
#include "graph.h"
#include "grow.h"
#include "groups.h"
#include "pipeline.h"
#include "stream.h"

enum { INDIRECT_BYTES = 12 };

static kro_status collect_uses(kro_stream *stream, const kro_pipeline *pipeline,
                               const kro_dispatch_args *args, const kro__indirect_groups *indirect,
                               uint32_t *count)
{
    *count = 0;
    for (uint32_t i = 0; i < pipeline->slot_count; i++) {
        const kro__slot *slot = &pipeline->slots[i];
        const kro__argument *argument = &stream->arguments[i];
        if (argument->buffer)
            stream->uses[(*count)++] = (kro__use){
                .buffer = argument->buffer,
                .access = kro__buffer_access(argument->buffer, argument->offset_bytes,
                                             argument->size_bytes, slot->reads, slot->writes),
            };
    }
    for (uint32_t i = 0; i < args->touch_count; i++) {
        kro_buffer *buffer = args->touches[i];
        if (!buffer)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "dispatch of '%s': touches[%u] is NULL",
                             pipeline->label, i);
        kro_status status = kro__argument_check_buffer(stream, pipeline, buffer);
        if (status < 0)
            return status;
        stream->uses[(*count)++] = (kro__use){
            .buffer = buffer,
            .access = kro__buffer_access(buffer, 0, buffer->info.size_bytes, true, true),
        };
    }
    if (indirect->buffer)
        stream->uses[(*count)++] = (kro__use){
            .buffer = indirect->buffer,
            .access = kro__buffer_access(indirect->buffer, indirect->offset_bytes, INDIRECT_BYTES,
                                         true, false),
        };
    return KRO_OK;
}

// Dynamic offsets have 32 bits; what is above them belongs to the descriptor set. Both parts are as
// aligned as the whole.
static uint32_t dynamic_part(uint64_t offset_bytes)
{
    return (uint32_t)offset_bytes;
}

static kro_status fail_memory(const kro_pipeline *pipeline)
{
    return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory dispatching '%s'",
                     pipeline->label);
}

// Interns the arguments and, where they are new, lists the descriptors to write.
static kro_status intern_arguments(kro_stream *stream, const kro_pipeline *pipeline, uint32_t *out)
{
    kro__open_batch *batch = stream->batch;
    uint32_t count = pipeline->slot_count;
    if (!kro__grow(&batch->sets, &batch->set_capacity, batch->set_count + 1, sizeof *batch->sets) ||
        !kro__grow(&batch->entries, &batch->entry_capacity, batch->entry_count + count,
                   sizeof *batch->entries))
        return fail_memory(pipeline);
    for (uint32_t i = 0; i < count; i++) {
        const kro__argument *argument = &stream->arguments[i];
        stream->bound[i] = (kro__bound){
            .buffer_id = argument->buffer ? argument->buffer->id : 0,
            .offset_bytes = argument->offset_bytes -
                            (pipeline->slots[i].dynamic ? dynamic_part(argument->offset_bytes) : 0),
            .size_bytes = argument->size_bytes,
        };
    }
    bool is_new = false;
    *out = kro__bindings_intern(&stream->bindings, pipeline->kernel->layout_id, stream->bound,
                                count, &is_new);
    if (*out == 0)
        return fail_memory(pipeline);
    if (!is_new)
        return KRO_OK;
    batch->descriptor_sets += pipeline->set_count;
    batch->sets[batch->set_count++] = (kro__set_config){
        .binding_id = *out,
        .kernel = pipeline->kernel,
        .entry_first = batch->entry_count,
        .entry_count = count,
    };
    for (uint32_t i = 0; i < count; i++) {
        const kro__slot *slot = &pipeline->slots[i];
        const kro_buffer *buffer = stream->arguments[i].buffer;
        batch->entries[batch->entry_count++] = (kro__set_entry){
            .memory = buffer ? buffer->memory : NULL,
            .offset_bytes = stream->bound[i].offset_bytes,
            .size_bytes = stream->bound[i].size_bytes,
            .set = slot->set,
            .binding = slot->binding,
            .element = slot->element,
            .kind = slot->kind,
            .dynamic = slot->dynamic,
        };
    }
    return KRO_OK;
}

static kro_status fill_node(kro_stream *stream, const kro_pipeline *pipeline,
                            const kro_dispatch_args *args, const uint32_t groups[3],
                            const kro__indirect_groups *indirect)
{
    kro__open_batch *batch = stream->batch;
    if (!kro__grow(&batch->push, &batch->push_capacity, batch->push_count + args->push_bytes, 1) ||
        !kro__grow(&batch->dynamic_offsets, &batch->dynamic_capacity,
                   batch->dynamic_count + pipeline->dynamic_count, sizeof *batch->dynamic_offsets))
        return fail_memory(pipeline);
    uint32_t binding_id = 0;
    if (pipeline->slot_count > 0) {
        kro_status status = intern_arguments(stream, pipeline, &binding_id);
        if (status < 0)
            return status;
    }
    batch->nodes[batch->node_count] = (kro__node){
        .op = indirect->buffer ? KRO__OP_DISPATCH_INDIRECT : KRO__OP_DISPATCH,
        .binding_id = binding_id,
        .dispatch =
            {
                .kernel = pipeline->kernel,
                .groups = {groups[0], groups[1], groups[2]},
                .push_first = batch->push_count,
                .push_bytes = args->push_bytes,
                .dynamic_first = batch->dynamic_count,
                .dynamic_count = pipeline->dynamic_count,
                .indirect = indirect->buffer ? indirect->buffer->memory : NULL,
                .indirect_offset_bytes = indirect->offset_bytes,
            },
    };
    if (indirect->buffer)
        batch->any_indirect = true;
    if (args->push_bytes > 0)
        memcpy(batch->push + batch->push_count, args->push, args->push_bytes);
    batch->push_count += args->push_bytes;
    for (uint32_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].dynamic)
            batch->dynamic_offsets[batch->dynamic_count++] =
                dynamic_part(stream->arguments[i].offset_bytes);
    return KRO_OK;
}

static kro__given_groups given_groups(const kro_dispatch_args *args)
{
    return (kro__given_groups){
        .groups = {args->groups[0], args->groups[1], args->groups[2]},
        .threads = {args->threads[0], args->threads[1], args->threads[2]},
        .dims = args->dims,
    };
}

// Keeps what the node that was filled in last came to, for the next dispatch with its buffers.
//
// Returns: NULL where it is not kept.
static kro__shape *remember(kro_stream *stream, const kro_pipeline *pipeline,
                            const kro_dispatch_args *args, uint32_t use_count)
{
    if (pipeline->slot_count > KRO__SHAPE_BUFFERS)
        return NULL;
    kro__shape *shape = kro__shapes_take(&stream->shapes, pipeline, args);
    if (!shape)
        return NULL;
    const kro__open_batch *batch = stream->batch;
    shape->pipeline_id = pipeline->id;
    shape->forgotten = stream->bindings.forgotten;
    shape->batch = 0;
    shape->maps = atomic_load_explicit(&stream->object.ctx->maps, memory_order_relaxed);
    shape->given = given_groups(args);
    shape->node = batch->nodes[batch->node_count];
    shape->use_count = use_count;
    for (uint32_t i = 0; i < use_count; i++)
        shape->uses[i] = stream->uses[i];
    for (uint32_t i = 0; i < pipeline->dynamic_count; i++)
        shape->dynamic_offsets[i] = batch->dynamic_offsets[shape->node.dispatch.dynamic_first + i];
    return shape;
}

static kro_status check_args(const kro_stream *stream, const kro_pipeline *pipeline,
                             const kro_dispatch_args *args)
{
    if (pipeline->object.ctx != stream->object.ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "pipeline '%s' and the stream belong to different contexts",
                         pipeline->label);
    if (args->push_bytes != pipeline->info.push_bytes || (args->push_bytes > 0 && !args->push))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' gives %u bytes of push constants; the shader has %u",
                         pipeline->label, args->push ? args->push_bytes : 0,
                         pipeline->info.push_bytes);
    if ((args->binding_count > 0 && !args->bindings) || (args->touch_count > 0 && !args->touches))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' counts bindings or touches but has none (NULL)",
                         pipeline->label);
    return KRO_OK;
}

static kro_status check_indirect(const kro_stream *stream, const kro_pipeline *pipeline,
                                 const kro_dispatch_args *args,
                                 const kro__indirect_groups *indirect)
{
    if (kro__any_count(args->groups) || kro__any_count(args->threads) || args->dims)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "indirect dispatch of '%s' has groups, threads or dims of its own; the "
                         "buffer decides",
                         pipeline->label);
    if (indirect->offset_bytes % 4 != 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "indirect dispatch of '%s' reads groups at offset %llu, not a multiple of "
                         "4",
                         pipeline->label, (unsigned long long)indirect->offset_bytes);
    kro_status status = kro__argument_check_buffer(stream, pipeline, indirect->buffer);
    return status < 0 ? status
                      : kro__buffer_check_range(indirect->buffer, "indirect dispatch",
                                                indirect->offset_bytes, INDIRECT_BYTES);
}

static bool reserve_scratch(kro_stream *stream, const kro_pipeline *pipeline,
                            const kro_dispatch_args *args)
{
    uint32_t slots = pipeline->slot_count;
    uint64_t uses = (uint64_t)slots + args->touch_count + 1; // one for indirect groups
    return uses <= UINT32_MAX &&
           kro__grow(&stream->arguments, &stream->argument_capacity, slots,
                     sizeof *stream->arguments) &&
           kro__grow(&stream->bound, &stream->bound_capacity, slots, sizeof *stream->bound) &&
           kro__grow(&stream->uses, &stream->use_capacity, (uint32_t)uses, sizeof *stream->uses);
}

kro_status kro__dispatch_resolve(kro_stream *stream, const kro_pipeline *pipeline,
                                 const kro_dispatch_args *args,
                                 const kro__indirect_groups *indirect, kro__resolved *out)
{
    *out = (kro__resolved){0};
    kro_status status = check_args(stream, pipeline, args);
    if (status < 0)
        return status;
    const kro_limits *limits = &pipeline->object.ctx->device->info.limits;
    status = indirect->buffer
                 ? check_indirect(stream, pipeline, args, indirect)
                 : kro__resolve_groups(args, pipeline->info.local_size, limits->max_groups,
                                       pipeline->label, out->groups, &out->empty);
    if (status < 0)
        return status;
    if (!reserve_scratch(stream, pipeline, args))
        return fail_memory(pipeline);
    status = kro__arguments_resolve(stream, pipeline, args);
    if (status >= 0)
        status = collect_uses(stream, pipeline, args, indirect, &out->use_count);
    out->uses_everything = pipeline->info.device_addresses && args->touch_count == 0;
    return status;
}

KRO__ASIDE static kro_status record_dispatch(kro_stream *stream, kro_pipeline *pipeline,
                                             const kro_dispatch_args *args,
                                             const kro__indirect_groups *indirect)
{
    if (stream->capture)
        return kro__graph_add_dispatch(stream->capture, pipeline, args, indirect);
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    kro__resolved resolved;
    status = kro__dispatch_resolve(stream, pipeline, args, indirect, &resolved);
    if (status < 0 || resolved.empty)
        return status;
    status = fill_node(stream, pipeline, args, resolved.groups, indirect);
    if (status >= 0)
        status = kro__stream_track(stream, stream->uses, resolved.use_count);
    if (status < 0)
        return status;
    kro__step step = {.independent = args->independent};
    if (!indirect->buffer && !pipeline->info.device_addresses)
        step.shape = remember(stream, pipeline, args, resolved.use_count);
    return kro__stream_append(stream, pipeline->id, step, resolved.uses_everything, stream->uses,
                              resolved.use_count);
}

// Whether none of a shape's buffers is mapped, which is looked at again only if any buffer was
// since.
static bool check_maps(const kro_context *ctx, kro__shape *shape)
{
    uint64_t maps = atomic_load_explicit(&ctx->maps, memory_order_relaxed);
    if (shape->maps == maps)
        return true;
    for (uint32_t i = 0; i < shape->use_count; i++)
        if (atomic_load_explicit(&shape->uses[i].buffer->mapped, memory_order_relaxed))
            return false;
    shape->maps = maps;
    return true;
}

// Whether a dispatch asks for groups as the last one of its shape did.
static inline bool same_groups(const kro__given_groups *given, const kro_dispatch_args *args)
{
    return args->groups[0] == given->groups[0] && args->groups[1] == given->groups[1] &&
           args->groups[2] == given->groups[2] && args->threads[0] == given->threads[0] &&
           args->threads[1] == given->threads[1] && args->threads[2] == given->threads[2] &&
           args->dims == given->dims;
}

// Whether a shape's node has the groups that a dispatch asks for, or can be given them.
static bool check_groups(const kro_context *ctx, kro__shape *shape, const kro_dispatch_args *args)
{
    if (same_groups(&shape->given, args))
        return true;
    uint32_t groups[3];
    bool empty = false;
    kro_status status = kro__resolve_groups(args, shape->pipeline->info.local_size,
                                            ctx->device->info.limits.max_groups,
                                            shape->pipeline->label, groups, &empty);
    if (status < 0 || empty)
        return false;
    memcpy(shape->node.dispatch.groups, groups, sizeof groups);
    shape->given = given_groups(args);
    return true;
}

// Takes a shape into the open batch. While that is open nothing that it uses can go away, so this
// need not be done again before the next one.
//
// Returns: false if the shape no longer holds, or memory ran out.
KRO__ASIDE static bool enter(kro_stream *stream, kro__shape *shape)
{
    kro__open_batch *batch = stream->batch;
    const kro_context *ctx = stream->object.ctx;
    if (shape->pipeline->object.ctx != ctx || shape->pipeline->id != shape->pipeline_id ||
        shape->forgotten != stream->bindings.forgotten)
        return false;
    for (uint32_t i = 0; i < shape->use_count; i++) {
        const kro_buffer *buffer = shape->uses[i].buffer;
        if (buffer->object.ctx != ctx || buffer->id != shape->uses[i].access.buffer_id)
            return false;
    }
    uint32_t count = shape->node.dispatch.dynamic_count;
    if (!kro__grow(&batch->dynamic_offsets, &batch->dynamic_capacity, batch->dynamic_count + count,
                   sizeof *batch->dynamic_offsets) ||
        kro__stream_track(stream, shape->uses, shape->use_count) < 0)
        return false;
    shape->node.dispatch.dynamic_first = batch->dynamic_count;
    for (uint32_t i = 0; i < count; i++)
        batch->dynamic_offsets[batch->dynamic_count++] = shape->dynamic_offsets[i];
    if (shape->node.binding_id)
        kro__bindings_use(&stream->bindings, shape->node.binding_id);
    shape->batch = batch->number;
    return true;
}

// Brings a shape up to the dispatch: it is in the open batch, with these groups, and its push
// constants are the batch's last.
//
// Returns: false where anything is out of the ordinary; record_dispatch then finds out what.
static bool update(kro_stream *stream, kro__shape *shape, const kro_dispatch_args *args)
{
    const kro_context *ctx = stream->object.ctx;
    kro__open_batch *batch = stream->batch;
    uint32_t push_bytes = shape->push_bytes;
    if (batch->node_count >= batch->room || (push_bytes > 0 && !args->push) ||
        push_bytes > batch->push_capacity - batch->push_count || !check_maps(ctx, shape) ||
        !check_groups(ctx, shape, args))
        return false;
    // Last: what a batch holds has to be used by one of its nodes.
    if (shape->batch != batch->number && !enter(stream, shape))
        return false;
    shape->node.dispatch.push_first = batch->push_count;
    if (push_bytes > 0)
        memcpy(batch->push + batch->push_count, args->push, push_bytes);
    batch->push_count += push_bytes;
    return true;
}

// Whether a shape holds, with its groups, for one more dispatch while all that it uses exists.
static inline bool is_steady(const kro_stream *stream, const kro__shape *shape,
                             const kro_dispatch_args *args)
{
    return shape->maps == atomic_load_explicit(&stream->object.ctx->maps, memory_order_relaxed) &&
           same_groups(&shape->given, args);
}

// Whether a dispatch is in every way what the last one of its shape was.
static inline bool is_repeated(const kro_stream *stream, const kro__shape *shape,
                               const kro_dispatch_args *args)
{
    const kro__open_batch *batch = stream->batch;
    return batch->node_count < batch->room && shape->batch == batch->number &&
           is_steady(stream, shape, args) &&
           (shape->push_bytes == 0 ||
            (args->push && kro__same_bytes(batch->push + shape->node.dispatch.push_first,
                                           args->push, shape->push_bytes)));
}

// Appends the node of a shape that is in the open batch.
static inline kro_status append(kro_stream *stream, kro__shape *shape, bool independent)
{
    kro__open_batch *batch = stream->batch;
    const kro__step step = {.shape = shape, .independent = independent};
    uint32_t level = kro__stream_level_quickly(stream, independent, shape->uses, shape->use_count);
    batch->nodes[batch->node_count] = shape->node;
    if (level == 0)
        return kro__stream_append(stream, shape->pipeline_id, step, false, shape->uses,
                                  shape->use_count);
    kro__stream_push_node(stream, shape->pipeline_id, step, level);
    return kro__stream_is_full(stream) ? kro__stream_flush(stream) : KRO_OK;
}

// Follows with a dispatch whose groups, or whether its buffers are mapped, have to be looked at.
static bool follow_changed(kro_stream *stream, kro__shape *shape, const kro_dispatch_args *args)
{
    const kro_context *ctx = stream->object.ctx;
    return check_maps(ctx, shape) && check_groups(ctx, shape, args) &&
           kro__follow(stream, shape, args);
}

// The rest of kro_dispatch on a locked stream, with the dispatch's shape if there is one.
KRO__ASIDE static kro_status dispatch_changed(kro_stream *stream, kro__shape *shape,
                                              kro_pipeline *pipeline, const kro_dispatch_args *args)
{
    if (shape && stream->batch->node_count == 0)
        (void)kro__follow_lead(stream, shape);
    if (stream->batch->following.count > 0) {
        bool follows = shape && follow_changed(stream, shape, args);
        kro_status status = follows ? KRO_OK : kro__follow_stop(stream);
        if (follows || status < 0)
            return kro__stream_end(stream, status);
    }
    kro_status status = shape && update(stream, shape, args)
                            ? append(stream, shape, args->independent)
                            : record_dispatch(stream, pipeline, args, &(kro__indirect_groups){0});
    return kro__stream_end(stream, status);
}

KRO__ASIDE static kro_status dispatch_slowly(kro_stream *stream, kro_pipeline *pipeline,
                                             const kro_dispatch_args *args)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_dispatch: stream is NULL");
    kro__stream_lock(stream);
    if (!pipeline || !args)
        return kro__stream_end(stream, kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                                                 "kro_dispatch: pipeline or args is NULL"));
    return dispatch_changed(stream, kro__shapes_find(&stream->shapes, pipeline, args), pipeline,
                            args);
}

kro_status kro_dispatch(kro_stream *stream, kro_pipeline *pipeline, const kro_dispatch_args *args)
{
    if (!stream || !pipeline || !args || stream->careful)
        return dispatch_slowly(stream, pipeline, args);
    const kro__shape *next = kro__follow_expect(stream->batch);
    if (next && kro__shape_matches(next, pipeline, args) && is_steady(stream, next, args) &&
        kro__follow(stream, next, args))
        return KRO_OK;
    kro__shape *shape = kro__shapes_expect(&stream->shapes, pipeline, args);
    if (!shape)
        return dispatch_slowly(stream, pipeline, args);
    if (!is_repeated(stream, shape, args))
        return dispatch_changed(stream, shape, pipeline, args);
    return kro__stream_end(stream, append(stream, shape, args->independent));
}

kro_status kro_dispatch_indirect(kro_stream *stream, kro_pipeline *pipeline,
                                 const kro_dispatch_args *args, kro_buffer *groups,
                                 uint64_t offset_bytes)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_dispatch_indirect: stream is NULL");
    kro__stream_lock(stream);
    kro_status status =
        pipeline && args && groups
            ? record_dispatch(stream, pipeline, args, &(kro__indirect_groups){groups, offset_bytes})
            : kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                        "kro_dispatch_indirect: pipeline, args or groups is NULL");
    return kro__stream_end(stream, status);
}
