#include "annotate.h"

#include <stdatomic.h>

#include "annotate_tool.h"

#ifdef KS_VALGRIND

// What an operation of this order makes known to others, and what it gets to know.
static bool releases(int order)
{
    return order == memory_order_release || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

static bool acquires(int order)
{
    return order == memory_order_acquire || order == memory_order_acq_rel ||
           order == memory_order_seq_cst;
}

void ks_published(void *object, uint64_t size_bytes, int order)
{
    ks_helgrind_published(object, size_bytes, releases(order));
    ks_drd_published(object, size_bytes, releases(order));
}

void ks_observed(void *object, uint64_t size_bytes, int order)
{
    ks_helgrind_observed(object, size_bytes, acquires(order));
    ks_drd_observed(object, size_bytes, acquires(order));
}

void ks_unwatched(void *object, uint64_t size_bytes)
{
    ks_helgrind_published(object, size_bytes, false);
    ks_drd_published(object, size_bytes, false);
}

#else

void ks_published(void *object, uint64_t size_bytes, int order)
{
    (void)object;
    (void)size_bytes;
    (void)order;
}

void ks_observed(void *object, uint64_t size_bytes, int order)
{
    (void)object;
    (void)size_bytes;
    (void)order;
}

void ks_unwatched(void *object, uint64_t size_bytes)
{
    (void)object;
    (void)size_bytes;
}

#endif
