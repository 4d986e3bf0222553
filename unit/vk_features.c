// Which feature structs and extensions a device is asked for and made with.
#include "vk/features.h"

#include <string.h>

#include "test.h"

#define NEVER_CORE UINT32_MAX

enum { KERNEL, EXTRA };

static const struct {
    int use;
    VkStructureType type;
    uint32_t since;
    VkExtensionProperties extension;
} structs[] = {
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    {use, structure_type, since, {extension, 1}},
#include "vk/features.def"
};

enum { STRUCTS = KRO__FEATURE_STRUCTS };

static const uint32_t versions[] = {VK_API_VERSION_1_1, VK_API_VERSION_1_2, VK_API_VERSION_1_3};

static uint32_t count_in_chain(const kro__vk_features *features, VkStructureType type)
{
    uint32_t count = 0;
    for (const VkBaseInStructure *at = features->core.pNext; at; at = at->pNext)
        count += at->sType == type;
    return count;
}

static uint32_t count_enabled(const kro__vk_selection *selection, const char *extension)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < selection->extension_count; i++)
        count += strcmp(selection->extensions[i], extension) == 0;
    return count;
}

// Struct `s` on a device that offers its extension or does not, made with all features or not.
static void check_struct(kt_test *t, size_t s, const kro__vk_offer *offer, bool all)
{
    const kro__vk_features has = {0};
    kro__vk_features asked;
    kro__vk_selection made;
    kro__vk_features_chain(&asked, offer);
    kro__vk_select(&made, &has, offer, all, false);
    const bool core = offer->api_version >= structs[s].since;
    const bool known = core || offer->extension_count > 0;
    const bool wanted = all || structs[s].use == KERNEL;
    CHECK_EQ_U64(count_in_chain(&asked, structs[s].type), known);
    CHECK_EQ_U64(count_in_chain(&made.features, structs[s].type), known && wanted);
    CHECK_EQ_U64(count_enabled(&made, structs[s].extension.extensionName),
                 known && wanted && !core);
}

// A struct that the device does not know must not be chained, and an extension is enabled only
// where no version has made it core.
TEST(each_feature_struct_is_used_where_it_is_known)
{
    for (size_t s = 0; s < STRUCTS; s++) {
        const bool is_extension = *structs[s].extension.extensionName != '\0';
        for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
            for (uint32_t offered = 0; offered <= is_extension; offered++) {
                const kro__vk_offer offer = {versions[v], offered, &structs[s].extension};
                check_struct(t, s, &offer, false);
                check_struct(t, s, &offer, true);
            }
        }
        CHECK(kro__vk_knows_extension(structs[s].extension.extensionName));
    }
    CHECK(kro__vk_knows_extension(VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME));
    CHECK(!kro__vk_knows_extension("VK_KHR_swapchain"));
}

// What is not for kernels is enabled only on demand, robust access by itself.
TEST(features_that_no_kernel_needs_stay_disabled)
{
    const kro__vk_offer offer = {.api_version = VK_API_VERSION_1_3};
    kro__vk_features has = {
        .core.features = {.shaderInt64 = VK_TRUE,
                          .robustBufferAccess = VK_TRUE,
                          .tessellationShader = VK_TRUE},
        .synchronization2.synchronization2 = VK_TRUE,
        .cooperative_matrix.cooperativeMatrixRobustBufferAccess = VK_TRUE,
    };
    kro__vk_selection made;
    const VkPhysicalDeviceFeatures *core = &made.features.core.features;
    for (int all = 0; all < 2; all++) {
        for (int robust = 0; robust < 2; robust++) {
            kro__vk_select(&made, &has, &offer, all, robust);
            CHECK(core->shaderInt64);
            CHECK_EQ_U64(core->tessellationShader, (uint64_t)all);
            CHECK_EQ_U64(made.features.synchronization2.synchronization2, (uint64_t)all);
            CHECK_EQ_U64(core->robustBufferAccess, (uint64_t)robust);
            CHECK_EQ_U64(made.features.cooperative_matrix.cooperativeMatrixRobustBufferAccess,
                         (uint64_t)robust);
        }
    }
}

TEST(the_newest_spirv_follows_the_version)
{
    const VkExtensionProperties newer = {VK_KHR_SPIRV_1_4_EXTENSION_NAME, 1};
    CHECK_EQ_U64(kro__vk_max_spirv(&(kro__vk_offer){VK_API_VERSION_1_1, 0, NULL}), 0x00010300);
    CHECK_EQ_U64(kro__vk_max_spirv(&(kro__vk_offer){VK_API_VERSION_1_1, 1, &newer}), 0x00010400);
    CHECK_EQ_U64(kro__vk_max_spirv(&(kro__vk_offer){VK_API_VERSION_1_2, 1, &newer}), 0x00010500);
    CHECK_EQ_U64(kro__vk_max_spirv(&(kro__vk_offer){VK_API_VERSION_1_3, 0, NULL}), 0x00010600);
}
