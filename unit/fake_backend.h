// A device in host memory behind the backend seam: copies and fills run when they are submitted,
// dispatches are only noted, and work finishes when a test says so.
#ifndef KT_UNIT_FAKE_BACKEND_H
#define KT_UNIT_FAKE_BACKEND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <kronos/kronos.h>

#include "backend.h"
#include "test.h"

// The batch that was submitted last.
typedef struct fake_submit {
    uint32_t node_count, barrier_count, set_count, evicted_count, wait_count;
    kro__node *nodes;   // as they were recorded: nodes[i] was appended as number order[i]
    uint32_t *order;    // for each of them
    uint32_t *barriers; // positions in `order`
    uint32_t *dynamic_offsets;
    uint8_t *push;
    kro__wait waits[KRO__MAX_QUEUES];
    bool entry_barrier, exit_barrier;
    uint64_t set_offset_bytes;     // of the first descriptor written
    uint32_t dynamic_offset_bytes; // the first
    uint32_t groups[3],
        push_word; // of the node recorded last, if it is a dispatch with a push word
} fake_submit;

// A call of the backend that can be told to fail.
typedef enum fake_call {
    FAKE_ANY,
    FAKE_MEMORY_CREATE,
    FAKE_KERNEL_CREATE,
    FAKE_RECORDER_CREATE,
    FAKE_FLUSH,
    FAKE_RECORD,
    FAKE_SUBMIT,
    FAKE_COMPLETED,
    FAKE_WAIT,
    FAKE_INVALIDATE,
} fake_call;

typedef struct fake_device {
    kro__device base;
    _Atomic uint64_t submitted[KRO__MAX_QUEUES], finished[KRO__MAX_QUEUES];
    _Atomic bool manual;         // work finishes only by `finished`,
    uint64_t busy_ns;            // otherwise so long after it was submitted,
    _Atomic uint64_t idle_at_ns; // which is then
    _Atomic uint32_t waits;      // how often somebody began to block
    _Atomic bool slow_reads;     // whoever makes finished writes visible is held there
    _Atomic bool reads;          // … and somebody is
    bool host_visible;           // every buffer has a host pointer
    bool runs_nothing;           // copies and fills, too, are only noted
    bool host_slow;              // … that is not readable, unless the buffer is for reading back
    kro_status fail_next;        // a call of `fail_in` returns this, once
    fake_call fail_in;
    uint32_t fail_skip;                                  // so many calls of it succeed before
    uint32_t memory_count, kernel_count, recorder_count; // alive
    uint32_t submit_count;
    uint64_t entry_barriers, exit_barriers; // submitted
    fake_submit last;                       // its lists hold until the next submit
    bool last_is_lent;                      // they belong to a recording for again
} fake_device;

extern const kro__backend fake_backend;

// A context on a fake device, released when the case ends. `config` may be NULL.
kro_context *fake_context(kt_test *t, const kro_context_config *config);

// The device behind it.
fake_device *fake_device_of(kro_context *ctx);

#endif
