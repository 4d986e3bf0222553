// Which memory of the application is a buffer: kro_host_register's, by address.
#ifndef KRO_SRC_REGISTERED_H
#define KRO_SRC_REGISTERED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <kronos/buffer.h>

#include "os/thread.h"

typedef struct kro__registration {
    uintptr_t begin, last; // both inside: memory may end where the address space does
    kro_buffer *buffer;    // whose registration it is
    bool destroyed;        // the buffer was: work may still use the memory, nobody else may
} kro__registration;

typedef struct kro__registered {
    bool has_lock;
    kro__mutex lock;
    kro__registration *items; // under lock: by address, none overlaps another
    uint32_t count, capacity;
    _Atomic uint32_t living; // how many are not destroyed, to look without the lock
} kro__registered;

// A stretch of a registered buffer.
typedef struct kro__registered_part {
    kro_buffer *buffer; // NULL: none
    uint64_t offset_bytes;
} kro__registered_part;

// Returns: false where the system has no room for its lock.
bool kro__registered_init(kro__registered *registered);

// Nothing is registered any more. Accepts a zeroed one.
void kro__registered_finish(kro__registered *registered);

// Adds a buffer's memory.
//
// Errors:  INVALID_ARGUMENT      another registered buffer has a part of it
//          OUT_OF_HOST_MEMORY
// Threads: safe, as the others below are.
kro_status kro__registered_add(kro__registered *registered, kro_buffer *buffer);

// Its buffer is being destroyed: the memory is found no more, and still overlaps. Nothing happens
// to a buffer that is not registered.
void kro__registered_destroy(kro__registered *registered, const kro_buffer *buffer);

// Nothing uses the buffer's memory any more.
void kro__registered_remove(kro__registered *registered, const kro_buffer *buffer);

// Where host memory lies in a registered buffer that work may use now: as a whole, and not while
// the buffer is mapped, as the bytes are the host's then. Whoever passes the memory to Kronos names
// the buffer by it, so nobody unregisters it meanwhile.
kro__registered_part kro__registered_find(kro__registered *registered, const void *memory,
                                          uint64_t size_bytes);

#endif
