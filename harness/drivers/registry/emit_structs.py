"""vk_structs.c: where each feature and each number stands in the structs of the features and
properties chains."""

from emit_calls import core_version

KINDS = {
    "VkBool32": "BOOL", "uint32_t": "U32", "uint64_t": "U64", "VkDeviceSize": "U64",
    "size_t": "SIZE", "int32_t": "I32", "VkFlags": "U32", "VkFlags64": "U64",
}


def files(registry):
    KINDS.update({name: KINDS[of] for name, of in registry.bitmasks.items()})
    features = [base("VkPhysicalDeviceFeatures2", "PHYSICAL_DEVICE_FEATURES_2", "features",
                     registry.struct_members["VkPhysicalDeviceFeatures"])]
    features += [chained(s) for s in registry.features]
    properties = [base("VkPhysicalDeviceProperties2", "PHYSICAL_DEVICE_PROPERTIES_2",
                       "properties.limits", registry.struct_members["VkPhysicalDeviceLimits"])]
    properties += [chained(s) for s in registry.properties]
    return {
        "vk_structs.c": '#include "structs.h"\n\n#include <stddef.h>\n\n'
        + table("kro__vk_features", features) + "\n" + table("kro__vk_properties", properties)
    }


def base(name, structure_type, path, members):
    return name, f"VK_STRUCTURE_TYPE_{structure_type}", "1.0", [], f"{path}.", members


def chained(struct):
    return struct.name, struct.structure_type, struct.core, struct.extensions, "", struct.members


def table(name, structs):
    members, rows = [], []
    for struct, structure_type, core, extensions, path, fields in structs:
        known = [f for f in fields if f.type in KINDS and not f.declaration.count("*")]
        first = len(members)
        for field in known:
            members.append(f'    {{"{field.name}", offsetof({struct}, {path}{field.name}), '
                           f"{field.elements}, KRO__VK_KIND_{KINDS[field.type]}}},")
        rows.append(f'    {{"{struct}", {structure_type}, sizeof({struct}), {core_version(core)}, '
                    f'"{" ".join(extensions)}", {name}_members + {first}, {len(known)}}},')
    return (f"static const kro__vk_member {name}_members[] = {{\n" + "\n".join(members) + "\n};\n\n"
            f"const kro__vk_struct {name}[] = {{\n" + "\n".join(rows)
            + f"\n}};\n\nconst uint32_t {name}_count = sizeof {name} / sizeof {name}[0];\n")
