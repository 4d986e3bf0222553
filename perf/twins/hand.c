#include "hand.h"

#include "arguments.h"

enum {
    LOCAL = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
    VISIBLE = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT,
    COHERENT = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
    CACHED = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
    MAPPED = VISIBLE | COHERENT, // without flushes
    KNOWN = LOCAL | VISIBLE | COHERENT | CACHED,
};

bool kp_hand_init(kp_hand *hand, const kp_scene *scene, kt_text *problem)
{
    const kro_vk_handles *handles = kro_vk_context(scene->ctx);
    *hand = (kp_hand){
        .device = handles->device,
        .queue = kro_vk_queue(scene->ctx, 0),
        .queue_family = handles->queue_family,
        .polls = kro_context_info(scene->ctx)->type != KRO_DEVICE_TYPE_CPU,
    };
    const PFN_vkGetPhysicalDeviceMemoryProperties get_memory =
        (PFN_vkGetPhysicalDeviceMemoryProperties)handles->get_instance_proc_addr(
            handles->instance, "vkGetPhysicalDeviceMemoryProperties");
    if (!get_memory || !kp_functions_init(&hand->call, handles))
        return kt_refuse(problem, "the device lacks a function of Vulkan 1.0");
    get_memory(handles->physical_device, &hand->memory);
    return true;
}

// Whether a heap is but a part of the device's memory: what the host sees of it is scarce.
static bool is_window(const kp_hand *hand, uint32_t heap)
{
    for (uint32_t i = 0; i < hand->memory.memoryHeapCount; i++)
        if ((hand->memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) &&
            hand->memory.memoryHeaps[i].size > hand->memory.memoryHeaps[heap].size)
            return true;
    return false;
}

// How well a type serves; 0: it does not.
static uint32_t rank(const kp_hand *hand, kp_place place, uint32_t type)
{
    const uint32_t flags = hand->memory.memoryTypes[type].propertyFlags;
    const bool local = flags & LOCAL, visible = flags & VISIBLE, cached = flags & CACHED;
    const bool window = local && is_window(hand, hand->memory.memoryTypes[type].heapIndex);
    if (flags & ~(uint32_t)KNOWN)
        return 0;
    if (place == KP_PLACE_DEVICE)
        return 1u + 4u * local + 2u * !window + 1u * !visible;
    if ((flags & MAPPED) != MAPPED)
        return 0;
    return place == KP_PLACE_READBACK ? 1u + 2u * cached + 1u * !local
                                      : 1u + 4u * !window + 2u * local + 1u * !cached;
}

uint32_t kp_hand_choose_type(const kp_hand *hand, kp_place place, uint32_t allowed)
{
    uint32_t best = UINT32_MAX, best_rank = 0;
    for (uint32_t i = 0; i < hand->memory.memoryTypeCount; i++) {
        const uint32_t here = allowed >> i & 1 ? rank(hand, place, i) : 0;
        if (here > best_rank) {
            best = i;
            best_rank = here;
        }
    }
    return best;
}

VkResult kp_hand_make_handle(const kp_hand *hand, uint64_t size_bytes, VkBuffer *out)
{
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size_bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    return hand->call.CreateBuffer(hand->device, &info, NULL, out);
}

VkResult kp_hand_make_buffer(const kp_hand *hand, kp_place place, uint64_t size_bytes,
                             kp_hand_buffer *out)
{
    *out = (kp_hand_buffer){0};
    VkResult result = kp_hand_make_handle(hand, size_bytes, &out->handle);
    if (result < 0)
        return result;
    VkMemoryRequirements needs;
    hand->call.GetBufferMemoryRequirements(hand->device, out->handle, &needs);
    const uint32_t type = kp_hand_choose_type(hand, place, needs.memoryTypeBits);
    if (type == UINT32_MAX)
        return VK_ERROR_FEATURE_NOT_PRESENT;
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = needs.size,
                                       .memoryTypeIndex = type};
    result = hand->call.AllocateMemory(hand->device, &info, NULL, &out->memory);
    if (result >= 0)
        result = hand->call.BindBufferMemory(hand->device, out->handle, out->memory, 0);
    const uint32_t flags = hand->memory.memoryTypes[type].propertyFlags;
    out->cached = flags & CACHED;
    if (result < 0 || (flags & MAPPED) != MAPPED)
        return result;
    void *host = NULL;
    result = hand->call.MapMemory(hand->device, out->memory, 0, VK_WHOLE_SIZE, 0, &host);
    out->host = host;
    return result;
}

void kp_hand_destroy_buffer(const kp_hand *hand, kp_hand_buffer *buffer)
{
    if (buffer->handle)
        hand->call.DestroyBuffer(hand->device, buffer->handle, NULL);
    if (buffer->memory)
        hand->call.FreeMemory(hand->device, buffer->memory, NULL); // and unmaps
}
