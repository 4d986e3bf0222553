// The proxy driver: a Vulkan driver library that stands in front of another one, and counts,
// checks, refuses, hides, delays and reorders what passes through it.
//
//     KRONOS_PROXY_DRIVER=/usr/share/vulkan/icd.d/lvp_icd.x86_64.json   the driver behind it: a
//                                                                       library or a manifest
//                                                                       unless a file named as
//                                                                       the proxy itself and
//                                                                       ".driver" names one
//     KRONOS_PROXY="reorder=7;fail=vkAllocateMemory:3:VK_ERROR_OUT_OF_DEVICE_MEMORY"
//
// A spec is a list of words joined by ";". A word that means nothing is an error that names it: the
// driver then refuses to start.
//
//   count                   at exit, write how often each function was called
//   counts=FILE             keep the counts in FILE, which others made and may share (counts.h)
//   leftovers=FILE          append to FILE what the process leaves behind (leftovers.h)
//   report=FILE             at exit, write violations, leaks and counts to FILE (default: stderr,
//                           and only if there is something to say); violations are appended to it
//                           as they happen, for programs that crash
//   fail=FUNCTION:N:RESULT  the N-th call of FUNCTION (from 1) does nothing and returns RESULT, a
//                           VkResult's name. With ":from" behind it, so does every later call.
//                           A device that is said to be lost is lost from then on.
//                           FUNCTION "any" stands for all that may return RESULT: the N-th of
//                           their calls, whichever it is.
//                           RESULT is one that the registry lists for FUNCTION, or
//                           VK_ERROR_UNKNOWN; with ":unlisted" behind it, any.
//   lose=N                  the device is lost at its N-th queue submission; at the N-th of all
//                           calls that can say so with fail=any:N:VK_ERROR_DEVICE_LOST
//   hide=NAME,NAME...       pretend not to have features (members of the feature structs, such as
//                           shaderInt64), extensions (VK_KHR_…), or short names for both:
//                           timeline sync2 subgroup_size_control device_address int64 float64
//                           int16 int8 float16 storage8 storage16 int64_atomics float_atomics
//                           memory_model scalar_layout maintenance4 host_query_reset
//                           push_descriptor memory_budget debug_utils
//   noncoherent             no memory is host-coherent: what is mapped meets what the device sees
//                           only where it is flushed or invalidated
//   api=1.1                 report at most this Vulkan version (1.1, 1.2 or 1.3)
//   driver_id=N             say to be the driver of this VkDriverId: what programs do for that one
//                           alone can be tested without it
//   limit=NAME:VALUE        shrink a limit, by its name in any properties struct; max… becomes at
//                           most VALUE, min…Alignment and nonCoherentAtomSize at least VALUE.
//                           heap_bytes stands for the size of each memory heap, and what its
//                           budget may be at most. It, maxMemoryAllocationCount and
//                           maxMemoryAllocationSize are enforced.
//   budget=N                grant the process N bytes of each memory heap (VK_EXT_memory_budget,
//   also
//                           where the driver does not offer it); in use is what devices of the
//                           same instance have allocated. Nothing is enforced.
//   dedicated               buffers require allocations of their own; one that is bound to other
//                           memory than one made for it, or imported, is a violation
//   split_queues=N          each queue family with compute offers N queues (2..16) on one real one
//   delay=N                 submitted work counts as unfinished for N polls; waits see it at once
//   reorder=SEED            run submitted work in any order that Vulkan allows (below)
//   drop=KIND[:N]           ignore a barrier, so that tests can be tested. KIND is exit (its second
//                           scope names the HOST stage; needs exits), entry (its command buffer
//                           holds no work) or level (the others; both need reorder); the N-th
//                           submitted of that kind, counting from 1 since the device was made, or
//                           all of them
//   exits[=all]             report writes to memory that the host has mapped and can read (cached
//                           memory; "all": any) which the host sees complete without a barrier to
//                           HOST_READ; writes through device addresses aside
//   capture=FILE            run submitted work in its order, a command at a time, and append to
//   FILE
//                           each dispatch with all that it needs and what its buffers hold before
//                           and after (shared/capture_format.h)
//   plant=FAULT             be a driver with this fault, such as spirv/IAdd/ISub (shared/planted.h)
//   reach=FILE              count in FILE, which others made, how often each fault could have acted
//   external[=MICROSECONDS[:SEED]]
//                           report two threads that are inside one externally synchronised object
//                           at once (below). One call of four, drawn from SEED, then lasts up to
//                           this much longer, so that threads meet that would rarely meet.
//
// Reordering. Command buffers are noted as they are recorded. Submitted work is held back until the
// host looks (waits, polls, destroys the device); then everything that can run does, one command at
// a time, each followed by a full barrier, in a random order drawn from SEED that keeps every order
// Vulkan promises: pipeline barriers (by their stages, through chains), semaphores, and what the
// host has seen complete. A right program cannot tell; a program that lacks a barrier computes
// something else for about half the seeds.
//
// A barrier whose access masks, or whose buffer, leave out what the first command wrote or how the
// second one uses it orders the two, but passes nothing on: the second may find what was there
// before, so it may run first. Which bytes commands use comes from their regions, from descriptors
// and from what kernels do with their bindings, so two commands keep their order where the second
// overwrites what the first reads, where part of what was written is passed on, or where it cannot
// be told (device addresses, images; more than 512 commands at once).
//
// Where it is blind: a kernel that changes a buffer in place after another one did, with too few
// accesses between them, overwrites what that one reads. Ranges of buffer barriers count as the
// whole buffer. Command buffers with images, events' waits, graphics or queries that span commands
// run as they are, between full barriers. Programs that watch mapped memory without asking Vulkan
// never see held work complete, and a poll waits for what it runs, so work that waits for an event
// must find it set by then.
//
// External synchronisation. Vulkan says of each call which objects no other thread may use
// meanwhile, the registry in `externsync`: a queue that is submitted to or waited for, a command
// buffer that is recorded and the pool it came from, a pool that is allocated from or reset, a set
// that is updated, a fence that is reset, memory that is mapped, whatever is destroyed. What a call
// uses are its parameters and the members of the structs that these point to, `pNext` and what
// descriptors are written with aside. A report names both calls, both threads, and the object with
// its number and label. It acts at once on all objects, and whether two calls overlap is never
// guessed: each report is a broken program. The second thread then waits for the first, up to a
// second, so that the program lives to hear the rest. Objects that share a handle, and pipeline
// caches with VK_PIPELINE_CACHE_CREATE_EXTERNALLY_SYNCHRONIZED_BIT, are not checked.
//
// The proxy passes the driver's handles through, so commands it does not know keep working; the
// real driver must not give each instance or device functions of its own, and none does.
#ifndef KRO_PROXY_H
#define KRO_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum kronos_proxy_barrier {
    KRONOS_PROXY_BARRIER_LEVEL = 0,
    KRONOS_PROXY_BARRIER_ENTRY = 1,
    KRONOS_PROXY_BARRIER_EXIT = 2,
} kronos_proxy_barrier;

// What a test in the same process may ask of the proxy. Every function may be called at any time on
// any thread. Texts are cut to `bytes`, always ended, and their full length is returned.
typedef struct kronos_proxy_api {
    // Replaces the spec; NULL stands for what the environment says. `fail` and `external` act at
    // once, `fail` counts calls from now; everything else acts on instances and devices made from
    // now on.
    //
    // Returns: false, with a sentence in `message`, for a bad spec; nothing has changed then.
    bool (*configure)(const char *spec, char *message, size_t message_bytes);
    // Sets counts of calls, barriers and submissions to zero and forgets violations.
    void (*reset_counts)(void);

    uint64_t (*calls)(const char *function); // since the last reset; 0 for an unknown name
    uint64_t (*calls_total)(void);
    uint64_t (*calls_that_may)(const char *result); // of functions that may return it, a VkResult
    uint64_t (*figure)(const char *name);           // of shared/figures.def, since the last reset
    bool (*fail_reached)(void);                     // the N-th call of some `fail` word was made
    const char *(*fail_function)(void); // the function that a `fail` word refused first, or NULL

    uint64_t (*objects)(
        const char *type); // live objects of a type ("VkBuffer"); NULL: of all types
    size_t (*objects_text)(char *text, size_t bytes); // a line each, by type, in order of creation:
                                                      // type, handle, number, label; of memory its
                                                      // size, heap and whether it is mapped
    uint64_t (*memory_bytes)(void);                   // allocated device memory
    uint64_t (*mappings)(void);                       // memory objects that are mapped

    // Broken rules that the proxy saw: leaked objects, exits, objects destroyed or reset while in
    // use, bad ranges of mapped memory, threads that met.
    uint64_t (*violations)(void);
    size_t (*violations_text)(char *text, size_t bytes); // a sentence a line

    uint64_t (*barriers)(kronos_proxy_barrier kind); // submitted, with reorder or exits
    uint64_t (*submissions)(void);                   // vkQueueSubmit and vkQueueSubmit2 calls
    uint64_t (*replayed)(void);                      // commands run by the proxy itself
    uint64_t (*opaque)(void); // command buffers that ran as they are although work is reordered
    // How often a call had an object to itself since the last reset, with `external`: a check that
    // finds nothing has looked at this much.
    uint64_t (*external)(void);
    // Calls `look` within each call that has an object to itself, with `external`, in place of the
    // rest that the word asks for: it may let other threads run, which then meet this one. NULL: no
    // longer.
    void (*look_inside)(void (*look)(void));
    // Adds a record of the test's own to what is captured (shared/capture_format.h); without
    // `capture` it does nothing. The two parts stand one after the other in it.
    void (*capture)(uint32_t kind, const void *head, size_t head_bytes, const void *bytes,
                    size_t size_bytes);
    bool (*captures)(void); // whether anything is captured
} kronos_proxy_api;

// Exported by the library. A test opens the driver's library with dlopen, asks dlsym for this
// function and keeps the library open; the driver that the loader or libkronos opens is the same
// one.
const kronos_proxy_api *kronos_proxy_get(void);

#endif
