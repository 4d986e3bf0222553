// What a program says is enabled on its own device is read wherever Vulkan lets it say so.
#include "vk/enabled.h"

#include <string.h>

#include "fail.h"
#include "test.h"

#define NEVER_CORE UINT32_MAX

// Offers every struct of features.def.
static const VkExtensionProperties extensions[] = {
#define KRO__FEATURES(use, member, type, structure_type, since, extension) {extension, 1},
#include "vk/features.def"
};
static const kro__vk_offer everything = {
    .api_version = VK_API_VERSION_1_3,
    .extension_count = sizeof extensions / sizeof *extensions,
    .extensions = extensions,
};

// A feature that a kernel may need and nobody reads would be missing on every imported device.
TEST(every_feature_that_a_capability_names_is_read)
{
#define ALWAYS                   0, NULL
#define SINCE(major, minor)      0, NULL
#define FEATURE(member, feature) offsetof(kro__vk_features, member.feature), #feature
#define OTHER(feature)           0, NULL
#define EXTENSION(name)          0, NULL
#define SUBGROUP(class)          0, NULL
#define FLOATS(member)           0, NULL
    static const struct {
        size_t offset;
        const char *name; // NULL: the capability needs no feature
    } needs[] = {
#define KRO__CAPABILITY(name, ...)             {__VA_ARGS__},
#define KRO__NEW_CAPABILITY(number, name, ...) {__VA_ARGS__},
#include "vk/capabilities.def"
    };
    int count = 0;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (!needs[i].name)
            continue;
        const char *name = kro__vk_feature_name(needs[i].offset);
        CHECK_EQ_STRING(name ? name : "not in enabled.def", needs[i].name);
        count++;
    }
    CHECK(count > 50);
    CHECK(kro__vk_feature_name(0) == NULL); // no feature lies where the first struct begins
}

// The chain says what is expected and nothing else; a device without it does not have it.
static void check_chain(kt_test *t, const VkPhysicalDeviceFeatures2 *chain,
                        const kro__vk_features *expected, const char *name)
{
    const kro__vk_features nothing = {0};
    kro__vk_features read;
    kro__vk_enabled_features(chain, &read);
    CHECK_OK(kro__vk_check_enabled(expected, &read, &everything, "the device"));
    CHECK_OK(kro__vk_check_enabled(&read, expected, &everything, "the device"));
    CHECK_STATUS(kro__vk_check_enabled(&read, &nothing, &everything, "the device"),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro__detail(), name);
    CHECK_CONTAINS(kro__detail(), "the device");
}

TEST(each_feature_is_read_from_its_own_struct)
{
    int count = 0;
#define KRO__ENABLED_SINCE(minor, member, feature) KRO__ENABLED(member, feature)
#define KRO__ENABLED(member, feature)                \
    {                                                \
        kro__vk_features said;                       \
        kro__vk_features_chain(&said, &everything);  \
        said.member.feature = VK_TRUE;               \
        check_chain(t, &said.core, &said, #feature); \
        count++;                                     \
    }
#include "vk/enabled.def"
    CHECK(count > 80);
}

TEST(each_feature_of_a_version_is_read_from_the_struct_of_that_version)
{
    int count = 0;
#define KRO__ENABLED(member, feature)
#define KRO__ENABLED_SINCE(minor, member, feature)                                  \
    {                                                                               \
        kro__vk_features expected = {0};                                            \
        VkPhysicalDeviceVulkan1##minor##Features said = {                           \
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_##minor##_FEATURES, \
            .feature = VK_TRUE};                                                    \
        const VkPhysicalDeviceFeatures2 chain = {                                   \
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &said}; \
        expected.member.feature = VK_TRUE;                                          \
        check_chain(t, &chain, &expected, #feature);                                \
        count++;                                                                    \
    }
#include "vk/enabled.def"
    CHECK(count > 30);
}

TEST(structs_that_nobody_knows_are_passed_over)
{
    VkPhysicalDeviceMultiviewFeatures unknown = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MULTIVIEW_FEATURES, .multiview = VK_TRUE};
    VkPhysicalDeviceFeatures2 chain = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                       .pNext = &unknown,
                                       .features.shaderInt64 = VK_TRUE};
    kro__vk_features expected = {.core.features.shaderInt64 = VK_TRUE}, read;
    check_chain(t, &chain, &expected, "shaderInt64");
    kro__vk_enabled_features(NULL, &read);
    CHECK_OK(kro__vk_check_enabled(&read, &(kro__vk_features){0}, &everything, "the device"));
}

TEST(a_feature_needs_its_extension_or_its_version)
{
    const kro__vk_features enabled = {.timeline.timelineSemaphore = VK_TRUE};
    kro__vk_offer offer = {.api_version = VK_API_VERSION_1_1};
    CHECK_STATUS(kro__vk_check_enabled(&enabled, &enabled, &offer, "the device"),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro__detail(), "timelineSemaphore");
    CHECK_CONTAINS(kro__detail(), VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME);
    CHECK_CONTAINS(kro__detail(), "1.1");
    offer.api_version = VK_API_VERSION_1_2;
    CHECK_OK(kro__vk_check_enabled(&enabled, &enabled, &offer, "the device"));
    offer = everything;
    offer.api_version = VK_API_VERSION_1_1;
    CHECK_OK(kro__vk_check_enabled(&enabled, &enabled, &offer, "the device"));
}

TEST(an_offer_is_reduced_to_the_enabled_extensions)
{
    VkExtensionProperties offered[] = {{"VK_one", 1}, {"VK_two", 1}, {"VK_three", 1}};
    const char *const some[] = {"VK_three", "VK_one", "VK_one"};
    const char *const others[] = {"VK_one", "VK_four"};
    uint32_t count = 3;
    CHECK_STATUS(kro__vk_enabled_extensions(offered, &count, others, 2, "the device"),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro__detail(), "VK_four");
    CHECK_EQ_U64(count, 3);
    CHECK_OK(kro__vk_enabled_extensions(offered, &count, some, 3, "the device"));
    CHECK_EQ_U64(count, 2);
    CHECK_EQ_STRING(offered[0].extensionName, "VK_one");
    CHECK_EQ_STRING(offered[1].extensionName, "VK_three");
    CHECK_OK(kro__vk_enabled_extensions(offered, &count, NULL, 0, "the device"));
    CHECK_EQ_U64(count, 0);
}
