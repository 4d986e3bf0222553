// Compiled once for each tool: KS_TOOL is its header, and its functions begin with KS_PREFIX.
#include "annotate_tool.h"

#include KS_TOOL

#define KS_JOIN_(prefix, what) prefix##what
#define KS_JOIN(prefix, what)  KS_JOIN_(prefix, what)
#define KS_NAME(what)          KS_JOIN(KS_PREFIX, what)

void KS_NAME(published)(void *object, uint64_t size_bytes, bool releases)
{
    ANNOTATE_BENIGN_RACE_SIZED(object, size_bytes, "atomic");
    if (releases)
        ANNOTATE_HAPPENS_BEFORE(object);
}

void KS_NAME(observed)(void *object, uint64_t size_bytes, bool acquires)
{
    (void)size_bytes; // the load itself was excused by whoever stored
    if (acquires)
        ANNOTATE_HAPPENS_AFTER(object);
}
