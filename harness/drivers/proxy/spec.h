// The words of a spec (see proxy.h), as plain values. Pure.
#ifndef KRO_PROXY_SPEC_H
#define KRO_PROXY_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "hidden.h"
#include "proxy.h"

enum { KRO__SPEC_FAILS = 16, KRO__SPEC_LIMITS = 32, KRO__SPEC_DROPS = 16, KRO__SPEC_PATH = 512 };

typedef struct kro__fail_word {
    int call;     // index in kro__vk_calls; -1: any that may return `result`
    uint64_t nth; // from 1
    VkResult result;
    const char *result_name; // static
    bool from;               // and all later calls
} kro__fail_word;

typedef struct kro__limit_word {
    const char *name; // static; NULL: heap_bytes
    uint64_t value;
} kro__limit_word;

typedef struct kro__drop_word {
    kronos_proxy_barrier kind;
    uint64_t nth; // from 1; 0: all
} kro__drop_word;

typedef struct kro__spec {
    bool count;
    char counts[KRO__SPEC_PATH];    // "": the process has its own
    char leftovers[KRO__SPEC_PATH]; // "": nobody is told
    char report[KRO__SPEC_PATH];    // "": stderr
    kro__fail_word fails[KRO__SPEC_FAILS];
    uint32_t fail_count;
    uint64_t lose; // 0: never
    kro__hidden hidden;
    bool noncoherent;
    uint32_t api_version; // 0: the driver's
    uint32_t driver_id;   // VkDriverId; 0: the driver's
    kro__limit_word limits[KRO__SPEC_LIMITS];
    uint32_t limit_count;
    uint64_t budget_bytes; // of each heap; 0: the driver's
    bool dedicated;
    uint32_t split_queues; // 0: the driver's own queues
    uint64_t delay;
    bool reorder;
    uint64_t seed;
    kro__drop_word drops[KRO__SPEC_DROPS];
    uint32_t drop_count;
    bool exits, exits_all;
    char capture[KRO__SPEC_PATH]; // "": nothing is captured
    int plant;                    // one more than the index in kro__planted_faults; 0: none
    char reach[KRO__SPEC_PATH];   // "": what faults could do is not counted
    bool external;
    uint64_t external_us; // how long calls linger at most
    uint64_t external_seed;
} kro__spec;

// Reads a spec; NULL and "" are empty ones.
//
// Returns: false, with a sentence that names the bad part in `message`.
bool kro__spec_parse(const char *text, kro__spec *out, char *message, size_t message_bytes);

#endif
