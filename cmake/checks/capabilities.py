"""The table of SPIR-V capabilities is Vulkan's: libkronos/src/vk/capabilities.def asks for what the
registry beside the Vulkan headers asks for. A registry younger than the table may know more; what it
adds is printed and is no fault.

usage: capabilities.py ROOT REGISTRY
"""

import re
import sys
import xml.etree.ElementTree

import tree

TABLE = "libkronos/src/vk/capabilities.def"
FEATURES = "libkronos/src/vk/features.def"
VERSIONS = {"1_0": "ALWAYS", "1_1": "ALWAYS"}  # 1.1 is the oldest that Kronos uses
WRITTEN_FROM = 239  # the header version whose capabilities the table has all of
# Names in the registry that SPIR-V has given no number.
WITHOUT_NUMBER = {"ClusterCullingShadingHUAWEI"}


def table(text):
    """Capability -> its needs, and feature -> its place in features.def (None: OTHER)."""
    needs, places = {}, {}
    rows = re.findall(r"^KRO__(?:NEW_)?CAPABILITY\((?:\d+, )?(\w+),\s+(ALWAYS|[^)]*\))", text, re.M)
    for name, need in rows:
        feature = re.match(r"FEATURE\((\S+), (\w+)\)|OTHER\((\w+)\)", need)
        if feature:
            need = feature[2] or feature[3]
            places.setdefault((name, need), feature[1])
        needs.setdefault(name, set()).add(need)
    return needs, places


def wanted(enable):
    """One alternative of the registry, as the table writes it."""
    if enable.get("version"):
        version = re.search(r"\d_\d", enable.get("version"))[0]
        return VERSIONS.get(version, f"SINCE({version.replace('_', ', ')})")
    if enable.get("extension"):
        return f"EXTENSION({enable.get('extension')})"
    if enable.get("feature"):
        return enable.get("feature")
    if enable.get("member") != "subgroupSupportedOperations":
        return f"FLOATS({enable.get('member')})"
    if not enable.get("requires").startswith("VK_VERSION"):
        return f"EXTENSION({enable.get('requires')})"  # it must be enabled, too
    return f"SUBGROUP({re.search(r'FEATURE_(.*)_BIT', enable.get('value'))[1]})"


def asked_members(text, registry):
    """(struct, feature) -> its place as features.def has it. The structs of whole versions have all
    members of those that became core."""
    rows = re.findall(r"^KRO__FEATURES\(\w+, (\w+),\s+(\w+),", text, re.M)
    asked = {struct: member for member, struct in rows}
    asked["VkPhysicalDeviceFeatures"] = "core.features"
    members, whole = {}, {}
    for struct in registry.iter("type"):
        if struct.get("name") in asked:
            for member in struct.iter("member"):
                name, place = member.findtext("name"), asked[struct.get("name")]
                members[struct.get("name"), name] = whole[name] = place
    return members, whole


def header_version(registry):
    names = (type for type in registry.iter("type") if type.findtext("name") == "VK_HEADER_VERSION")
    return int(next(names).find("name").tail)


def main():
    root, path = sys.argv[1:]
    needs, places = table(tree.read(root, TABLE))
    registry = xml.etree.ElementTree.parse(path).getroot()
    members, whole = asked_members(tree.read(root, FEATURES), registry)
    faults, count = [], 0
    for capability in registry.iter("spirvcapability"):
        name = capability.get("name")
        if name in WITHOUT_NUMBER:
            continue
        if name not in needs and header_version(registry) > WRITTEN_FROM:
            print(f"note: {TABLE} does not have {name}")
            continue
        count += 1
        expected = {wanted(enable) for enable in capability}
        if "ALWAYS" in expected:
            expected = {"ALWAYS"}
        if needs.get(name) != expected:
            faults.append(f"{TABLE}: {name} wants {needs.get(name)}, in the registry {expected}")
        for enable in capability:
            struct, feature = enable.get("struct"), enable.get("feature")
            place = members.get((struct, feature))
            if re.match(r"VkPhysicalDeviceVulkan\d+Features", struct or ""):
                place = whole.get(feature)
            if place and places.get((name, feature)) != place:
                faults.append(f"{TABLE}: {name}: {feature} is a member of {place}")
    tree.finish("capabilities of the registry", count, faults)


main()
