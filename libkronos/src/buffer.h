// A buffer, as the core sees it.
#ifndef KRO_SRC_BUFFER_H
#define KRO_SRC_BUFFER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <kronos/buffer.h>

#include "backend.h"
#include "hazards.h"
#include "os/thread.h"
#include "retire.h"

struct kro_buffer {
    kro__object object;
    uint64_t id; // never reused
    kro__memory *memory;
    kro_buffer_info info;
    _Atomic uint64_t last_use[KRO__MAX_QUEUES]; // highest submit value that uses it
    _Atomic bool mapped;
    kro__mutex atoms_lock;         // only where memory->host_atoms
    _Atomic uint32_t open_batches; // check_hazards: batches not yet submitted that use it
    char label[];
};

// For vk/handles.c.
kro__memory *kro__buffer_memory(const kro_buffer *buffer);

// Creates a buffer with its memory, and without contents.
kro_status kro__buffer_make(kro_context *ctx, const kro__memory_config *config, kro_buffer **out);

// Waits until the host may touch the buffer: the default stream's batch is submitted, and every
// submitted use has finished. `verb` says what the caller wanted, as in "read".
kro_status kro__buffer_claim(kro_buffer *buffer, const char *verb);

// What error sentences call a buffer: its label, or its size.
typedef struct kro__buffer_name {
    char text[96];
} kro__buffer_name;
kro__buffer_name kro__name_buffer(const kro_buffer *buffer);

// Whether [offset, offset + size) lies inside the buffer; INVALID_ARGUMENT and a sentence if not.
// `verb` says what the caller wanted, as in "read".
kro_status kro__buffer_check_range(const kro_buffer *buffer, const char *verb,
                                   uint64_t offset_bytes, uint64_t size_bytes);

// Between them one thread at a time moves bytes between the host's view and the buffer: whoever
// invalidates an atom discards what others have written to it and not flushed. Nothing happens
// where the memory is coherent.
void kro__buffer_lock_atoms(kro_buffer *buffer);
void kro__buffer_unlock_atoms(kro_buffer *buffer);

// The access that touches [offset, offset + size) of a buffer.
kro__access kro__buffer_access(const kro_buffer *buffer, uint64_t offset_bytes, uint64_t size_bytes,
                               bool reads, bool writes);

#endif
