"""proxy_external.c: what applications call. While external synchronisation is checked
(proxy/external.h), each of these tells which objects the call uses before it is carried out."""

import emit_proxy

# How deep members of structs are looked for: vkQueueBindSparse has memory at the third level.
DEEPEST = 3

# What a call uses alone besides its parameters, by the sentence in the registry's
# `implicitexternsyncparams` or, where it has none, in the specification. Objects that die with a
# pool count, too.
BESIDE = {
    # Two threads may update bindings that are made for it (proxy/external.c).
    "vkUpdateDescriptorSets":
        "kro__external_writes(&inside, descriptorWriteCount, pDescriptorWrites, "
        "descriptorCopyCount, pDescriptorCopies)",
    "vkUpdateDescriptorSetWithTemplate": "kro__external_update(&inside, descriptorSet)",
    # "all VkQueue objects created from device"
    "vkDestroyDevice": "kro__external_queues(&inside, device, KRO__USE_LAST)",
    "vkDeviceWaitIdle": "kro__external_queues(&inside, device, KRO__USE_ALONE)",
    # "all VkPhysicalDevice objects enumerated from instance"
    "vkDestroyInstance": "kro__external_physical(&inside, instance)",
    # "any VkDescriptorSet objects allocated from descriptorPool", which are freed
    "vkResetDescriptorPool":
        "kro__external_children(&inside, VK_OBJECT_TYPE_DESCRIPTOR_SET, "
        "KRO__HANDLE(descriptorPool), KRO__USE_LAST)",
    "vkDestroyDescriptorPool":
        "kro__external_children(&inside, VK_OBJECT_TYPE_DESCRIPTOR_SET, "
        "KRO__HANDLE(descriptorPool), KRO__USE_LAST)",
    "vkResetCommandPool":
        "kro__external_children(&inside, VK_OBJECT_TYPE_COMMAND_BUFFER, "
        "KRO__HANDLE(commandPool), KRO__USE_ALONE)",
    "vkDestroyCommandPool":
        "kro__external_children(&inside, VK_OBJECT_TYPE_COMMAND_BUFFER, "
        "KRO__HANDLE(commandPool), KRO__USE_LAST)",
    # The name says which object is meant.
    "vkSetDebugUtilsObjectNameEXT":
        "kro__external_use(&inside, pNameInfo->objectType, pNameInfo->objectHandle, "
        "KRO__USE_ALONE)",
    "vkSetDebugUtilsObjectTagEXT":
        "kro__external_use(&inside, pTagInfo->objectType, pTagInfo->objectHandle, "
        "KRO__USE_ALONE)",
}


def files(registry):
    commands = [registry.commands[n] for n in sorted(registry.commands)]
    checked = {c.name: uses(registry, c) for c in commands if c.level != "GLOBAL"}
    entries = "\n".join(entry(c, checked[c.name]) for c in commands if checked.get(c.name))
    rows = "\n".join(row(c, checked.get(c.name)) for c in commands)
    return {
        "proxy_external.c": f"""#include "external.h"
#include "proxy_calls.h"

{entries}
const PFN_vkVoidFunction kro__entries[KRO__CALL_COUNT] = {{
{rows}
}};
""",
    }


def row(command, lines):
    name = f"entry_{command.name}" if lines else f"kro__call_{command.name}"
    return f"    (PFN_vkVoidFunction){name},"


def entry(command, lines):
    call = f"kro__call_{command.name}({command.arguments})"
    plain = f"return {call};"
    result, end = f"{command.result} result = {call};", ["    return result;"]
    if command.result == "void":
        plain, result, end = f"{{\n        {call};\n        return;\n    }}", f"{call};", []
    before = plain if plain.startswith("{") else f"\n        {plain}"
    return "\n".join([
        f"static VKAPI_ATTR {command.result} VKAPI_CALL entry_{command.name}({command.signature})",
        "{",
        f"    if (!kro__external_is_on()){' ' if before.startswith('{') else ''}{before}",
        "    kro__inside inside;",
        f"    kro__external_begin(&inside, KRO__CALL_{command.name});",
        *lines,
        "    kro__external_enter(&inside);",
        f"    {result}",
        "    kro__external_leave(&inside);",
        *end,
        "}",
        "",
    ])


def uses(registry, command):
    """Statements that tell which objects a call uses, and which of them alone."""
    alone = set()
    for param in command.params:
        for path in param.external:
            alone.add((param.name + "[]" * bool(param.length)) if path == "true" else path)
    dead = emit_proxy.destroyed(command)
    walk = Walk(registry, alone, dead.name if dead else "")
    lines = walk.members(command.params, "", "", 0)
    first = command.params[0]
    # "the VkCommandPool that commandBuffer was allocated from"
    if first.type == "VkCommandBuffer" and first.external:
        lines.append("    kro__external_parent(&inside, VK_OBJECT_TYPE_COMMAND_BUFFER, "
                     "KRO__HANDLE(commandBuffer), VK_OBJECT_TYPE_COMMAND_POOL);")
    if command.canonical in BESIDE:
        lines.append(f"    {BESIDE[command.canonical]};")
    return lines


class Walk:
    """Looks for handles among parameters and the members of the structs that they point to."""

    def __init__(self, registry, alone, dead):
        self.registry = registry
        self.alone = alone  # paths as the registry writes them: pSubmits[].fence, pInfo->pool
        self.dead = dead

    def members(self, members, prefix, path, depth):
        """`prefix` is how C reaches them, `path` how the registry does."""
        lines = []
        for member in members:
            ignored = not member.is_always_valid and not member.external
            if not ignored and not (member.is_output and not prefix):
                lines += self.member(member, prefix + member.name, prefix, path + member.name,
                                     depth)
        return lines

    def member(self, member, value, prefix, path, depth):
        handle = member.is_handle
        inner = self.registry.struct_members.get(member.type)
        if not handle and (not inner or depth == DEEPEST):
            return []
        pointers = member.declaration.count("*")
        if pointers > 1 or "[" in member.declaration:
            return []
        length = member.length.split(",")[0]
        if not pointers:
            if handle:
                return [self.use(member, value, path)]
            return self.members(inner, value + ".", path + ".", depth + 1)
        if not length:
            return [] if handle else self.guarded(
                value, self.members(inner, value + "->", path + "->", depth + 1))
        index = f"i{depth}"
        element = f"{value}[{index}]"
        if handle:
            body = [self.use(member, element, path + "[]")]
        else:
            body = self.members(inner, element + ".", path + "[].", depth + 1)
        count = prefix + length
        return self.guarded(value, [
            f"    for (uint32_t {index} = 0; {index} < {count}; {index}++) {{",
            *("    " + line for line in body), "    }"]) if body else []

    @staticmethod
    def guarded(value, body):
        """What a pointer leads to, unless it is NULL."""
        return [f"    if ({value}) {{", *("    " + line for line in body), "    }"] if body else []

    def use(self, member, value, path):
        kind = "SHARED"
        if path in self.alone:
            kind = "LAST" if path.removesuffix("[]") == self.dead else "ALONE"
        object_type, _ = self.registry.handles[member.type]
        return f"    kro__external_use(&inside, {object_type}, KRO__HANDLE({value}), KRO__USE_{kind});"
