// Runs the work that an engine holds back, as far as it can run.
#ifndef KRO_PROXY_FLUSH_H
#define KRO_PROXY_FLUSH_H

#include "engine.h"

typedef struct kro__flush_counts {
    uint64_t replayed, opaque; // commands; command buffers that ran as they are
} kro__flush_counts;

// Locked by the caller. After a failure the device is of no more use.
VkResult kro__flush(kro__engine *engine, kro__flush_counts *counts);

#endif
