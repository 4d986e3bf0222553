// Compiled once for each tool: KS_TOOL is its header, KS_NAME(what) its function.
#include "annotate_tool.h"

#include KS_TOOL

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
