"""vk_planted.def: the faults that the proxy plants in calls, by name (shared/planted.h).
statements(): what plants them, within the proxy's calls (emit_proxy). A fault changes one argument,
or one member of the structs that an argument points to, or leaves the call out."""

# Calls that the conformance cases make for what they compute. What is destroyed, asked of a
# physical device or named is left out: a driver that gets those wrong leaks, is found by other
# cases, or nobody minds.
PLANTED = """
vkAllocateCommandBuffers vkAllocateDescriptorSets vkAllocateMemory vkBeginCommandBuffer
vkBindBufferMemory vkBindBufferMemory2 vkCmdBindDescriptorSets vkCmdBindPipeline vkCmdCopyBuffer
vkCmdCopyBuffer2 vkCmdCopyQueryPoolResults vkCmdDispatch vkCmdDispatchBase vkCmdDispatchIndirect
vkCmdExecuteCommands vkCmdFillBuffer vkCmdPipelineBarrier vkCmdPipelineBarrier2 vkCmdPushConstants
vkCmdPushDescriptorSetKHR vkCmdPushDescriptorSetWithTemplateKHR vkCmdResetEvent vkCmdResetEvent2
vkCmdResetQueryPool vkCmdSetEvent vkCmdSetEvent2 vkCmdUpdateBuffer vkCmdWaitEvents vkCmdWaitEvents2
vkCmdWriteTimestamp vkCmdWriteTimestamp2 vkCreateBuffer vkCreateCommandPool
vkCreateComputePipelines vkCreateDescriptorPool vkCreateDescriptorSetLayout
vkCreateDescriptorUpdateTemplate vkCreateEvent vkCreateFence vkCreatePipelineCache
vkCreatePipelineLayout vkCreateQueryPool vkCreateSemaphore vkDeviceWaitIdle vkEndCommandBuffer
vkFlushMappedMemoryRanges vkGetBufferDeviceAddress vkGetEventStatus vkGetFenceStatus
vkGetQueryPoolResults vkInvalidateMappedMemoryRanges vkMapMemory vkQueueSubmit vkQueueSubmit2
vkQueueWaitIdle vkResetCommandBuffer vkResetCommandPool vkResetDescriptorPool vkResetEvent
vkResetFences vkResetQueryPool vkSetEvent vkSignalSemaphore vkUpdateDescriptorSetWithTemplate
vkUpdateDescriptorSets vkWaitForFences vkWaitSemaphores
""".split()

# What a value can become, by what it is.
WAYS = {
    "INTEGER": ("zero", "one-less", "half", "stale"),
    "BITS": ("zero", "stale"),
    "BOOL": ("flipped",),
    "HANDLE": ("stale",),
}
INTEGERS = ("uint32_t", "int32_t", "uint64_t", "size_t", "VkDeviceSize", "VkDeviceAddress")

# What no compute program says, what only leads to other structs, and what Vulkan ignores as the
# cases say it: families of buffers that one family has, groups of one device, base pipelines.
LEFT_ALONE = """
queueFamilyIndexCount pQueueFamilyIndices srcQueueFamilyIndex dstQueueFamilyIndex basePipelineIndex
basePipelineHandle deviceIndex deviceMask sType pNext renderPass subpass framebuffer occlusionQueryEnable queryFlags pipelineStatistics
imageMemoryBarrierCount pImageMemoryBarriers pImageInfo pTexelBufferView pImmutableSamplers
""".split()

# What a right driver need not read: hints, promises of what will not be done, and room that it may
# have more of. Without them it does what is asked all the same.
MAY_BE_IGNORED = """
vkAllocateCommandBuffers/pAllocateInfo.level vkCreateBuffer/pCreateInfo.usage
vkCreateCommandPool/pCreateInfo.flags vkCreateCommandPool/pCreateInfo.queueFamilyIndex
vkCreateComputePipelines/pipelineCache
vkCreateComputePipelines/pCreateInfos.stage.pSpecializationInfo.dataSize
vkCreateDescriptorPool/pCreateInfo.flags vkCreateDescriptorPool/pCreateInfo.maxSets
vkCreateDescriptorPool/pCreateInfo.poolSizeCount
vkCreateDescriptorPool/pCreateInfo.pPoolSizes.type
vkCreateDescriptorPool/pCreateInfo.pPoolSizes.descriptorCount
vkCreateDescriptorSetLayout/pCreateInfo.flags vkCreateEvent/pCreateInfo.flags
vkCreatePipelineCache/pCreateInfo.flags vkCreatePipelineCache/pCreateInfo.initialDataSize
vkGetQueryPoolResults/dataSize vkResetCommandBuffer/flags vkResetCommandPool/flags
""".split()

# Arrays whose order says something: their first two elements are exchanged, too.
ORDERED = """
pSubmits pCommandBuffers pCommandBufferInfos pDescriptorSets pDynamicOffsets pSetLayouts
""".split()

# How deep structs are looked into: vkQueueSubmit2 has command buffers at the second level.
DEEPEST = 2


def plan(registry):
    """The statements of each planted call, and the names of all faults in their order."""
    walk = Walk(registry)
    statements = {n: walk.call(registry.commands[n]) for n in PLANTED if n in registry.commands}
    return statements, walk.names, walk.sites


def files(registry):
    _, names, sites = plan(registry)
    rows = "\n".join(f'CALL("{name}")' for name in names)
    return {
        "vk_planted.def": f"{rows}\n",
        "vk_planted_count.h": f"""#ifndef KRO_GENERATED_VK_PLANTED_COUNT_H
#define KRO_GENERATED_VK_PLANTED_COUNT_H

enum {{ KRO__PLANTED_CALL_COUNT = {len(names)}, KRO__PLANTED_SITE_COUNT = {sites} }};

#endif
""",
    }


class Walk:
    def __init__(self, registry):
        self.registry = registry
        self.names = []
        self.sites = 0

    def call(self, command):
        lines = self.left_out(command)
        for param in command.params:
            if param.type not in ("VkDevice", "VkQueue", "VkCommandBuffer") and \
                    not param.is_output:
                lines += self.member(param, param.name, param.name, "", f"calls/{command.name}/", 0)
        return lines

    def left_out(self, command):
        """A call without results that does nothing, and says that it went well."""
        if command.result not in ("void", "VkResult") or any(p.is_output for p in command.params):
            return []
        fault = self.fault(f"lies/{command.name}/left-out")
        done = "return VK_SUCCESS;" if command.result == "VkResult" else "return;"
        return [f"if (kro__plant_acts({fault}))", f"    {done}"]

    def fault(self, name):
        self.names.append(name)
        return f"KRO__PLANTED_CALL({len(self.names) - 1})"

    def kind(self, member):
        if member.is_handle:
            return "HANDLE"
        if member.type == "VkBool32":
            return "BOOL"
        if member.type in INTEGERS:
            return "INTEGER"
        is_bits = member.type in self.registry.enums or member.type in self.registry.bitmasks
        return "BITS" if is_bits else None

    def member(self, member, value, path, prefix, name, depth):
        """`value` is how C reaches the member, `path` what it is called, `prefix` where what
        counts its elements stands."""
        if member.name in LEFT_ALONE or "[" in member.declaration:
            return []
        pointers = member.declaration.count("*")
        inner = self.registry.struct_members.get(member.type)
        if not pointers and inner:
            return self.struct(inner, f"{value}.", f"{path}.", name, depth)
        if not pointers:
            return self.alter(member, value, name + path)
        length = member.length.split(",")[0]
        if pointers > 1 or depth == DEEPEST or not (inner or self.kind(member)):
            return []
        if length and not length.isidentifier():
            return []
        return self.pointer(member, value, path, prefix + length if length else "1", name, depth)

    def pointer(self, member, value, path, count, name, depth):
        """The first element of an array, in a copy of it."""
        inner = self.registry.struct_members.get(member.type)
        copy = f"copy{depth}"
        body = []
        if member.name in ORDERED:
            fault = self.fault(f"{name}{path}/exchanged")
            body.append(f"kro__plant_exchange({fault}, {copy}, {count}, sizeof *{copy});")
        if inner:
            body += self.struct(inner, f"{copy}->", f"{path}.", name, depth + 1)
        else:
            body += self.alter(member, f"*{copy}", name + path)
        if not body:
            return []
        return ["{", f"{member.type} *{copy} = kro__plant_copy({value}, {count}, sizeof *{copy});",
                f"if ({copy}) {{", f"{value} = {copy};", *body, "}", "}"]

    def struct(self, members, value, path, name, depth):
        return [line for m in members
                for line in self.member(m, value + m.name, path + m.name, value, name, depth)]

    def alter(self, member, value, name):
        kind = self.kind(member)
        if not kind or name.removeprefix("calls/") in MAY_BE_IGNORED:
            return []
        first = len(self.names)
        for way in WAYS[kind]:
            self.fault(f"{name}/{way}")
        self.sites += 1
        at = value[1:] if value.startswith("*") else f"&{value}"
        return [f"kro__plant_alter({self.sites - 1}, KRO__PLANTED_CALL({first}), "
                f"KRO__PLANT_{kind}, {at}, sizeof({value}));"]
