// The buffer arguments of dispatches, interned: equal arguments get equal ids, and the backend
// keeps one descriptor set group per id. Pure: it decides what exists; the backend carries it out.
//
// An id lives until it is evicted, which happens only above a soft bound, least recently used
// first, and never while its last use is unfinished or in the open batch.
#ifndef KRO_SRC_BINDINGS_H
#define KRO_SRC_BINDINGS_H

#include <stdbool.h>
#include <stdint.h>

// One bound range. Of dynamic bindings the low 32 bits of the offset are left out (0): they are no
// part of a set.
typedef struct kro__bound {
    uint64_t buffer_id; // 0: nothing bound
    uint64_t offset_bytes, size_bytes;
} kro__bound;

typedef struct kro__interned kro__interned;

typedef struct kro__bindings {
    kro__interned *entries;               // by id; entry 0 ends lists
    uint32_t entry_capacity, entry_count; // entry_count: highest id ever used
    uint32_t live_count, bound;
    uint32_t *table; // open addressing: ids
    uint32_t table_capacity;
    uint32_t free_id;        // list through `next`
    uint32_t newest, oldest; // by last use, through `previous` and `next`
    uint32_t *used;          // ids in the open batch
    uint32_t used_count, used_capacity;
    uint32_t
        last_count;  // ids that the last batch used: while `used_count` is 0, the first of `used`
    uint32_t *fresh; // ids interned in the open batch: their sets are to be written
    uint32_t fresh_count, fresh_capacity;
    uint32_t *evicted; // ids whose sets the backend has not been told to free yet
    uint32_t evicted_count, evicted_capacity;
    uint64_t forgotten; // ids given up so far: while it stands still, an id means what it meant
} kro__bindings;

void kro__bindings_init(kro__bindings *bindings, uint32_t bound);
void kro__bindings_finish(kro__bindings *bindings);

// Finds or makes the id of arguments and counts it as used by the open batch.
//
// Returns: the id, from 1; 0 when memory ran out. `*is_new` says that its sets are to be written.
uint32_t kro__bindings_intern(kro__bindings *bindings, uint32_t layout_id, const kro__bound *bound,
                              uint32_t count, bool *is_new);

// Counts an id that is still alive as used by the open batch, as interning its arguments would.
void kro__bindings_use(kro__bindings *bindings, uint32_t id);

// The backend was told: evictions were carried out, and fresh sets exist if `sets_exist`.
void kro__bindings_recorded(kro__bindings *bindings, bool sets_exist);

// The open batch was submitted under `value`.
void kro__bindings_submitted(kro__bindings *bindings, uint64_t value);

// The open batch was dropped. What it interned is forgotten, and evicted where its sets exist.
void kro__bindings_dropped(kro__bindings *bindings);

// Whether there are more than the bound, so that evicting is worth looking up what has finished.
bool kro__bindings_crowded(const kro__bindings *bindings);

// Evicts down to `bound` what was last used by `completed` or earlier.
void kro__bindings_evict(kro__bindings *bindings, uint64_t completed, uint32_t bound);

#endif
