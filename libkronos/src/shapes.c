#include "shapes.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"

enum { FIRST_TABLE = 32 };

void kro__shapes_init(kro__shapes *shapes)
{
    *shapes = (kro__shapes){0};
}

void kro__shapes_finish(kro__shapes *shapes)
{
    for (uint32_t i = 0; i < shapes->made_count; i++)
        free(shapes->made[i]);
    free(shapes->made);
    free(shapes->table);
    kro__shapes_init(shapes);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 32);
}

static uint32_t hash_of(const kro_pipeline *pipeline, const kro_dispatch_args *args)
{
    uint64_t hash = (uintptr_t)pipeline;
    for (uint32_t n = 0; n < KRO_ARGS_BUFFERS; n++)
        hash = mix(hash, (uintptr_t)args->buffers[n]);
    for (uint32_t i = 0; i < args->binding_count; i++)
        hash = mix(mix(hash, (uintptr_t)args->bindings[i].buffer), args->bindings[i].offset_bytes);
    return (uint32_t)hash;
}

// The place of a shape in the table, or the empty one where it would go.
static kro__shape **find_place(const kro__shapes *shapes, const kro_pipeline *pipeline,
                               const kro_dispatch_args *args)
{
    uint32_t mask = shapes->table_capacity - 1;
    uint32_t place = hash_of(pipeline, args) & mask;
    while (shapes->table[place] && !kro__shape_matches(shapes->table[place], pipeline, args))
        place = (place + 1) & mask;
    return &shapes->table[place];
}

// Whether dispatches of this kind are remembered.
static bool is_common(const kro_dispatch_args *args)
{
    return args->binding_count <= KRO__SHAPE_BUFFERS && args->touch_count == 0 &&
           (args->binding_count == 0 || args->bindings);
}

kro__shape *kro__shapes_look_up(kro__shapes *shapes, const kro_pipeline *pipeline,
                                const kro_dispatch_args *args)
{
    if (shapes->count == 0 || !is_common(args))
        return NULL;
    kro__shape *shape = *find_place(shapes, pipeline, args);
    if (!shape)
        return NULL;
    if (shapes->last)
        shapes->last->after = shape;
    shapes->last = shape;
    shapes->expected = shape->after;
    return shape;
}

static bool grow_table(kro__shapes *shapes)
{
    uint32_t capacity = shapes->table_capacity ? shapes->table_capacity * 2 : FIRST_TABLE;
    kro__shape **table = calloc(capacity, sizeof *table);
    if (!table)
        return false;
    free(shapes->table);
    shapes->table = table;
    shapes->table_capacity = capacity;
    for (uint32_t i = 0; i < shapes->count; i++) {
        kro__shape *shape = shapes->made[i];
        kro_dispatch_args given = {.bindings = shape->bindings,
                                   .binding_count = shape->binding_count,
                                   .push_bytes = shape->push_bytes};
        memcpy(given.buffers, shape->buffers, sizeof given.buffers);
        *find_place(shapes, shape->pipeline, &given) = shape;
    }
    return true;
}

static void forget_all(kro__shapes *shapes)
{
    memset(shapes->table, 0, shapes->table_capacity * sizeof *shapes->table);
    shapes->count = 0;
    shapes->last = NULL;
    shapes->expected = NULL;
    shapes->forgotten++;
}

// One more of `made`.
static bool make_shape(kro__shapes *shapes)
{
    if (!kro__grow(&shapes->made, &shapes->made_capacity, shapes->made_count + 1,
                   sizeof *shapes->made))
        return false;
    kro__shape *shape = malloc(sizeof *shape);
    if (!shape)
        return false;
    shapes->made[shapes->made_count++] = shape;
    return true;
}

kro__shape *kro__shapes_take(kro__shapes *shapes, const kro_pipeline *pipeline,
                             const kro_dispatch_args *args)
{
    if (!is_common(args))
        return NULL;
    if (shapes->count == KRO__MAX_SHAPES)
        forget_all(shapes);
    if (shapes->count * 2 + 2 > shapes->table_capacity && !grow_table(shapes))
        return NULL;
    kro__shape **place = find_place(shapes, pipeline, args);
    if (*place)
        return *place;
    if (shapes->count == shapes->made_count && !make_shape(shapes))
        return NULL;
    kro__shape *shape = shapes->made[shapes->count++];
    *shape = (kro__shape){
        .pipeline = pipeline,
        .binding_count = args->binding_count,
        .push_bytes = args->push_bytes,
    };
    memcpy(shape->buffers, args->buffers, sizeof shape->buffers);
    if (args->binding_count > 0)
        memcpy(shape->bindings, args->bindings, args->binding_count * sizeof *args->bindings);
    *place = shape;
    return shape;
}
