// Put in front of libkronos (LD_PRELOAD): each dispatch takes so many instructions more as
// KRONOS_SLOWER says.
#include <dlfcn.h>
#include <stdlib.h>

#include <kronos/kronos.h>

typedef kro_status (*dispatch_function)(kro_stream *, kro_pipeline *, const kro_dispatch_args *);

static dispatch_function next;
static long turns;

__attribute__((constructor)) static void find_next(void)
{
    enum { INSTRUCTIONS_PER_TURN = 5 }; // load, add, store, load and compare, jump
    const char *more = getenv("KRONOS_SLOWER");
    turns = more ? strtol(more, NULL, 10) / INSTRUCTIONS_PER_TURN : 0;
    *(void **)&next = dlsym(RTLD_NEXT, "kro_dispatch");
}

kro_status kro_dispatch(kro_stream *stream, kro_pipeline *pipeline, const kro_dispatch_args *args)
{
    for (volatile long i = 0; i < turns; i++)
        ;
    return next(stream, pipeline, args);
}
