"""proxy_calls.h: the table of the real driver's functions, and prototypes of calls and hooks.
proxy_calls.c: for each command its call (counts, refuses, keeps the ledger), and a weak hook that
passes the call on; a hook written by hand takes its place."""

import emit_planted

# Commands without pointers that the proxy can repeat later from their arguments alone. Other
# commands that nobody wrote a hook for make their command buffer opaque.
REPEATED = (
    "vkCmdCopyQueryPoolResults", "vkCmdResetEvent", "vkCmdResetEvent2", "vkCmdResetQueryPool",
    "vkCmdSetDeviceMask", "vkCmdSetEvent", "vkCmdWriteBufferMarkerAMD",
    "vkCmdWriteBufferMarker2AMD", "vkCmdWriteTimestamp", "vkCmdWriteTimestamp2",
)
# Commands that do nothing.
QUIET = (
    "vkCmdBeginDebugUtilsLabelEXT", "vkCmdEndDebugUtilsLabelEXT", "vkCmdInsertDebugUtilsLabelEXT",
    "vkCmdDebugMarkerBeginEXT", "vkCmdDebugMarkerEndEXT", "vkCmdDebugMarkerInsertEXT",
)


# What is noted of commands that went well, named without KHR: figures (proxy/tally.h) and kinds of
# pools.
NOTED = {
    "vkAllocateMemory": "kro__tally_memory(pAllocateInfo->allocationSize)",
    "vkBeginCommandBuffer": "kro__tally_begin(commandBuffer)",
    "vkCmdDispatch": "kro__tally_command(commandBuffer, KRO__FIGURE_dispatches)",
    "vkCmdDispatchBase": "kro__tally_command(commandBuffer, KRO__FIGURE_dispatches)",
    "vkCmdDispatchIndirect": "kro__tally_command(commandBuffer, KRO__FIGURE_dispatches)",
    "vkCmdExecuteCommands":
        "kro__tally_execute(commandBuffer, commandBufferCount, pCommandBuffers)",
    "vkCmdPipelineBarrier":
        "kro__tally_barrier(commandBuffer, dstStageMask, memoryBarrierCount, "
        "bufferMemoryBarrierCount, imageMemoryBarrierCount)",
    "vkCmdPipelineBarrier2": "kro__tally_barrier2(commandBuffer, pDependencyInfo)",
    "vkCmdPushDescriptorSet":
        "kro__tally_writes(descriptorWriteCount, pDescriptorWrites, 0, NULL)",
    "vkCmdPushDescriptorSet2":
        "kro__tally_writes(pPushDescriptorSetInfo->descriptorWriteCount, "
        "pPushDescriptorSetInfo->pDescriptorWrites, 0, NULL)",
    "vkCmdPushDescriptorSetWithTemplate": "kro__tally_template_used(descriptorUpdateTemplate)",
    "vkCmdPushDescriptorSetWithTemplate2":
        "kro__tally_template_used("
        "pPushDescriptorSetWithTemplateInfo->descriptorUpdateTemplate)",
    "vkCmdWaitEvents": "kro__tally_command(commandBuffer, KRO__FIGURE_event_waits)",
    "vkCmdWaitEvents2": "kro__tally_command(commandBuffer, KRO__FIGURE_event_waits)",
    "vkCreateDescriptorPool": "kro__external_pool(*pDescriptorPool, pCreateInfo->flags)",
    "vkCreateDescriptorUpdateTemplate":
        "kro__tally_template(*pDescriptorUpdateTemplate, pCreateInfo)",
    "vkGetDescriptorEXT": "kro__tally_descriptor()",
    "vkUpdateDescriptorSets":
        "kro__tally_writes(descriptorWriteCount, pDescriptorWrites, descriptorCopyCount, "
        "pDescriptorCopies)",
    "vkUpdateDescriptorSetWithTemplate": "kro__tally_template_used(descriptorUpdateTemplate)",
}

OBJECT_TYPES = {"VkInstance": "INSTANCE", "VkPhysicalDevice": "PHYSICAL_DEVICE",
                "VkDevice": "DEVICE", "VkQueue": "QUEUE", "VkCommandBuffer": "COMMAND_BUFFER"}


def files(registry):
    commands = [registry.commands[n] for n in sorted(registry.commands)]
    canonical = [c for c in commands if c.name == c.canonical]
    planted, _, _ = emit_planted.plan(registry)
    slots = "\n".join(f"    _Atomic(PFN_{c.name}) {c.name};" for c in canonical)
    calls = "\n".join(f"{prototype(c, 'call')};" for c in commands)
    hooks = "\n".join(f"{prototype(c, 'hook')};" for c in canonical)
    return {
        "proxy_calls.h": f"""#ifndef KRO_GENERATED_PROXY_CALLS_H
#define KRO_GENERATED_PROXY_CALLS_H

#include <stdatomic.h>

#include <vulkan/vulkan.h>

#include "calls.h"

typedef struct kro__driver_calls {{
{slots}
}} kro__driver_calls;

// What applications call, by KRO__CALL_…
extern const PFN_vkVoidFunction kro__entries[KRO__CALL_COUNT];

{calls}

{hooks}

#endif
""",
        "proxy_calls.c": f"""#include "proxy_calls.h"

#include "call.h"
#include "device.h"
#include "driver.h"
#include "external.h"
#include "ledger.h"
#include "plant_calls.h"
#include "record.h"
#include "tally.h"
#include "uses.h"

kro__driver_calls kro__driver;

{fill(commands)}
{chr(10).join(map(hook, canonical))}
{chr(10).join(call(registry, c, planted.get(c.canonical)) for c in commands)}""",
    }


def prototype(command, kind):
    return (f"VKAPI_ATTR {command.result} VKAPI_CALL kro__{kind}_{command.name}"
            f"({command.signature})")


def fill(commands):
    """The functions that fill the table; a command and its aliases share a place in it."""
    def line(command):
        return f'    FILL({command.canonical}, "{command.name}");'
    first = "\n".join(line(c) for c in commands if c.level == "GLOBAL")
    rest = "\n".join(line(c) for c in commands if c.level != "GLOBAL")
    return f"""static PFN_vkVoidFunction look_up(VkInstance instance, VkDevice device,
                                  const char *name)
{{
    PFN_vkVoidFunction found = kro__driver_library_open.get_instance_proc_addr(instance, name);
    if (!found && device)
        found = kro__driver.vkGetDeviceProcAddr(device, name);
    return found;
}}

#define FILL(slot, name) \\
    do {{ \\
        if (!atomic_load(&kro__driver.slot)) \\
            atomic_store(&kro__driver.slot, (PFN_##slot)look_up(instance, device, name)); \\
    }} while (0)

void kro__driver_fill_global(void)
{{
    VkInstance instance = NULL;
    VkDevice device = NULL;
{first}
}}

void kro__driver_fill(VkInstance instance, VkDevice device)
{{
{rest}
}}
"""


def hook(command):
    """Passes a call on, after noting it where it is recorded into a command buffer."""
    lines, before = [], ""
    if command.name.startswith("vkCmd") and command.name not in QUIET:
        if command.name in REPEATED:
            before = repeat(command)
            fields = ", ".join(p.name for p in command.params[1:])
            lines.append(f"    struct args_{command.name} args = {{{fields}}};")
            lines.append(f"    kro__record_other(commandBuffer, repeat_{command.name}, &args, "
                         "sizeof args);")
        else:
            lines.append("    kro__record_opaque(commandBuffer);")
    call = f"kro__driver.{command.name}({command.arguments})"
    if command.params and command.params[0].type == "VkQueue":
        lines += on_queue(command, call)
    else:
        lines.append(f"    {call};" if command.result == "void" else f"    return {call};")
    return (f"{before}__attribute__((weak)) {prototype(command, 'hook')}\n{{\n" + "\n".join(lines)
            + "\n}\n")


def on_queue(command, call):
    """Calls on queues see the driver's queue, alone."""
    lines = ["    kro__queue *entered = kro__queue_enter(queue, &queue);"]
    if command.result == "void":
        return [*lines, f"    {call};", "    kro__queue_leave(entered);"]
    return [*lines, f"    {command.result} result = {call};", "    kro__queue_leave(entered);",
            "    return result;"]


def repeat(command):
    """A command's arguments as a struct, and a function that records the command from it."""
    fields = "\n".join(f"    {p.declaration};" for p in command.params[1:])
    values = ", ".join(f"args->{p.name}" for p in command.params[1:])
    return f"""struct args_{command.name} {{
{fields}
}};

static void repeat_{command.name}(VkCommandBuffer commands, const void *arguments)
{{
    const struct args_{command.name} *args = arguments;
    kro__driver.{command.name}(commands, {values});
}}

"""


def call(registry, command, planted):
    created = created_param(command)
    hooked = f"kro__hook_{command.canonical}({command.arguments})"
    if command.result == "VkResult":
        lines = refuse(command, created)
    else:
        lines = [f"    kro__call_count(KRO__CALL_{command.name});"]
    lines += forget(registry, command)
    if planted:
        lines += ["    if (kro__plant_calls()) {", *(f"        {p}" for p in planted), "    }"]
    after = (note(registry, command, created) if created else []) + noted_after(command)
    if command.result == "void":
        lines += [f"    {hooked};", *after]
    elif after:
        lines += [f"    result = {hooked};", *after, "    return result;"]
    else:
        lines.append(f"    return {hooked};")
    return f"{prototype(command, 'call')}\n{{\n" + "\n".join(lines) + "\n}\n"


def noted_after(command):
    noted = NOTED.get(command.canonical.removesuffix("KHR"))
    if not noted:
        return []
    if command.result == "void":
        return [f"    {noted};"]
    return ["    if (result >= 0)", f"        {noted};"]


def owner(command):
    """The first argument, if it is an object."""
    first = command.params[0]
    return first if first.type in OBJECT_TYPES and not first.is_pointer else None


def refuse(command, created):
    """Counts a call and returns early if it is to fail."""
    of = owner(command)
    kind = OBJECT_TYPES[of.type] if of else "UNKNOWN"
    handle = f"KRO__HANDLE({of.name})" if of else "0"
    lines = ["    VkResult result;",
             f"    if (kro__call_refused(KRO__CALL_{command.name}, VK_OBJECT_TYPE_{kind}, "
             f"{handle}, &result)) {{"]
    if created and created.length:
        lines.append(f"        for (uint32_t i = 0; i < {created.length}; i++)")
        lines.append(f"            {created.name}[i] = VK_NULL_HANDLE;")
    elif created:
        lines.append(f"        *{created.name} = VK_NULL_HANDLE;")
    return lines + ["        return result;", "    }"]


def created_param(command):
    if not command.name.startswith(("vkCreate", "vkAllocate", "vkRegister")):
        return None
    return command.params[-1] if command.params[-1].is_created else None


def note(registry, command, created):
    """Ledger entries for what a call made: the owner is the device or instance that it dies with,
    the parent a pool named in the call's info. Of an array of pipelines some may exist after an
    error."""
    if not any(p and p.type == created.type for p in map(destroyed, registry.commands.values())):
        return []  # it dies with what it belongs to (display modes)
    object_type, parent_type = registry.handles[created.type]
    of = owner(command)
    if created.type == "VkDevice":
        dies_with = f"kro__instance_handle({of.name})"
    else:
        dies_with = f"KRO__HANDLE({of.name})" if of else "0"
    parent = dies_with
    info = command.params[1]
    for member in registry.struct_members.get(info.type, []):
        if member.type == parent_type:
            parent = f"KRO__HANDLE({info.name}->{member.name})"
    handle = f"KRO__HANDLE({created.name}[i])" if created.length else f"KRO__HANDLE(*{created.name})"
    made = [f"        kro__ledger_add({object_type}, {handle}, {dies_with}, {parent});"]
    # Each driver makes its share of an instance and of what belongs to it, wanted or not.
    if command.level == "DEVICE" or created.type == "VkDevice":
        made.append(f"        kro__tally_object(KRO__OBJECT_{created.type}, {handle});")
    if not created.length:
        return ["    if (result >= 0) {", *made, "    }"]
    condition = "" if created.length == "createInfoCount" else "result >= 0 && "
    return [f"    for (uint32_t i = 0; {condition}i < {created.length}; i++) {{", *made, "    }"]


def destroyed(command):
    """What a call destroys, or None."""
    if not command.name.startswith(("vkDestroy", "vkFree")):
        return None
    return [p for p in command.params if p.is_handle][-1]


def forget(registry, command):
    """Takes what a call destroys out of the ledger, before its handle can be given to something
    new, and reports what is still in use."""
    dead = destroyed(command)
    if not dead:
        return []
    object_type, _ = registry.handles[dead.type]
    of_device = command.params[0].type == "VkDevice" and dead is not command.params[0]
    if dead.length:
        lines = [f"    for (uint32_t i = 0; i < {dead.length}; i++)", "    {"]
        handle, indent, end = f"KRO__HANDLE({dead.name}[i])", "        ", ["    }"]
    else:
        lines, handle, indent, end = [], f"KRO__HANDLE({dead.name})", "    ", []
    if of_device:
        lines.append(f'{indent}kro__uses_check(device, "{command.name}", {object_type}, {handle});')
    lines.append(f"{indent}kro__ledger_remove({object_type}, {handle});")
    return lines + end
