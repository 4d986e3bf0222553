// Counts of Vulkan calls and of what they stand for, in a form that processes share through a file:
// they outlive a process however it ends, and add up over all that a program starts.
#ifndef KRO_DRIVERS_COUNTS_H
#define KRO_DRIVERS_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calls.h"

typedef enum kro__figure {
#define FIGURE(name, what) KRO__FIGURE_##name,
#include "figures.def"
#undef FIGURE
    KRO__FIGURE_COUNT,
} kro__figure;

// The name of each figure, and what it counts.
typedef struct kro__figure_text {
    const char *name, *what;
} kro__figure_text;

extern const kro__figure_text kro__figures[KRO__FIGURE_COUNT];

// One cache line each: threads that count different things do not disturb each other.
typedef struct kro__count {
    _Alignas(64) _Atomic uint64_t value;
} kro__count;

typedef struct kro__counts {
    kro__count layout; // KRO__COUNTS_LAYOUT, in a file
    kro__count figures[KRO__FIGURE_COUNT];
    kro__count objects[KRO__OBJECT_COUNT]; // created, by KRO__OBJECT_…
    kro__count calls[KRO__CALL_COUNT];     // by KRO__CALL_…
} kro__counts;

// Tells files of other builds apart.
#define KRO__COUNTS_LAYOUT \
    ((uint64_t)VK_HEADER_VERSION_COMPLETE << 32 | (uint64_t)sizeof(kro__counts))

// Maps a file of this size, which is made anew with zeros where `create` is set. Unmapped with
// munmap.
//
// Returns: NULL, with a sentence in `message`.
void *kro__shared_map(const char *path, size_t size_bytes, bool create, char *message,
                      size_t message_bytes);

// Maps a file of counts, which is made anew with zeros where `create` is set. Unmapped with munmap.
//
// Returns: NULL, with a sentence in `message`.
kro__counts *kro__counts_map(const char *path, bool create, char *message, size_t message_bytes);

#endif
