// Which commands may see what others wrote. Pure: commands and what orders them in, an answer for
// each pair out.
//
// An execution dependency makes one command come after another; what the first wrote is seen by the
// second only if a memory dependency makes the writes available and visible. Where the second uses
// such bytes all the same, it may find what was there before: it may just as well run first.
#ifndef KRO_PROXY_SCOPES_H
#define KRO_PROXY_SCOPES_H

#include <stdbool.h>
#include <stdint.h>

#include "recording.h"

enum { KRO__SCOPES_ITEMS = 512 }; // more at once are not looked at: work grows with the square

// Bytes that a command uses in one stage, or may use.
typedef struct kro__access {
    VkDeviceMemory memory;
    VkBuffer buffer;
    uint64_t begin, end;  // of the memory
    uint32_t stage;       // one KRO__STAGE_…
    VkAccessFlags2 kinds; // any of these in a barrier stands for it
    bool writes;          // or reads
} kro__access;

typedef struct kro__accesses {
    kro__access *items;
    uint32_t count, room;
} kro__accesses;

// Returns: false without memory.
bool kro__accesses_add(kro__accesses *accesses, kro__access access);

typedef struct kro__scope_item {
    uint32_t first, count; // of the accesses
    bool known;            // these are all that it has
} kro__scope_item;

typedef struct kro__scope_event kro__scope_event;

typedef struct kro__scopes {
    kro__scope_event *events;
    uint32_t event_count, event_room;
    kro__scope_item *items;
    uint32_t item_count, item_room;
    kro__accesses accesses;
    uint64_t *unseen, *seen; // a bit for each pair of items: the later one uses what the other
                             // wrote, in some place without seeing it, in some place seeing it
    bool failed;             // out of memory
} kro__scopes;

void kro__scopes_finish(kro__scopes *scopes);

// What happens, in order, queue by queue, numbered from 0. An item is what was added to `accesses`
// since the last one. Signals have any numbers; dependencies must outlive the scopes.
void kro__scopes_item(kro__scopes *scopes, uint32_t queue, bool known);
void kro__scopes_barrier(kro__scopes *scopes, uint32_t queue, const kro__dependency *dependencies,
                         uint32_t count);
void kro__scopes_signal(kro__scopes *scopes, uint32_t queue, uint32_t signal, uint32_t stages);
void kro__scopes_wait(kro__scopes *scopes, uint32_t queue, uint32_t signal, uint32_t stages);

// Works out the answers.
//
// Returns: false without memory, or for too many items.
bool kro__scopes_run(kro__scopes *scopes);

// False if `after` may run before `before` although it is made to come later: it uses what that
// wrote and sees nothing of it, and it overwrites nothing that it reads. A right program cannot
// tell: it uses other bytes than it seems to.
bool kro__scopes_keep(const kro__scopes *scopes, uint32_t before, uint32_t after);

#endif
