// Dynamic libraries. They are opened once and stay mapped: drivers keep threads and thread-local
// destructors that outlive a close.
#ifndef KRO_SRC_OS_LIBRARY_H
#define KRO_SRC_OS_LIBRARY_H

#include <stddef.h>

#include <kronos/context.h>

typedef struct kro__library kro__library;

// Opens a library by path, or by bare name as the dynamic linker finds it.
//
// Returns: NULL after a failure, with the linker's words in `reason`.
// Threads: safe.
kro__library *kro__library_open(const char *name, char *reason, size_t reason_bytes);

// Returns: NULL where the library has no such function.
// Threads: safe.
kro_void_function kro__library_symbol(kro__library *library, const char *name);

#endif
