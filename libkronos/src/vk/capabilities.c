#include "vk/capabilities.h"

#include <stddef.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "reflect_demands.h"

typedef enum need_kind {
    NEED_NOTHING,
    NEED_VERSION,
    NEED_FEATURE,
    NEED_OTHER_FEATURE,
    NEED_EXTENSION,
    NEED_SUBGROUP,
    NEED_FLOAT_CONTROL,
} need_kind;

// One thing that a device must have or that must be enabled.
typedef struct requirement {
    need_kind kind;
    uint32_t value; // a version, a bit of kro_subgroup_operation, or an offset in the struct
    const char *name;
} requirement;

#define ALWAYS NEED_NOTHING, 0, ""
#define SINCE(major, minor) \
    NEED_VERSION, VK_MAKE_API_VERSION(0, major, minor, 0), "Vulkan " #major "." #minor
#define FEATURE(member, feature) NEED_FEATURE, offsetof(kro__vk_features, member.feature), #feature
#define OTHER(feature)           NEED_OTHER_FEATURE, 0, #feature
#define EXTENSION(name)          NEED_EXTENSION, 0, #name
#define SUBGROUP(class)          NEED_SUBGROUP, KRO_SUBGROUP_##class, "VK_SUBGROUP_FEATURE_" #class "_BIT"
#define FLOATS(member) \
    NEED_FLOAT_CONTROL, offsetof(VkPhysicalDeviceFloatControlsProperties, member), #member

static const struct {
    uint32_t capability;
    const char *name;
    requirement need;
} capabilities[] = {
#define KRO__CAPABILITY(name, ...)             {SpvCapability##name, #name, {__VA_ARGS__}},
#define KRO__NEW_CAPABILITY(number, name, ...) {number, #name, {__VA_ARGS__}},
#include "vk/capabilities.def"
};

#define ATOMICS(demand, what, member, feature)                                 \
    [demand] = {what " on buffers", {FEATURE(member, shaderBuffer##feature)}}, \
    [(demand) + KRO__DEMAND_SHARED] = {what " on workgroup memory",            \
                                       {FEATURE(member, shaderShared##feature)}}

// By kro__demand.
static const struct {
    const char *name;
    requirement need;
} demands[KRO__DEMAND_COUNT] = {
    ATOMICS(KRO__DEMAND_INT64_ATOMICS, "atomics of 64-bit integers", atomic_int64, Int64Atomics),
    ATOMICS(KRO__DEMAND_FLOAT16_ATOMICS, "atomics of 16-bit floats", atomic_float2, Float16Atomics),
    ATOMICS(KRO__DEMAND_FLOAT32_ATOMICS, "atomics of 32-bit floats", atomic_float, Float32Atomics),
    ATOMICS(KRO__DEMAND_FLOAT64_ATOMICS, "atomics of 64-bit floats", atomic_float, Float64Atomics),
    ATOMICS(KRO__DEMAND_FLOAT16_ADD, "atomic addition of 16-bit floats", atomic_float2,
            Float16AtomicAdd),
    ATOMICS(KRO__DEMAND_FLOAT32_ADD, "atomic addition of 32-bit floats", atomic_float,
            Float32AtomicAdd),
    ATOMICS(KRO__DEMAND_FLOAT64_ADD, "atomic addition of 64-bit floats", atomic_float,
            Float64AtomicAdd),
    ATOMICS(KRO__DEMAND_FLOAT16_MIN_MAX, "atomic minima of 16-bit floats", atomic_float2,
            Float16AtomicMinMax),
    ATOMICS(KRO__DEMAND_FLOAT32_MIN_MAX, "atomic minima of 32-bit floats", atomic_float2,
            Float32AtomicMinMax),
    ATOMICS(KRO__DEMAND_FLOAT64_MIN_MAX, "atomic minima of 64-bit floats", atomic_float2,
            Float64AtomicMinMax),
    [KRO__DEMAND_STORAGE_ARRAY_INDEXING] = {"an array of storage buffers with a computed index",
                                            {FEATURE(core.features,
                                                     shaderStorageBufferArrayDynamicIndexing)}},
    [KRO__DEMAND_UNIFORM_ARRAY_INDEXING] = {"an array of uniform buffers with a computed index",
                                            {FEATURE(core.features,
                                                     shaderUniformBufferArrayDynamicIndexing)}},
};

// Whether a need is met, and if not, why; the more hopeful the higher.
typedef enum outlook {
    NEVER_ENABLED, // Kronos does not know how to
    NOT_THERE,     // the device does not have it
    NOT_ENABLED,   // config.enable_all_features would enable it
    MET,
} outlook;

static bool flag_at(const void *object, uint32_t offset)
{
    VkBool32 flag;
    memcpy(&flag, (const char *)object + offset, sizeof flag);
    return flag;
}

static outlook extension_outlook(const kro__vk_opened *device, const char *name)
{
    if (device->imported)
        return kro__vk_offers_extension(&device->adapter->offer, name) ? MET : NOT_THERE;
    const kro__vk_selection *selection = device->selection;
    for (uint32_t i = 0; i < selection->extension_count; i++)
        if (strcmp(selection->extensions[i], name) == 0)
            return MET;
    if (!kro__vk_knows_extension(name))
        return NEVER_ENABLED;
    return kro__vk_offers_extension(&device->adapter->offer, name) ? NOT_ENABLED : NOT_THERE;
}

static outlook look(const kro__vk_opened *device, const requirement *need)
{
    bool has = false;
    switch (need->kind) {
    case NEED_NOTHING:
        has = true;
        break;
    case NEED_VERSION:
        has = device->adapter->offer.api_version >= need->value;
        break;
    case NEED_FEATURE:
        if (!flag_at(&device->selection->features, need->value) &&
            flag_at(&device->adapter->features, need->value))
            return NOT_ENABLED;
        has = flag_at(&device->selection->features, need->value);
        break;
    case NEED_OTHER_FEATURE:
        return NEVER_ENABLED;
    case NEED_EXTENSION:
        return extension_outlook(device, need->name);
    case NEED_SUBGROUP:
        has = device->info->subgroup_operations & need->value;
        break;
    case NEED_FLOAT_CONTROL:
        has = flag_at(&device->adapter->float_controls, need->value);
        break;
    }
    return has ? MET : NOT_THERE;
}

static kro_status refuse(const kro__vk_opened *device, const char *label, const char *kind,
                         const char *name, const requirement *need, outlook found)
{
    static const char *const reasons[][2] = {
        [NEVER_ENABLED] = {"is enabled on no device, ", " included"},
        [NOT_THERE] = {"", " does not have"},
        [NOT_ENABLED] = {"", " has and config.enable_all_features enables"},
    };
    static const char *const imported_reasons[][2] = {
        [NEVER_ENABLED] = {"Kronos uses on no device, ", " included"},
        [NOT_THERE] = {"", " lacks or was imported without"},
        // Of an imported device no more is known than what is enabled.
    };
    const char *const *reason = device->imported ? imported_reasons[found] : reasons[found];
    return kro__fail(KRO_ERROR_UNSUPPORTED, "'%s' needs %s%s, and with it %s, which %s'%s'%s",
                     label, kind, name, need->name, reason[0], device->info->name, reason[1]);
}

static kro_status check_capability(const kro__vk_opened *device, const char *label,
                                   uint32_t capability)
{
    size_t best = 0;
    outlook best_outlook = NEVER_ENABLED;
    bool known = false;
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
        if (capabilities[i].capability != capability)
            continue;
        outlook found = look(device, &capabilities[i].need);
        if (!known || found > best_outlook) {
            best = i;
            best_outlook = found;
        }
        known = true;
    }
    if (!known)
        kro__log_line(device->log, KRO_LOG_INFO,
                      "'%s' declares SPIR-V capability %u, which is not known here: the driver "
                      "judges it",
                      label, capability);
    if (!known || best_outlook == MET)
        return KRO_OK;
    return refuse(device, label, "the SPIR-V capability ", capabilities[best].name,
                  &capabilities[best].need, best_outlook);
}

kro_status kro__vk_check_kernel(const kro__vk_opened *device, const kro__kernel_config *config)
{
    const kro__reflection *reflection = config->reflection;
    kro_status status = KRO_OK;
    // What its code does, first: a capability may be met by any of several features, and does not
    // say which of them the code needs.
    for (uint32_t i = 0; i < KRO__DEMAND_COUNT && status == KRO_OK; i++) {
        if (!(reflection->demands >> i & 1))
            continue;
        outlook found = look(device, &demands[i].need);
        if (found != MET)
            status = refuse(device, config->label, "", demands[i].name, &demands[i].need, found);
    }
    for (uint32_t i = 0; i < reflection->capability_count && status == KRO_OK; i++)
        status = check_capability(device, config->label, reflection->capabilities[i]);
    return status;
}
