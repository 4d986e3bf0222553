// What accepts nothing does nothing with it: cleaning up after a failure relies on that.
#include "fail.h"
#include "test.h"
#include "vk/adapters.h"
#include "vk/device.h"
#include "vk/kernel.h"
#include "vk/memory.h"
#include "vk/queue.h"
#include "vk/record.h"

TEST(destroying_nothing_is_allowed)
{
    kro__vk_queue queue = {0};
    kro__vk_adapters_destroy(NULL);
    kro__vk_close(NULL);
    kro__vk_memory_destroy(NULL, NULL);
    kro__vk_kernel_destroy(NULL, NULL);
    kro__vk_recorder_destroy(NULL, NULL);
    kro__vk_queue_finish(&queue);
    CHECK(queue.device == NULL);
}

TEST(a_log_without_a_function_is_silent)
{
    const kro__log silent = {0};
    kro__log_line(NULL, KRO_LOG_ERROR, "%s", "nobody hears it");
    kro__log_line(&silent, KRO_LOG_ERROR, "%s", "nobody hears it");
    CHECK(silent.user == NULL);
}
