// Faults that the proxy plants: they show in what comes out.
#include "vk.h"

// What affine_words makes of 5, which is 5 * 3 + 7.
static uint32_t compute(kt_test *t, const char *spec)
{
    vk *v = vk_open_proxy(t, spec);
    if (!v)
        return 0;
    vk_buffer buffer = vk_buffer_create(v);
    vk_set(&buffer, 5);
    vk_run(v, vk_affine_alone(v, &buffer, 3, 7));
    vk_idle(v);
    const uint32_t word = buffer.words ? buffer.words[0] : 0;
    vk_buffer_destroy(v, &buffer);
    vk_close(v);
    return word;
}

TEST(a_planted_fault_shows)
{
    if (!vk_proxy(t))
        return;
    CHECK_EQ_U64(compute(t, ""), 22);
    CHECK_EQ_U64(compute(t, "plant=spirv/IMul/IAdd"), 15);
    CHECK_EQ_U64(compute(t, "plant=spirv/Store/dropped"), 5);
    CHECK_EQ_U64(compute(t, "plant=spirv/FMul/FAdd"), 22);
    CHECK_EQ_U64(compute(t, "plant=lies/vkCmdDispatch/left-out"), 5);
    CHECK_EQ_U64(compute(t, "plant=calls/vkCmdDispatch/groupCountX/zero"), 5);
    CHECK_EQ_U64(compute(t, "plant=calls/vkCmdDispatch/groupCountY/one-less"), 5);
    CHECK_EQ_U64(compute(t, "plant=calls/vkCmdDispatchIndirect/offset/zero"), 22);
}
