// Whole files.
#ifndef KRO_SRC_OS_FILE_H
#define KRO_SRC_OS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <kronos/status.h>

// Reads a file of any kind to its end.
//
// Errors:    IO  cannot be opened or read; OUT_OF_HOST_MEMORY
// Ownership: `*out` is the caller's to free; never NULL after success.
kro_status kro__file_read(const char *path, void **out, uint64_t *out_bytes);

// Puts a file with these contents in place of what is there, or leaves what is there: a reader
// never sees half of it, and of several writers one wins.
//
// Errors: IO  cannot be written; OUT_OF_HOST_MEMORY
kro_status kro__file_replace(const char *path, const void *bytes, size_t size_bytes);

#endif
