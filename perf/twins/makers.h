// Buffers and pipelines made and destroyed in Vulkan written by hand.
#ifndef KP_MAKERS_H
#define KP_MAKERS_H

#include "hand.h"

typedef struct kp_maker kp_maker;

// Returns: NULL with a sentence in `problem`.
kp_maker *kp_maker_create(const kp_scene *scene, kt_text *problem);
void kp_maker_destroy(kp_maker *maker); // accepts NULL

enum { KP_MADE_BYTES = 4096 };

// Each makes one and destroys it; KRO_ERROR_DRIVER after any Vulkan call that failed.
//
// A buffer with an allocation of its own, as text-books have it; and one in a block of memory that
// was allocated before.
kro_status kp_maker_buffer(kp_maker *maker);
kro_status kp_maker_buffer_in_block(kp_maker *maker);

// The shader whose pipelines are made: one storage buffer, and a constant with id 0.
#define KP_MADE_SHADER "constant_expressions"

// A pipeline with its module and layouts, through the maker's pipeline cache.
kro_status kp_maker_pipeline(kp_maker *maker, uint32_t constant);
// Makes the cache anew from its own data, as a program does that has kept it.
kro_status kp_maker_reload_cache(kp_maker *maker);

#endif
