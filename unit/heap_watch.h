// The heap as seen by one thread of a test: blocks are counted, and allocations can be made to
// fail. A mutex, a condition, a thread and an open file count as blocks from their beginning on, so
// that one without an end shows. The linker sends malloc and its kin here (--wrap in
// CMakeLists.txt); outside a watch they behave as ever.
#ifndef UNIT_HEAP_WATCH_H
#define UNIT_HEAP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct heap_watch {
    uint64_t allocations; // tried since the watch began
    int64_t live_blocks;  // allocated and not freed since then
} heap_watch;

// Watches the calling thread. The allocation number `fail_at`, from 1, fails; 0: none does.
void heap_watch_begin(uint64_t fail_at);
heap_watch heap_watch_end(void);

// While watching: lets the n-th allocation from now on fail, from 1, and with `later` all that come
// after it; 0: none fails any more.
void heap_watch_fail(uint64_t nth, bool later);
// What was seen until now.
heap_watch heap_watch_now(void);

#endif
