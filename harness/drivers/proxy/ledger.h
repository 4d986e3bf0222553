// Which Vulkan objects are alive, since when, and what they are called.
#ifndef KRO_PROXY_LEDGER_H
#define KRO_PROXY_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table.h"
#include "tally.h"
#include "text.h"

// Returns: false without memory.
bool kro__ledger_begin(void);

// Notes a new object. `owner` is the device or instance that it dies with, `parent` the pool that
// it came from or the owner again.
void kro__ledger_add(VkObjectType type, uint64_t handle, uint64_t owner, uint64_t parent);

// Forgets an object, and what dies with it: quietly what came from a pool; with a violation for
// each object that a device or instance should not have had any more.
void kro__ledger_remove(VkObjectType type, uint64_t handle);

// Forgets what came from a pool that is reset.
void kro__ledger_remove_children(VkObjectType type, uint64_t parent);

// What an object came from; 0 for one that is not alive.
uint64_t kro__ledger_parent(VkObjectType type, uint64_t handle);

// A mark that an object keeps while it lives.
void kro__ledger_mark(VkObjectType type, uint64_t handle);
bool kro__ledger_is_marked(VkObjectType type, uint64_t handle);

// Calls `visit` with each live object of a type that came from `parent`; it must not use the
// ledger.
void kro__ledger_children(VkObjectType type, uint64_t parent,
                          void (*visit)(uint64_t handle, void *user), void *user);

// How many live objects of a type have this handle. Drivers may give one handle to several.
uint64_t kro__ledger_namesakes(VkObjectType type, uint64_t handle);

// What waits to be counted with an object, at first nothing; NULL for one that is not alive, or
// without memory. Who uses the object alone, as Vulkan demands, uses this alone.
kro__tally *kro__ledger_tally(VkObjectType type, uint64_t handle);

void kro__ledger_label(VkObjectType type, uint64_t handle, const char *label);

// Appends "VkBuffer 0x55… #12 'label'"; of memory also how much it is and whether it is mapped.
void kro__ledger_describe(kro__text *text, VkObjectType type, uint64_t handle);

// The number of live objects of a type ("VkBuffer"), or of all for NULL.
uint64_t kro__ledger_count(const char *type);
// Tells leftovers.h of each live object.
void kro__ledger_tell(void);
// Appends a line for each live object: by type, in order of creation.
void kro__ledger_list(kro__text *text);

#endif
