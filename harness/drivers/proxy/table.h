// A map from Vulkan handles to what the proxy knows of them, for many threads.
#ifndef KRO_PROXY_TABLE_H
#define KRO_PROXY_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

_Static_assert(sizeof(void *) == sizeof(uint64_t), "the proxy keeps handles as 64-bit numbers");
#define KRO__HANDLE(handle) ((uint64_t)(uintptr_t)(handle))

// An entry; embedded at the start of what a table holds.
typedef struct kro__entry {
    struct kro__entry *next;
    uint64_t handle;
    VkObjectType type;
} kro__entry;

typedef struct kro__table kro__table;

// Returns: NULL without memory. Tables live as long as the process.
kro__table *kro__table_create(void);

// Adds an entry, whose type and handle are set. Handles may stand in the table more than once:
// drivers may give the same handle twice, and the newest is found first.
void kro__table_add(kro__table *table, kro__entry *entry);

// The newest entry of a handle, or NULL. It stays valid while its object does.
kro__entry *kro__table_find(kro__table *table, VkObjectType type, uint64_t handle);

// Takes the newest entry of a handle out, or NULL; the caller owns it then.
kro__entry *kro__table_remove(kro__table *table, VkObjectType type, uint64_t handle);

// Calls `visit` for each entry of a handle, newest first, while nobody can take it out. `visit`
// must not use the table.
void kro__table_each(kro__table *table, VkObjectType type, uint64_t handle,
                     void (*visit)(kro__entry *entry, void *user), void *user);

// Calls `visit` for each entry, in no order. Where it returns true the entry is taken out and is
// the visitor's. `visit` must not use the table.
void kro__table_visit(kro__table *table, bool (*visit)(kro__entry *entry, void *user), void *user);

#endif
