// What a process holds while it does the same again and again, as slopes: what each operation adds.
#ifndef KT_GROWTH_H
#define KT_GROWTH_H

#include "drivers/proxy/proxy.h"
#include "test.h"

typedef enum kt_growth_figure {
    KT_GROWTH_RESIDENT_BYTES, // kt_usage
    KT_GROWTH_HEAP_BYTES,
    KT_GROWTH_DESCRIPTORS,
    KT_GROWTH_THREADS,
    KT_GROWTH_OBJECTS, // what the proxy's ledger has
    KT_GROWTH_DEVICE_BYTES,
    KT_GROWTH_MAPPINGS,
    KT_GROWTH_FIGURES,
} kt_growth_figure;

typedef struct kt_growth_config {
    const char *operation; // "dispatch"
    uint64_t count;        // of operations
    // Does operation `index`. False ends it all: the case has failed.
    bool (*operate)(void *user, uint64_t index);
    // Brings everything to rest, before each look: nothing runs, and what comes and goes has gone.
    bool (*settle)(void *user);
    void *user;
    const kronos_proxy_api *proxy; // in front of the driver; NULL: nothing is known of its objects
} kt_growth_config;

typedef struct kt_growth {
    const char *operation;
    uint64_t count;
    double slopes[KT_GROWTH_FIGURES]; // per operation
} kt_growth;

// Does all operations, looks at equal distances, and fits what came after the first fifth: caches
// fill in the beginning. False where an operation failed.
bool kt_growth_measure(const kt_growth_config *config, kt_growth *out);

// Bytes per operation that no leak stays below, and some noise does.
typedef struct kt_growth_bounds {
    double resident_bytes, heap_bytes;
} kt_growth_bounds;

// Whether a slope keeps its bound: the two of memory those given; the others are counted exactly,
// and come to less than one in the whole run. `than` did the same without the library, and what it
// grew by is the driver's; NULL for nothing.
bool kt_growth_keeps(const kt_growth *measured, const kt_growth *than,
                     const kt_growth_bounds *bounds, kt_growth_figure figure);

// Writes a line for each slope, with its bound, to `text`; those beyond are "too much".
//
// Returns: whether all keep theirs.
enum { KT_GROWTH_TEXT_BYTES = 1024 };
bool kt_growth_judge(const kt_growth *measured, const kt_growth *than,
                     const kt_growth_bounds *bounds, char text[KT_GROWTH_TEXT_BYTES]);

#endif
