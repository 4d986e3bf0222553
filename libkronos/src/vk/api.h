// Vulkan's declarations without its prototypes: every call goes through a table (see table.h), so a
// call that is not in calls.def does not compile. Names that Debian 12's headers lack stand here.
#ifndef KRO_SRC_VK_API_H
#define KRO_SRC_VK_API_H

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan.h>

#ifndef VK_KHR_cooperative_matrix
#define VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME "VK_KHR_cooperative_matrix"
#define VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR \
    ((VkStructureType)1000506000)
typedef struct VkPhysicalDeviceCooperativeMatrixFeaturesKHR {
    VkStructureType sType;
    void *pNext;
    VkBool32 cooperativeMatrix;
    VkBool32 cooperativeMatrixRobustBufferAccess;
} VkPhysicalDeviceCooperativeMatrixFeaturesKHR;
#endif

// Lives behind VK_ENABLE_BETA_EXTENSIONS in the headers, and must be enabled where it is offered.
#define KRO__PORTABILITY_SUBSET_EXTENSION "VK_KHR_portability_subset"

#endif
