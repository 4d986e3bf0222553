// The heap as seen by one thread of a test: blocks are counted, and one allocation can be made to
// fail. A mutex, a condition and a thread count as blocks from their beginning on, so that one
// without an end shows. The linker sends malloc and its kin here (--wrap in CMakeLists.txt);
// outside a watch they behave as ever.
#ifndef UNIT_HEAP_WATCH_H
#define UNIT_HEAP_WATCH_H

#include <stdint.h>

typedef struct heap_watch {
    uint64_t allocations; // tried since the watch began
    int64_t live_blocks;  // allocated and not freed since then
} heap_watch;

// Watches the calling thread. The allocation number `fail_at`, from 1, fails; 0: none does.
void heap_watch_begin(uint64_t fail_at);
heap_watch heap_watch_end(void);

#endif
