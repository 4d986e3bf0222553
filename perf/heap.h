// What a shared library asks the heap for, counted from outside: its calls of malloc and its kin
// are sent through functions of ours for a while. Only the library's own calls are; what drivers
// and the C library allocate has no part in it.
#ifndef KP_HEAP_H
#define KP_HEAP_H

#include "os/library.h"
#include "text.h"

enum { KP_HEAP_SLOTS = 32 };

// The places where the library keeps the addresses of those functions, and what stood there.
typedef struct kp_heap {
    void **slots[KP_HEAP_SLOTS];
    void *kept[KP_HEAP_SLOTS];
    size_t count;
} kp_heap;

// Begins to count what the calling thread allocates in the library that `function` is in; of other
// threads nothing is counted, and nothing else may load, unload or watch libraries meanwhile.
//
// Returns: false with a sentence in `problem` where the library has no such calls that could be
//          found.
bool kp_heap_begin(kp_heap *heap, kt_function function, kt_text *problem);

// Ends that; how many allocations there were.
uint64_t kp_heap_end(kp_heap *heap);

#endif
