// What this process holds of the system now.
#ifndef KT_OS_USAGE_H
#define KT_OS_USAGE_H

#include <stdint.h>

typedef struct kt_usage {
    uint64_t resident_bytes; // of its memory, what is in RAM, in whole pages
    uint64_t heap_bytes;     // in blocks that malloc gave and that were not freed
    uint64_t descriptors;    // open files
    uint64_t threads;
} kt_usage;

// Gives back to the system what malloc keeps of freed memory, and looks. The two figures of memory
// are 0 in a program with a sanitizer, which keeps what is freed, and descriptors and threads where
// the system does not tell.
kt_usage kt_usage_now(void);

#endif
