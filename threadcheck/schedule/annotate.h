// Atomic operations, as Valgrind has to be told of them.
#ifndef KS_ANNOTATE_H
#define KS_ANNOTATE_H

#include <stdint.h>

// Tells Valgrind, which knows nothing of the order of atomic operations, what they order.
void ks_published(void *object, uint64_t size_bytes, int order);
void ks_observed(void *object, uint64_t size_bytes, int order);

// … and that nothing is to be seen in memory of the schedule's own: the turn guards it.
void ks_unwatched(void *object, uint64_t size_bytes);

#endif
