// What Vulkan's results mean to callers, and how sentences name them.
#include "vk/status.h"

#include "fail.h"
#include "test.h"

#define RESULT(value, status) \
    {                         \
        value, #value, status \
    }

TEST(results_become_statuses_and_names)
{
    static const struct {
        VkResult result;
        const char *name;
        kro_status status;
    } cases[] = {
        RESULT(VK_ERROR_OUT_OF_HOST_MEMORY, KRO_ERROR_OUT_OF_HOST_MEMORY),
        RESULT(VK_ERROR_OUT_OF_DEVICE_MEMORY, KRO_ERROR_OUT_OF_DEVICE_MEMORY),
        RESULT(VK_ERROR_OUT_OF_POOL_MEMORY, KRO_ERROR_OUT_OF_DEVICE_MEMORY),
        RESULT(VK_ERROR_FRAGMENTED_POOL, KRO_ERROR_OUT_OF_DEVICE_MEMORY),
        RESULT(VK_ERROR_MEMORY_MAP_FAILED, KRO_ERROR_OUT_OF_DEVICE_MEMORY),
        RESULT(VK_ERROR_TOO_MANY_OBJECTS, KRO_ERROR_OUT_OF_DEVICE_MEMORY),
        RESULT(VK_ERROR_DEVICE_LOST, KRO_ERROR_DEVICE_LOST),
        RESULT(VK_ERROR_LAYER_NOT_PRESENT, KRO_ERROR_UNSUPPORTED),
        RESULT(VK_ERROR_EXTENSION_NOT_PRESENT, KRO_ERROR_UNSUPPORTED),
        RESULT(VK_ERROR_FEATURE_NOT_PRESENT, KRO_ERROR_UNSUPPORTED),
        RESULT(VK_ERROR_INCOMPATIBLE_DRIVER, KRO_ERROR_NO_DRIVER),
        RESULT(VK_ERROR_INVALID_SHADER_NV, KRO_ERROR_INVALID_SHADER),
        RESULT(VK_SUCCESS, KRO_ERROR_DRIVER), // where another one was due
        RESULT(VK_NOT_READY, KRO_ERROR_DRIVER),
        RESULT(VK_TIMEOUT, KRO_ERROR_DRIVER),
        RESULT(VK_INCOMPLETE, KRO_ERROR_DRIVER),
        RESULT(VK_PIPELINE_COMPILE_REQUIRED, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_INITIALIZATION_FAILED, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_UNKNOWN, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_INVALID_EXTERNAL_HANDLE, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_INVALID_OPAQUE_CAPTURE_ADDRESS, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_VALIDATION_FAILED_EXT, KRO_ERROR_DRIVER),
        RESULT(VK_ERROR_NOT_PERMITTED_KHR, KRO_ERROR_DRIVER),
        {(VkResult)-77, "an unknown VkResult", KRO_ERROR_DRIVER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_STATUS(kro__vk_fail(cases[i].result, "vkCall number %zu", i), cases[i].status);
        CHECK_EQ_STRING(kro__vk_result_name(cases[i].result), cases[i].name);
        CHECK_CONTAINS(kro_error_detail(), cases[i].name);
        CHECK_CONTAINS(kro_error_detail(), "vkCall number");
    }
}
