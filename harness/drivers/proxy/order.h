// In which orders work may run, and a choice among them. Pure: Vulkan's promises in, a permutation
// out.
//
// Work is described in submission order, queue by queue: items (commands), barriers, signals and
// waits. Two items keep their order only where execution dependencies say so: through a barrier
// whose first scope has a stage of the one, or a chain of barriers, to a second scope that has a
// stage of the other.
#ifndef KRO_PROXY_ORDER_H
#define KRO_PROXY_ORDER_H

#include <stdbool.h>
#include <stdint.h>

// The pipeline stages that compute programs tell apart.
enum {
    KRO__STAGE_COMPUTE = 1,
    KRO__STAGE_TRANSFER = 2,
    KRO__STAGE_INDIRECT = 4, // reading the arguments of an indirect dispatch
    KRO__STAGE_OTHER = 8,
    KRO__STAGE_COUNT = 4,
    KRO__STAGE_ALL = (1 << KRO__STAGE_COUNT) - 1,
};

typedef enum kro__order_mode {
    KRO__ORDER_AS_GIVEN,
    KRO__ORDER_UNIFORM, // any item that may run is as likely as another
    KRO__ORDER_GROUPS,  // groups overtake each other as wholes, as far as they may
    KRO__ORDER_NEWEST,  // the newest item that may run comes first
} kro__order_mode;

#define KRO__ORDER_NONE UINT32_MAX

// One queue's dependencies so far, by stage: `gate` is what items of the stage come after, `done`
// what items of the stage come before. Nodes or KRO__ORDER_NONE.
typedef struct kro__order_queue {
    uint32_t gate[KRO__STAGE_COUNT], done[KRO__STAGE_COUNT];
    bool done_is_used[KRO__STAGE_COUNT]; // a barrier has taken `done`: later items need another
} kro__order_queue;

typedef struct kro__order {
    kro__order_queue *queues;
    uint32_t queue_count;
    uint32_t *nodes; // per node: the item it is, or KRO__ORDER_NONE for a dependency
    uint32_t node_count, node_room;
    uint32_t (*edges)[2]; // node 0 before node 1
    uint32_t edge_count, edge_room;
    uint32_t *groups; // per item
    uint32_t item_count, item_room;
    bool failed; // out of memory; kro__order_run says so
} kro__order;

void kro__order_init(kro__order *order, uint32_t queue_count);
void kro__order_finish(kro__order *order);

// Items are numbered from 0. `stages` is where it executes; `group` is any number.
void kro__order_item(kro__order *order, uint32_t queue, uint32_t stages, uint32_t group);
void kro__order_barrier(kro__order *order, uint32_t queue, uint32_t src, uint32_t dst);

// A point after everything so far in stages `src` of a queue, and what later items in stages `dst`
// of another queue wait for.
uint32_t kro__order_signal(kro__order *order, uint32_t queue, uint32_t src);
void kro__order_wait(kro__order *order, uint32_t queue, uint32_t signal, uint32_t dst);

// Puts dependencies between each two items in the place of those that barriers and signals make,
// where `keep` says so of two that have an order. Nothing can be added afterwards.
//
// Returns: false without memory; everything is as it was then.
bool kro__order_thin(kro__order *order, bool (*keep)(void *user, uint32_t before, uint32_t after),
                     void *user);

// Writes the items in an order that keeps every dependency. `random` is advanced.
//
// Returns: false without memory.
bool kro__order_run(kro__order *order, kro__order_mode mode, uint64_t *random, uint32_t *out);

// The next of a sequence of random numbers (splitmix64).
uint64_t kro__order_random(uint64_t *random);

#endif
