// What a stream's recent dispatches came to, so that the next one like them is neither checked nor
// resolved nor interned again.
//
// The shape of a dispatch is its pipeline and its buffers: all that decides which descriptors are
// bound and which bytes are used. Push constants differ from one dispatch to the next; groups may.
// What is remembered is never trusted beyond what cannot change: ids of buffers, pipelines and
// bindings tell whether they are still the same.
#ifndef KRO_SRC_SHAPES_H
#define KRO_SRC_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/stream.h>

#include "backend.h"
#include "uses.h"

enum {
    KRO__SHAPE_BUFFERS = 8, // more than that, of slots or in the caller's list, is not remembered
    KRO__MAX_SHAPES = 1024, // then all are forgotten
};

// How many workgroups a dispatch was asked for, as it was said.
typedef struct kro__given_groups {
    uint32_t groups[3], threads[3], dims;
} kro__given_groups;

typedef struct kro__shape {
    // What the caller gave.
    const kro_pipeline *pipeline;
    kro_buffer *buffers[KRO_ARGS_BUFFERS];
    uint32_t binding_count, push_bytes;
    // What tells whether it still holds.
    uint32_t pipeline_id;
    uint64_t forgotten; // of the stream's bindings
    uint64_t batch;     // number of the batch that has it now; 0: none has
    uint64_t maps;      // of the context, when none of its buffers was mapped
    // What it came to.
    uint32_t use_count;
    kro__given_groups given;                  // the last time
    kro_binding bindings[KRO__SHAPE_BUFFERS]; // the rest of what the caller gave
    kro__node node;                           // with the groups of the last time
    struct kro__shape *after;                 // the shape that came after this one the last time
    uint8_t lead;   // 1 + the place of the stream's batch that began with it; 0: none
    uint8_t pause;  // batches that it leads and that are not kept to be followed
    uint8_t pauses; // the length of the next such pause
    kro__use uses[KRO__SHAPE_BUFFERS];
    uint32_t dynamic_offsets[KRO__SHAPE_BUFFERS];
} kro__shape;

typedef struct kro__shapes {
    kro__shape **made; // each a block of its own, so that they stay where they are
    uint32_t count;    // in use, the first of `made`
    uint32_t made_count, made_capacity;
    kro__shape **table; // open addressing, at most half full
    uint32_t table_capacity;
    kro__shape *last;     // the one found last; NULL: none
    kro__shape *expected; // the one that may come next; NULL: no idea
    uint64_t forgotten;   // how often all were: while it stands still, a shape is what it was
} kro__shapes;

void kro__shapes_init(kro__shapes *shapes);
void kro__shapes_finish(kro__shapes *shapes);

// Finds or makes the shape of a dispatch, with what the caller gave filled in.
//
// Returns: NULL for a dispatch that is not remembered, and when memory ran out, which does no harm.
kro__shape *kro__shapes_take(kro__shapes *shapes, const kro_pipeline *pipeline,
                             const kro_dispatch_args *args);

static inline bool kro__same_bindings(const kro_binding *a, const kro_binding *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (a[i].buffer != b[i].buffer || a[i].offset_bytes != b[i].offset_bytes ||
            a[i].size_bytes != b[i].size_bytes || a[i].binding != b[i].binding ||
            a[i].set != b[i].set || a[i].element != b[i].element)
            return false;
    return true;
}

// Whether a shape is that of a dispatch.
static inline bool kro__shape_matches(const kro__shape *shape, const kro_pipeline *pipeline,
                                      const kro_dispatch_args *args)
{
    if (shape->pipeline != pipeline)
        return false;
    // One at a time: the caller wrote them a moment ago and one at a time, and a wider load would
    // have to wait until all of them have left the processor's store buffer.
    for (uint32_t n = 0; n < KRO_ARGS_BUFFERS; n++)
        if (shape->buffers[n] != args->buffers[n])
            return false;
    // Nor may the compiler make one load of two neighbours, so these are not asked in a row.
    return shape->binding_count == args->binding_count && args->touch_count == 0 &&
           shape->push_bytes == args->push_bytes &&
           (args->binding_count == 0 ||
            (args->bindings &&
             kro__same_bindings(shape->bindings, args->bindings, args->binding_count)));
}

// The part of kro__shapes_find that searches.
kro__shape *kro__shapes_look_up(kro__shapes *shapes, const kro_pipeline *pipeline,
                                const kro_dispatch_args *args);

// The shape that came next the last time, if it is that of the dispatch; otherwise NULL.
static inline kro__shape *kro__shapes_expect(kro__shapes *shapes, const kro_pipeline *pipeline,
                                             const kro_dispatch_args *args)
{
    kro__shape *shape = shapes->expected;
    if (!shape || !kro__shape_matches(shape, pipeline, args))
        return NULL;
    shapes->last = shape;
    shapes->expected = shape->after;
    return shape;
}

// The shape of a dispatch, or NULL. It may be out of date. The one that came next the last time is
// nearly always the one that comes next.
static inline kro__shape *kro__shapes_find(kro__shapes *shapes, const kro_pipeline *pipeline,
                                           const kro_dispatch_args *args)
{
    kro__shape *shape = kro__shapes_expect(shapes, pipeline, args);
    return shape ? shape : kro__shapes_look_up(shapes, pipeline, args);
}

#endif
