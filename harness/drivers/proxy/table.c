#include "table.h"

#include <pthread.h>
#include <stdlib.h>

// Each shard has a lock and a fixed number of chains. Thousands of live objects make short chains;
// a table that never grows has nothing that can fail.
enum { SHARDS = 64, CHAINS = 64 };

typedef struct shard {
    pthread_mutex_t mutex;
    kro__entry *chains[CHAINS];
} shard;

struct kro__table {
    shard shards[SHARDS];
};

kro__table *kro__table_create(void)
{
    kro__table *table = calloc(1, sizeof *table);
    for (int i = 0; table && i < SHARDS; i++)
        pthread_mutex_init(&table->shards[i].mutex, NULL);
    return table;
}

// Handles are mostly pointers: multiplication spreads their differing middle bits to the top.
static shard *locate(kro__table *table, uint64_t handle, kro__entry ***chain)
{
    uint64_t hash = handle * UINT64_C(0x9e3779b97f4a7c15);
    shard *in = &table->shards[hash >> 58];
    *chain = &in->chains[hash >> 52 & (CHAINS - 1)];
    return in;
}

void kro__table_add(kro__table *table, kro__entry *entry)
{
    kro__entry **chain;
    shard *in = locate(table, entry->handle, &chain);
    pthread_mutex_lock(&in->mutex);
    entry->next = *chain;
    *chain = entry;
    pthread_mutex_unlock(&in->mutex);
}

// Where a chain points at the entry, or at NULL.
static kro__entry **link_to(kro__entry **chain, VkObjectType type, uint64_t handle)
{
    while (*chain && ((*chain)->handle != handle || (*chain)->type != type))
        chain = &(*chain)->next;
    return chain;
}

kro__entry *kro__table_find(kro__table *table, VkObjectType type, uint64_t handle)
{
    kro__entry **chain;
    shard *in = locate(table, handle, &chain);
    pthread_mutex_lock(&in->mutex);
    kro__entry *entry = *link_to(chain, type, handle);
    pthread_mutex_unlock(&in->mutex);
    return entry;
}

kro__entry *kro__table_remove(kro__table *table, VkObjectType type, uint64_t handle)
{
    kro__entry **chain;
    shard *in = locate(table, handle, &chain);
    pthread_mutex_lock(&in->mutex);
    kro__entry **link = link_to(chain, type, handle);
    kro__entry *entry = *link;
    if (entry)
        *link = entry->next;
    pthread_mutex_unlock(&in->mutex);
    return entry;
}

void kro__table_each(kro__table *table, VkObjectType type, uint64_t handle,
                     void (*visit)(kro__entry *entry, void *user), void *user)
{
    kro__entry **chain;
    shard *in = locate(table, handle, &chain);
    pthread_mutex_lock(&in->mutex);
    while ((chain = link_to(chain, type, handle)), *chain) {
        visit(*chain, user);
        chain = &(*chain)->next;
    }
    pthread_mutex_unlock(&in->mutex);
}

void kro__table_visit(kro__table *table, bool (*visit)(kro__entry *entry, void *user), void *user)
{
    for (int i = 0; i < SHARDS; i++) {
        shard *in = &table->shards[i];
        pthread_mutex_lock(&in->mutex);
        for (int c = 0; c < CHAINS; c++) {
            kro__entry **link = &in->chains[c];
            while (*link) {
                kro__entry *entry = *link;
                kro__entry *next = entry->next;
                if (visit(entry, user))
                    *link = next;
                else
                    link = &entry->next;
            }
        }
        pthread_mutex_unlock(&in->mutex);
    }
}
