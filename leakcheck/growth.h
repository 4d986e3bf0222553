// What a process holds while it does the same again and again, as slopes: what each operation adds.
#ifndef LEAKCHECK_GROWTH_H
#define LEAKCHECK_GROWTH_H

#include "drivers/proxy/proxy.h"
#include "test.h"

typedef enum growth_figure {
    GROWTH_RESIDENT_BYTES, // kt_usage
    GROWTH_HEAP_BYTES,
    GROWTH_DESCRIPTORS,
    GROWTH_THREADS,
    GROWTH_OBJECTS, // what the proxy's ledger has
    GROWTH_DEVICE_BYTES,
    GROWTH_MAPPINGS,
    GROWTH_FIGURES,
} growth_figure;

typedef struct growth_config {
    const char *operation; // "dispatch"
    uint64_t count;        // of operations
    // Does operation `index`. False ends it all: the case has failed.
    bool (*operate)(void *user, uint64_t index);
    // Brings everything to rest, before each look: nothing runs, and what comes and goes has gone.
    bool (*settle)(void *user);
    void *user;
    const kronos_proxy_api *proxy; // in front of the driver; NULL: nothing is known of its objects
} growth_config;

typedef struct growth {
    const char *operation;
    uint64_t count;
    double slopes[GROWTH_FIGURES]; // per operation
} growth;

// Does all operations, looks at equal distances, and fits what came after the first fifth: caches
// fill in the beginning. False where an operation failed.
bool growth_measure(const growth_config *config, growth *out);

// Bytes per operation that no leak stays below, and some noise does.
typedef struct growth_bounds {
    double resident_bytes, heap_bytes;
} growth_bounds;

// Whether a slope keeps its bound: the two of memory those given; the others are counted exactly,
// and come to less than one in the whole run. `than` did the same without the library, and what it
// grew by is the driver's; NULL for nothing.
bool growth_keeps(const growth *measured, const growth *than, const growth_bounds *bounds,
                  growth_figure figure);

// Writes a line for each slope, with its bound, to `text`; those beyond are "too much".
//
// Returns: whether all keep theirs.
enum { GROWTH_TEXT_BYTES = 1024 };
bool growth_judge(const growth *measured, const growth *than, const growth_bounds *bounds,
                  char text[GROWTH_TEXT_BYTES]);

#endif
