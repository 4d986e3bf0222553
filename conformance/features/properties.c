// What devices tell of features that kernels, or programs that have lost a device, use.
#include <string.h>

#include "features.h"

// Of each kind of dot product whether it is accelerated. What they compute is in
// conformance/dot_products, which holds those that are to the same as those that are not
// (audio.cpp#193, ollama#13108).
TEST(dot_products_are_accelerated_or_not)
{
    enum { KINDS = 30 };
    kt_raw *raw = features_open(t, KT_RAW_INTEGER_DOT_PRODUCT);
    VkPhysicalDeviceShaderIntegerDotProductProperties own = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
    VkPhysicalDeviceVulkan13Properties core = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES};
    VkBool32 kinds[KINDS];
    uint64_t accelerated[KINDS];
    if (!raw)
        return;
    memset(&own.integerDotProduct8BitUnsignedAccelerated, 0x5a, sizeof kinds);
    kt_raw_properties(raw, &own);
    memcpy(kinds, &own.integerDotProduct8BitUnsignedAccelerated, sizeof kinds);
    for (int i = 0; i < KINDS; i++) {
        CHECK(kinds[i] == VK_TRUE || kinds[i] == VK_FALSE);
        accelerated[i] = kinds[i];
    }
    kt_certify_u64s(t, "dot_products_accelerated", accelerated, KINDS);
    if (raw->api_version < VK_API_VERSION_1_3)
        return;
    kt_raw_properties(raw, &core);
    CHECK(memcmp(&core.integerDotProduct8BitUnsignedAccelerated, kinds, sizeof kinds) == 0);
}

// A fault may be asked for of a lost device alone, so that an intact one shows no more than that
// the call is there and that what goes with the feature does not come without it.
TEST(faults_of_a_device_can_be_asked_for)
{
    kt_raw *raw = features_open(t, KT_RAW_DEVICE_FAULT);
    if (raw)
        CHECK(KT_RAW_CALL(raw, vkGetDeviceFaultInfoEXT) != NULL);
}
