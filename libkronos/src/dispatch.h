// What a dispatch comes to, for those who keep it to record it later.
#ifndef KRO_SRC_DISPATCH_H
#define KRO_SRC_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/stream.h>

// Where an indirect dispatch finds its workgroup counts.
typedef struct kro__indirect_groups {
    kro_buffer *buffer; // NULL: a direct dispatch
    uint64_t offset_bytes;
} kro__indirect_groups;

// What a dispatch does.
typedef struct kro__resolved {
    uint32_t groups[3];
    uint32_t use_count;   // its hazards: the first of stream->uses
    bool uses_everything; // it may use any buffer with a device address
    bool empty;           // it does nothing
} kro__resolved;

// Checks a dispatch, and finds out what it does, in the stream's scratch memory; nothing is
// recorded.
//
// Errors: those of kro_dispatch
kro_status kro__dispatch_resolve(kro_stream *stream, const kro_pipeline *pipeline,
                                 const kro_dispatch_args *args,
                                 const kro__indirect_groups *indirect, kro__resolved *out);

#endif
