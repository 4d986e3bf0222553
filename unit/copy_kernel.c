// How a copy is divided between the copy kernel and vkCmdCopyBuffer.
#include "vk/copy_kernel.h"

#include "test.h"

enum { VECTOR = 16, LEAST = KRO__COPY_KERNEL_LEAST_BYTES, GROUP = 128, MANY = 1 << 30 };

// The parts cover the copy without gap, the middle one consists of whole aligned vectors, and the
// groups reach all of them, or are as many as there may be.
TEST(a_copy_is_divided_without_gap)
{
    for (int round = 0; round < 10000; round++) {
        uint64_t source = (UINT64_C(1) << 40) + kt_random_below(t, 100000);
        uint64_t target = source + VECTOR * kt_random_below(t, 100000);
        uint64_t size = LEAST + kt_random_below(t, 100000);
        uint32_t most = round % 2 ? MANY : 1 + (uint32_t)kt_random_below(t, 64);
        kro__vk_copy_plan plan;
        if (!CHECK(kro__vk_copy_divide(target, source, size, most, &plan)))
            return;
        CHECK_EQ_U64(plan.head_bytes + plan.body_bytes + plan.tail_bytes, size);
        CHECK(plan.head_bytes < VECTOR && plan.tail_bytes < VECTOR);
        CHECK_EQ_U64(plan.push.source, source + plan.head_bytes);
        CHECK_EQ_U64(plan.push.target, target + plan.head_bytes);
        CHECK(plan.push.source % VECTOR == 0 && plan.push.target % VECTOR == 0);
        CHECK_EQ_U64(plan.body_bytes, (uint64_t)plan.push.count * VECTOR);
        uint32_t wanted = (plan.push.count + GROUP - 1) / GROUP;
        CHECK_EQ_U64(plan.groups, wanted < most ? wanted : most);
    }
}

TEST(short_and_shifted_copies_are_left_to_the_driver)
{
    kro__vk_copy_plan plan;
    const VkDeviceAddress at = UINT64_C(1) << 40;
    CHECK(!kro__vk_copy_divide(at, at + LEAST, LEAST - 1, MANY, &plan));
    CHECK(kro__vk_copy_divide(at, at + LEAST, LEAST, MANY, &plan));
    for (uint32_t shift = 1; shift < VECTOR; shift++)
        CHECK(!kro__vk_copy_divide(at, at + shift + 2 * LEAST, LEAST, MANY, &plan));
    // The kernel counts vectors in 32 bits, a step beyond the last one included.
    const uint64_t most = (uint64_t)INT32_MAX * VECTOR;
    CHECK(kro__vk_copy_divide(at, 2 * at, most, MANY, &plan));
    CHECK(!kro__vk_copy_divide(at, 2 * at, most + VECTOR, MANY, &plan));
}
