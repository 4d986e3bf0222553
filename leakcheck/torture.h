// Torture: a public call in a small program, in which every Vulkan call that may fail, and every
// allocation, fails in turn. torture.c does it; torture_*.c hold the calls, which calls.def lists.
#ifndef LEAKCHECK_TORTURE_H
#define LEAKCHECK_TORTURE_H

#include "torture_place.h"

enum { TORTURE_WORDS = 256, TORTURE_BYTES = 4 * TORTURE_WORDS };

// The program around a call. NULL is what was not made, or is gone; the program's end destroys the
// rest.
typedef struct torture_bench {
    kro_context_config config; // how contexts are opened
    const char *folder;        // see torture_place
    bool computes;
    uint32_t *page;
    kro_devices *devices;
    kro_context *ctx, *second;   // `second`: made on the device of the first
    kro_buffer *a, *b;           // TORTURE_BYTES in device and in readback memory
    kro_buffer *made;            // by the call, or for it
    kro_pipeline *set;           // a[i] = word; see torture_set
    kro_pipeline *made_pipeline; // by the call, or for it
    kro_stream *stream, *other;  // of different queues, where there are two
    kro_graph *graph;
    kro_fence fence;
    uint32_t words[TORTURE_WORDS]; // for what is read
} torture_bench;

// What there is before the call.
typedef enum torture_holds {
    TORTURE_NOTHING, // how to open a context
    TORTURE_CONTEXT, // ctx
    TORTURE_PROGRAM, // and buffers, a pipeline and streams, which have worked already
} torture_holds;

typedef struct torture_call {
    torture_holds holds;
    // What stands before each attempt, made while nothing fails. UNSUPPORTED: the device cannot.
    kro_status (*prepare)(torture_bench *bench); // NULL: nothing
    // The call. KRO_OK for one that returns no status.
    kro_status (*run)(torture_bench *bench);
    // After success, while nothing fails: the call has done what it promises.
    bool (*right)(kt_test *t, torture_bench *bench); // NULL: there is nothing to see
    bool keeps;          // what `prepare` made outlives a failed attempt
    bool records;        // on `stream`, whose next submit tells the failure again
    bool cannot_fail;    // it has nothing that could
    bool unseen;         // work still runs that nobody can see complete once every call fails
    const char *refusal; // a VkResult that says that the device cannot: UNSUPPORTED
} torture_call;

#define TORTURE_CALL(call, kind) extern const torture_call torture_##call##_##kind;
#include "calls.def"
#undef TORTURE_CALL

// Makes buffers, a pipeline and streams on bench->ctx and computes with them; a failure fails the
// case.
bool torture_check_context(kt_test *t, torture_bench *bench);
// Dispatches a kernel that sets each word of bench->a.
kro_status torture_set(torture_bench *bench, kro_stream *stream, uint32_t word);
// A buffer holds the word everywhere, as the host reads it.
bool torture_check_word(kt_test *t, torture_bench *bench, kro_buffer *buffer, uint32_t word);

#endif
