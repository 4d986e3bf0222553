// Semaphores of the program that a submit waits for.
#include "vk/waits.h"

#include "heap_watch.h"
#include "test.h"

static VkSemaphore semaphore(uintptr_t number)
{
    return (VkSemaphore)number;
}

TEST(of_one_timeline_the_highest_value_is_waited_for)
{
    kro__vk_waits waits;
    CHECK(kro__vk_waits_init(&waits));
    CHECK(kro__vk_waits_add(&waits, semaphore(1), 5));
    CHECK(kro__vk_waits_add(&waits, semaphore(2), 0));
    CHECK(kro__vk_waits_add(&waits, semaphore(1), 4));
    CHECK(kro__vk_waits_add(&waits, semaphore(1), 6));
    CHECK_EQ_U64(waits.count, 2);
    CHECK_EQ_U64(waits.values[0], 6);
    CHECK_EQ_U64(waits.values[1], 0);
    kro__vk_waits_finish(&waits);
}

TEST(a_wait_that_there_is_no_memory_for_changes_nothing)
{
    enum { MOST = 1000 };
    kro__vk_waits waits;
    for (uint64_t n = 1; n <= 3; n++) {
        uint32_t count = 0;
        CHECK(kro__vk_waits_init(&waits));
        heap_watch_begin(n);
        while (count < MOST && kro__vk_waits_add(&waits, semaphore(count + 1), count))
            count++;
        (void)heap_watch_end();
        CHECK(count < MOST);
        CHECK_EQ_U64(waits.count, count);
        CHECK(kro__vk_waits_add(&waits, semaphore(MOST), MOST));
        CHECK_EQ_U64(waits.values[count], MOST);
        for (uint32_t i = 0; i < count; i++)
            CHECK_EQ_U64(waits.values[i], i);
        kro__vk_waits_finish(&waits);
    }
}
