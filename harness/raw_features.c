#include "raw_features.h"

#include "newer_vulkan.h"

#define TYPE(name) VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_##name

const kt_raw_feature_source kt_raw_feature_sources[KT_RAW_FEATURE_SOURCES] = {
    {{KT_RAW_STORAGE16}, TYPE(16BIT_STORAGE_FEATURES), VK_API_VERSION_1_1, "VK_KHR_16bit_storage"},
    {{KT_RAW_STORAGE8}, TYPE(8BIT_STORAGE_FEATURES), VK_API_VERSION_1_2, "VK_KHR_8bit_storage"},
    {{KT_RAW_FLOAT16, KT_RAW_INT8},
     TYPE(SHADER_FLOAT16_INT8_FEATURES),
     VK_API_VERSION_1_2,
     "VK_KHR_shader_float16_int8"},
    {{KT_RAW_MEMORY_MODEL, KT_RAW_DEVICE_SCOPE},
     TYPE(VULKAN_MEMORY_MODEL_FEATURES),
     VK_API_VERSION_1_2,
     "VK_KHR_vulkan_memory_model"},
    {{KT_RAW_HOST_QUERY_RESET},
     TYPE(HOST_QUERY_RESET_FEATURES),
     VK_API_VERSION_1_2,
     "VK_EXT_host_query_reset"},
    {{KT_RAW_SUBGROUP_SIZE_CONTROL, KT_RAW_FULL_SUBGROUPS},
     TYPE(SUBGROUP_SIZE_CONTROL_FEATURES),
     VK_API_VERSION_1_3,
     "VK_EXT_subgroup_size_control"},
    {{KT_RAW_INTEGER_DOT_PRODUCT},
     TYPE(SHADER_INTEGER_DOT_PRODUCT_FEATURES),
     VK_API_VERSION_1_3,
     "VK_KHR_shader_integer_dot_product"},
    {{KT_RAW_CACHE_CONTROL},
     TYPE(PIPELINE_CREATION_CACHE_CONTROL_FEATURES),
     VK_API_VERSION_1_3,
     "VK_EXT_pipeline_creation_cache_control"},
    {{KT_RAW_PRIVATE_DATA}, TYPE(PRIVATE_DATA_FEATURES), VK_API_VERSION_1_3, "VK_EXT_private_data"},
    {{KT_RAW_MAINTENANCE4},
     TYPE(MAINTENANCE_4_FEATURES),
     VK_API_VERSION_1_3,
     "VK_KHR_maintenance4"},
    {{KT_RAW_MAINTENANCE5},
     TYPE(MAINTENANCE_5_FEATURES_KHR),
     VK_MAKE_API_VERSION(0, 1, 4, 0),
     "VK_KHR_maintenance5"},
    {{KT_RAW_MAINTENANCE6},
     TYPE(MAINTENANCE_6_FEATURES_KHR),
     VK_MAKE_API_VERSION(0, 1, 4, 0),
     "VK_KHR_maintenance6"},
    {{KT_RAW_FLOAT_CONTROLS2},
     TYPE(SHADER_FLOAT_CONTROLS_2_FEATURES_KHR),
     VK_MAKE_API_VERSION(0, 1, 4, 0),
     "VK_KHR_shader_float_controls2"},
    {{KT_RAW_COOPERATIVE_MATRIX},
     TYPE(COOPERATIVE_MATRIX_FEATURES_KHR),
     UINT32_MAX,
     "VK_KHR_cooperative_matrix"},
    {{KT_RAW_DEVICE_FAULT, KT_RAW_DEVICE_FAULT_VENDOR_BINARY},
     TYPE(FAULT_FEATURES_EXT),
     UINT32_MAX,
     "VK_EXT_device_fault"},
    {{KT_RAW_CREATION_FEEDBACK}, 0, VK_API_VERSION_1_3, "VK_EXT_pipeline_creation_feedback"},
    {{KT_RAW_PUSH_DESCRIPTORS}, 0, UINT32_MAX, "VK_KHR_push_descriptor"},
    {{KT_RAW_CALIBRATED_TIMESTAMPS}, 0, UINT32_MAX, "VK_EXT_calibrated_timestamps"},
};

// For SKIP, in the order of kt_raw_feature's bits.
static const char *const NAMES[] = {"subgroupSizeControl",
                                    "computeFullSubgroups",
                                    "maintenance4",
                                    "maintenance5",
                                    "maintenance6",
                                    "pipelineCreationCacheControl",
                                    "privateData",
                                    "shaderFloatControls2",
                                    "VK_KHR_push_descriptor",
                                    "hostQueryReset",
                                    "VK_EXT_calibrated_timestamps",
                                    "cooperativeMatrix",
                                    "deviceFault",
                                    "deviceFaultVendorBinary",
                                    "shaderIntegerDotProduct",
                                    "vulkanMemoryModel",
                                    "vulkanMemoryModelDeviceScope",
                                    "shaderFloat16",
                                    "shaderInt8",
                                    "storageBuffer8BitAccess",
                                    "storageBuffer16BitAccess",
                                    "VK_EXT_pipeline_creation_feedback"};

uint32_t kt_raw_features_of(const kt_raw_feature_source *source, kt_raw_feature_struct *filled)
{
    uint32_t found = 0;
    for (int i = 0; i < KT_RAW_FEATURE_MEMBERS; i++) {
        filled->members[i] = filled->members[i] && source->features[i];
        if (filled->members[i] || !source->type)
            found |= (uint32_t)source->features[i];
    }
    return found;
}

bool kt_raw_needs_feature(kt_raw *raw, kt_raw_feature feature)
{
    uint32_t bit = 0;
    while ((uint32_t)feature >> bit > 1)
        bit++;
    return kt_raw_needs(raw, raw && (raw->features & (uint32_t)feature), NAMES[bit]);
}
