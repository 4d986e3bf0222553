// Random bytes that nobody can foresee; for test data there are the kt_random calls of test.h.
#ifndef KT_OS_ENTROPY_H
#define KT_OS_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>

// False where the system has none; at most 256 bytes.
bool kt_entropy(void *out, size_t size_bytes);

#endif
