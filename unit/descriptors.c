// The pools that descriptor sets are from, on a driver that holds each pool to its word: to its
// number of sets, and to its number of descriptors of each type.
#include "vk/descriptors.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "vk/device.h"
#include "vk/kernel.h"

enum { MAX_POOLS = 64, KINDS = 3, LIVE = 600, SLOTS = LIVE + 1 };

// A pool as the driver sees it.
typedef struct strict_pool {
    bool live;
    uint32_t sets, descriptors[KRO__DESCRIPTOR_TYPES];
} strict_pool;

// Calls of Vulkan have no place for a user's pointer. One case uses it, on one thread.
static struct strict_driver {
    strict_pool pools[MAX_POOLS];
    const kro__vk_layout *layout; // of the sets that are allocated and freed now
    uint32_t live_pools, most_pools, live_sets, allocations, refused;
} driver;

static strict_pool *pool_of(VkDescriptorPool handle)
{
    return &driver.pools[(uintptr_t)handle - 1];
}

static VKAPI_ATTR VkResult VKAPI_CALL create_pool(VkDevice device,
                                                  const VkDescriptorPoolCreateInfo *info,
                                                  const VkAllocationCallbacks *allocator,
                                                  VkDescriptorPool *out)
{
    (void)device;
    (void)allocator;
    uintptr_t i = 0;
    while (i < MAX_POOLS && driver.pools[i].live)
        i++;
    if (i == MAX_POOLS)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    driver.pools[i] = (strict_pool){.live = true, .sets = info->maxSets};
    for (uint32_t s = 0; s < info->poolSizeCount; s++)
        for (uint32_t k = 0; k < KRO__DESCRIPTOR_TYPES; k++)
            if (kro__vk_descriptor_type((kro__vk_descriptor)k) == info->pPoolSizes[s].type)
                driver.pools[i].descriptors[k] += info->pPoolSizes[s].descriptorCount;
    driver.live_pools++;
    driver.most_pools =
        driver.live_pools > driver.most_pools ? driver.live_pools : driver.most_pools;
    *out = (VkDescriptorPool)(i + 1);
    return VK_SUCCESS;
}

static VKAPI_ATTR void VKAPI_CALL destroy_pool(VkDevice device, VkDescriptorPool handle,
                                               const VkAllocationCallbacks *allocator)
{
    (void)device;
    (void)allocator;
    pool_of(handle)->live = false;
    driver.live_pools--;
}

static VKAPI_ATTR VkResult VKAPI_CALL allocate_sets(VkDevice device,
                                                    const VkDescriptorSetAllocateInfo *info,
                                                    VkDescriptorSet *out)
{
    (void)device;
    strict_pool *pool = pool_of(info->descriptorPool);
    bool fits = pool->sets >= info->descriptorSetCount;
    for (uint32_t k = 0; k < KRO__DESCRIPTOR_TYPES; k++)
        fits = fits && pool->descriptors[k] >= driver.layout->descriptor_counts[k];
    driver.allocations++;
    if (!fits) {
        driver.refused++;
        return VK_ERROR_OUT_OF_POOL_MEMORY;
    }
    pool->sets -= info->descriptorSetCount;
    for (uint32_t k = 0; k < KRO__DESCRIPTOR_TYPES; k++)
        pool->descriptors[k] -= driver.layout->descriptor_counts[k];
    for (uint32_t i = 0; i < info->descriptorSetCount; i++)
        out[i] = (VkDescriptorSet)(uintptr_t)++driver.live_sets;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL free_sets(VkDevice device, VkDescriptorPool handle,
                                                uint32_t count, const VkDescriptorSet *sets)
{
    (void)device;
    (void)sets;
    strict_pool *pool = pool_of(handle);
    pool->sets += count;
    for (uint32_t k = 0; k < KRO__DESCRIPTOR_TYPES; k++)
        pool->descriptors[k] += driver.layout->descriptor_counts[k];
    driver.live_sets -= count;
    return VK_SUCCESS;
}

// Kernels with few buffers, with many, and with an array that no common pool has room for.
static kro__vk_layout layouts[KINDS] = {
    {.set_count = 1, .descriptor_counts = {[KRO__DESCRIPTOR_STORAGE_DYNAMIC] = 3}},
    {.set_count = 2,
     .descriptor_counts = {[KRO__DESCRIPTOR_STORAGE] = 9, [KRO__DESCRIPTOR_UNIFORM] = 6}},
    {.set_count = 1, .descriptor_counts = {[KRO__DESCRIPTOR_STORAGE] = 200}},
};

typedef struct bench {
    kro__vk_device *device;
    kro__vk_descriptors descriptors;
    kro__vk_kernel kernels[KINDS];
    uint32_t kind_of[SLOTS]; // by binding id
} bench;

static void evict(bench *it, uint32_t id)
{
    driver.layout = &layouts[it->kind_of[id]];
    kro__vk_descriptors_evict(&it->descriptors, id);
}

static bool write(kt_test *t, bench *it, uint32_t id, uint32_t kind)
{
    const kro__set_config config = {.binding_id = id, .kernel = &it->kernels[kind].base};
    it->kind_of[id] = kind;
    driver.layout = &layouts[kind];
    return CHECK_OK(kro__vk_descriptors_write(&it->descriptors,
                                              &(kro__batch){.sets = &config, .set_count = 1}));
}

static bench *bench_open(kt_test *t)
{
    memset(&driver, 0, sizeof driver);
    bench *it = kt_alloc(t, sizeof *it);
    it->device = kt_alloc(t, sizeof *it->device);
    memset(it->device, 0, sizeof *it->device);
    it->device->vk.vkCreateDescriptorPool = create_pool;
    it->device->vk.vkDestroyDescriptorPool = destroy_pool;
    it->device->vk.vkAllocateDescriptorSets = allocate_sets;
    it->device->vk.vkFreeDescriptorSets = free_sets;
    kro__vk_descriptors_init(&it->descriptors, it->device);
    for (uint32_t i = 0; i < KINDS; i++)
        it->kernels[i] = (kro__vk_kernel){.layout = &layouts[i]};
    return it;
}

// Sets of every kind come and go in any order, as many at a time as before: no pool is asked for
// what it has not, and pools do not add up.
TEST(pools_are_asked_for_no_more_than_they_have)
{
    enum { ROUNDS = 40, MOST_LATER = 2 };
    bench *it = bench_open(t);
    uint32_t written = 0, settled = 0;
    for (uint32_t id = 1; id <= LIVE; id++, written++)
        if (!write(t, it, id, (uint32_t)kt_random_below(t, KINDS)))
            return;
    settled = driver.live_pools;
    for (uint32_t i = 0; i < ROUNDS * LIVE; i++, written++) {
        uint32_t id = 1 + (uint32_t)kt_random_below(t, LIVE), kind = it->kind_of[id];
        evict(it, id);
        if (!write(t, it, id, kind))
            return;
    }
    LOGF(t, "%u pools at first, %u at most", settled, driver.most_pools);
    CHECK_EQ_U64(driver.refused, 0);
    CHECK_EQ_U64(driver.allocations, written);
    CHECK(driver.most_pools <= settled + MOST_LATER);
    for (uint32_t id = 1; id <= LIVE; id++)
        evict(it, id);
    CHECK_EQ_U64(driver.live_sets, 0);
    kro__vk_descriptors_finish(&it->descriptors);
    CHECK_EQ_U64(driver.live_pools, 0);
}
