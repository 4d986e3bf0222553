#include "programs.h"

// Returns how often the result was right.
static uint32_t run(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    uint32_t right = 0;
    vk_buffer buffer = vk_buffer_create(v);
    for (int i = 0; i < PROGRAM_ROUNDS; i++) {
        vk_set(&buffer, 1);
        written(v, &buffer);
        vk_idle(v);
        right += vk_holds(&buffer, expected);
        CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    }
    vk_buffer_destroy(v, &buffer);
    LOGF(t, "%u of %d runs right", right, PROGRAM_ROUNDS);
    return right;
}

void program_expect_order(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    CHECK_EQ_U64(run(v, written, expected), PROGRAM_ROUNDS);
}

void program_expect_swaps(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    uint32_t right = run(v, written, expected);
    CHECK(right > PROGRAM_ROUNDS / 8 && right < 3 * PROGRAM_ROUNDS / 4);
}
