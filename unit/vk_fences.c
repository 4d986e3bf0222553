// Progress by fences, on a driver made up here: none is lost, reset under somebody or taken for
// another, whichever call fails.
#include "vk/fences.h"

#include <stdlib.h>

#include "test.h"

enum { MAX_FENCES = 4096 };

typedef struct fake_fence {
    bool alive, signalled, pending; // pending: submitted and not signalled
} fake_fence;

// A VkDevice here.
typedef struct fake_driver {
    fake_fence fences[MAX_FENCES]; // a VkFence is the place of one, from 1
    uint32_t created, destroyed, broken_rules;
    uint32_t fail_in; // the call after so many that fails; 0: none
} fake_driver;

static fake_fence *find(VkDevice device, VkFence fence)
{
    fake_driver *driver = (fake_driver *)(uintptr_t)device;
    fake_fence *found = &driver->fences[(uintptr_t)fence - 1];
    driver->broken_rules += !found->alive;
    return found;
}

static bool fails(VkDevice device)
{
    fake_driver *driver = (fake_driver *)(uintptr_t)device;
    return driver->fail_in > 0 && --driver->fail_in == 0;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_fence(VkDevice device, const VkFenceCreateInfo *info,
                                                   const VkAllocationCallbacks *allocator,
                                                   VkFence *out)
{
    (void)info;
    (void)allocator;
    fake_driver *driver = (fake_driver *)(uintptr_t)device;
    if (fails(device) || driver->created == MAX_FENCES)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    driver->fences[driver->created++] = (fake_fence){.alive = true};
    *out = (VkFence)(uintptr_t)driver->created;
    return VK_SUCCESS;
}

static VKAPI_ATTR void VKAPI_CALL destroy_fence(VkDevice device, VkFence fence,
                                                const VkAllocationCallbacks *allocator)
{
    (void)allocator;
    find(device, fence)->alive = false;
    ((fake_driver *)(uintptr_t)device)->destroyed++;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_status(VkDevice device, VkFence fence)
{
    if (fails(device))
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    return find(device, fence)->signalled ? VK_SUCCESS : VK_NOT_READY;
}

static VKAPI_ATTR VkResult VKAPI_CALL reset_fences(VkDevice device, uint32_t count,
                                                   const VkFence *fences)
{
    if (fails(device))
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        fake_fence *fence = find(device, fences[i]);
        ((fake_driver *)(uintptr_t)device)->broken_rules += fence->pending;
        fence->signalled = false;
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL wait_for(VkDevice device, uint32_t count,
                                               const VkFence *fences, VkBool32 all,
                                               uint64_t timeout_ns)
{
    (void)count;
    (void)all;
    (void)timeout_ns;
    if (fails(device))
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    return find(device, fences[0])->signalled ? VK_SUCCESS : VK_TIMEOUT;
}

static const kro__vk_calls calls = {
    .vkCreateFence = create_fence,
    .vkDestroyFence = destroy_fence,
    .vkGetFenceStatus = get_status,
    .vkResetFences = reset_fences,
    .vkWaitForFences = wait_for,
};

// Fences and what they stand for.
typedef struct bench {
    fake_driver *driver;
    kro__vk_fences fences;
    VkFence submitted[MAX_FENCES]; // by value - 1
    uint64_t last, finished;
} bench;

static void make_bench(kt_test *t, bench *out)
{
    out->driver = kt_alloc(t, sizeof *out->driver);
    *out->driver = (fake_driver){0};
    out->last = out->finished = 0;
    CHECK_OK(kro__vk_fences_init(&out->fences, &calls, (VkDevice)(uintptr_t)out->driver));
}

// Ends it, and with it every fence that was ever made.
static void end_bench(kt_test *t, bench *it)
{
    kro__vk_fences_finish(&it->fences);
    CHECK_EQ_U64(it->driver->destroyed, it->driver->created);
    CHECK_EQ_U64(it->driver->broken_rules, 0);
}

// One submit. False where no fence was to be had.
static bool submit(kt_test *t, bench *it)
{
    kro__vk_fence *fence = NULL;
    kro_status status = kro__vk_fences_take(&it->fences, &fence);
    if (status < 0)
        return false;
    fake_fence *taken = find((VkDevice)(uintptr_t)it->driver, fence->handle);
    CHECK(!taken->signalled && !taken->pending);
    taken->pending = true;
    it->submitted[it->last++] = fence->handle;
    kro__vk_fences_submitted(&it->fences, fence, it->last);
    return true;
}

// The device finishes the oldest submit.
static void finish_oldest(bench *it)
{
    fake_fence *fence = find((VkDevice)(uintptr_t)it->driver, it->submitted[it->finished++]);
    fence->pending = false;
    fence->signalled = true;
}

// Of two that have finished the look at the second fails: the first is in stock all the same.
TEST(a_look_that_fails_loses_no_fence)
{
    bench it;
    make_bench(t, &it);
    CHECK(submit(t, &it) && submit(t, &it));
    finish_oldest(&it);
    finish_oldest(&it);
    it.driver->fail_in = 2;
    CHECK(!submit(t, &it));
    CHECK(submit(t, &it));
    CHECK_EQ_U64(it.driver->created, 2);
    end_bench(t, &it);
}

TEST(what_was_never_submitted_is_not_waited_for)
{
    bench it;
    make_bench(t, &it);
    CHECK(submit(t, &it));
    CHECK_STATUS(kro__vk_fences_wait(&it.fences, 2, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "nothing was submitted as number 2 of this queue");
    finish_oldest(&it);
    CHECK_OK(kro__vk_fences_wait(&it.fences, 1, 0));
    end_bench(t, &it);
}

// Submits, looks and waits in random order, of which each may fail.
TEST(fences_agree_with_a_count_whatever_fails)
{
    for (int round = 0; round < 200; round++) {
        bench it;
        make_bench(t, &it);
        for (int step = 0; step < 300; step++) {
            if (kt_random_below(t, 4) == 0)
                it.driver->fail_in = 1 + (uint32_t)kt_random_below(t, 3);
            uint64_t value = 0;
            kro__vk_fence *fence;
            switch (kt_random_below(t, 6)) {
            case 0:
            case 1:
                (void)submit(t, &it);
                break;
            case 2:
                if (it.finished < it.last)
                    finish_oldest(&it);
                break;
            case 3:
                if (kro__vk_fences_completed(&it.fences, &value) == KRO_OK)
                    CHECK_EQ_U64(value, it.finished);
                break;
            case 4:
                if (kro__vk_fences_take(&it.fences, &fence) == KRO_OK)
                    kro__vk_fences_untake(&it.fences, fence); // the driver refused the submit
                break;
            default:
                if (it.last > 0) {
                    value = 1 + kt_random_below(t, it.last);
                    kro_status status = kro__vk_fences_wait(&it.fences, value, 0);
                    if (status >= 0)
                        CHECK_EQ_U64(status == KRO_OK, value <= it.finished);
                }
                break;
            }
        }
        CHECK(it.driver->created < 100); // used again
        end_bench(t, &it);
    }
}
