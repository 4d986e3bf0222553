#include "capture.h"

#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "driver.h"
#include "writes.h"

enum { SETS_MAX = 32, USES_MAX = 1024, PUSH_MAX = 4096 };

// What one dispatch may be bound to and still be captured: larger ones fill the disk.
static const VkDeviceSize LARGE_BYTES = UINT64_C(256) << 20;

// A binding and the bytes of a buffer that it stands for.
typedef struct use {
    kro__capture_binding binding;
    VkBuffer buffer;
    VkDeviceSize begin, end;
} use;

typedef struct region {
    VkBuffer buffer;
    VkDeviceSize begin, end;
} region;

// A dispatch that is being looked at.
typedef struct look {
    kro__capture_dispatch head;
    const kro__capture_pipeline *pipeline;
    uint32_t set; // that is being gone through
    use uses[USES_MAX];
    region regions[USES_MAX];
    VkDeviceSize region_bytes; // of all of them
    unsigned char push[PUSH_MAX];
} look;

void kro__capture_init(kro__capture *capture, kro__replay *replay)
{
    *capture = (kro__capture){.replay = replay};
}

static void free_memory(kro__capture *capture)
{
    VkDevice device = capture->replay->device->handle;
    kro__driver.vkDestroyBuffer(device, capture->buffer, NULL);
    kro__driver.vkFreeMemory(device, capture->memory, NULL);
    *capture = (kro__capture){.replay = capture->replay};
}

void kro__capture_finish(kro__capture *capture)
{
    if (capture->buffer)
        free_memory(capture);
}

bool kro__capture_wants(const kro__capture *capture, const kro__command *command)
{
    return *capture->replay->device->spec.capture &&
           (command->kind == KRO__COMMAND_DISPATCH ||
            command->kind == KRO__COMMAND_DISPATCH_INDIRECT);
}

static uint32_t find_memory_type(const kro__device *device, uint32_t types)
{
    const VkMemoryPropertyFlags coherent =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkMemoryPropertyFlags wanted[] = {coherent | VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
                                            coherent};
    for (int w = 0; w < 2; w++)
        for (uint32_t i = 0; i < device->memory.memoryTypeCount; i++)
            if ((types >> i & 1) &&
                (device->memory.memoryTypes[i].propertyFlags & wanted[w]) == wanted[w])
                return i;
    return 0; // the driver's to refuse; each has a coherent one
}

// Makes room for so many bytes to be copied to and read.
static bool make_room(kro__capture *capture, VkDeviceSize size_bytes)
{
    if (capture->room_bytes >= size_bytes)
        return true;
    kro__capture_finish(capture);
    const kro__device *device = capture->replay->device;
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size_bytes,
        .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    if (kro__driver.vkCreateBuffer(device->handle, &info, NULL, &capture->buffer) < 0)
        return false;
    VkMemoryRequirements needs;
    kro__driver.vkGetBufferMemoryRequirements(device->handle, capture->buffer, &needs);
    const VkMemoryAllocateInfo allocation = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = find_memory_type(device, needs.memoryTypeBits),
    };
    if (kro__driver.vkAllocateMemory(device->handle, &allocation, NULL, &capture->memory) < 0 ||
        kro__driver.vkBindBufferMemory(device->handle, capture->buffer, capture->memory, 0) < 0 ||
        kro__driver.vkMapMemory(device->handle, capture->memory, 0, VK_WHOLE_SIZE, 0,
                                &capture->bytes) < 0) {
        free_memory(capture);
        return false;
    }
    capture->room_bytes = size_bytes;
    return true;
}

// Copies ranges of buffers to the host, one after another.
static bool fetch(kro__capture *capture, kro__queue *queue, const region *regions, uint32_t count,
                  VkDeviceSize size_bytes)
{
    if (!make_room(capture, size_bytes))
        return false;
    VkDeviceSize at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const VkBufferCopy range = {regions[i].begin, at, regions[i].end - regions[i].begin};
        const kro__command copy = {
            .kind = KRO__COMMAND_COPY,
            .copy = {regions[i].buffer, capture->buffer, 1, &range},
        };
        kro__replay_command(capture->replay, queue, &copy);
        at += range.size;
    }
    return kro__replay_run(capture->replay);
}

static void visit_slot(void *user, const kro__slot *slot)
{
    look *self = user;
    const VkDeviceSize whole = kro__writes_buffer_bytes(slot->buffer);
    const bool uniform = slot->type == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER ||
                         slot->type == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC;
    if (slot->offset >= whole || self->head.binding_count == USES_MAX) {
        self->head.lack = KRO__CAPTURE_UNKNOWN;
        return;
    }
    const VkDeviceSize rest = whole - slot->offset;
    const VkDeviceSize size_bytes = slot->range < rest ? slot->range : rest;
    self->uses[self->head.binding_count++] = (use){
        .binding = {.set = self->set,
                    .binding = slot->binding,
                    .element = slot->element,
                    .type = uniform ? KRO__CAPTURE_UNIFORM : KRO__CAPTURE_STORAGE,
                    .size_bytes = size_bytes},
        .buffer = slot->buffer,
        .begin = slot->offset,
        .end = slot->offset + size_bytes,
    };
}

// In the order of sets, bindings and elements.
static int by_place(const void *a, const void *b)
{
    const kro__capture_binding *x = &((const use *)a)->binding, *y = &((const use *)b)->binding;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    if (x->binding != y->binding)
        return x->binding < y->binding ? -1 : 1;
    return (x->element > y->element) - (x->element < y->element);
}

// Puts a range into the region that it shares bytes with, and regions together that it joins.
static void add_region(look *self, region wanted)
{
    for (uint32_t i = 0; i < self->head.region_count; i++) {
        const region *other = &self->regions[i];
        if (other->buffer != wanted.buffer || other->end <= wanted.begin ||
            wanted.end <= other->begin)
            continue;
        wanted.begin = other->begin < wanted.begin ? other->begin : wanted.begin;
        wanted.end = other->end > wanted.end ? other->end : wanted.end;
        memmove(&self->regions[i], &self->regions[i + 1],
                (--self->head.region_count - i) * sizeof wanted);
        i = UINT32_MAX; // from the first one again
    }
    self->regions[self->head.region_count++] = wanted;
}

static void place_bindings(look *self)
{
    qsort(self->uses, self->head.binding_count, sizeof *self->uses, by_place);
    for (uint32_t i = 0; i < self->head.binding_count; i++)
        add_region(self, (region){self->uses[i].buffer, self->uses[i].begin, self->uses[i].end});
    for (uint32_t i = 0; i < self->head.region_count; i++)
        self->region_bytes += self->regions[i].end - self->regions[i].begin;
    for (uint32_t i = 0; i < self->head.binding_count; i++) {
        use *of = &self->uses[i];
        uint32_t r = 0;
        while (self->regions[r].buffer != of->buffer || of->begin < self->regions[r].begin ||
               of->begin >= self->regions[r].end)
            r++;
        of->binding.region = r;
        of->binding.offset_bytes = of->begin - self->regions[r].begin;
    }
}

static void look_at_push(look *self, const kro__bound *bound)
{
    for (uint32_t i = 0; i < bound->count; i++) {
        const kro__bind *bind = bound->binds[i];
        if (bind->kind != KRO__BIND_CONSTANTS)
            continue;
        const uint32_t end = bind->constants.offset + bind->constants.size;
        if (end > PUSH_MAX) {
            self->head.lack = KRO__CAPTURE_UNKNOWN;
            return;
        }
        memcpy(self->push + bind->constants.offset, bind->constants.bytes, bind->constants.size);
        self->head.push_bytes = end > self->head.push_bytes ? end : self->head.push_bytes;
    }
}

// Everything about a dispatch but what its buffers hold.
static void look_at(look *self, const kro__command *command)
{
    size_t pipeline_bytes = 0;
    for (int i = 0; i < 3 && command->kind == KRO__COMMAND_DISPATCH; i++) {
        self->head.base[i] = command->dispatch.base[i];
        self->head.groups[i] = command->dispatch.groups[i];
    }
    const kro__bound *bound = command->bound;
    self->pipeline = bound ? kro__writes_pipeline(bound->pipeline, &pipeline_bytes) : NULL;
    self->head.pipeline_bytes = (uint32_t)pipeline_bytes;
    if (!self->pipeline) {
        self->head.lack = KRO__CAPTURE_UNKNOWN;
        return;
    }
    for (self->set = 0; self->set < SETS_MAX; self->set++)
        if (!kro__bound_visit_set(bound, self->set, visit_slot, self))
            self->head.lack = KRO__CAPTURE_UNKNOWN;
    look_at_push(self, bound);
    place_bindings(self);
    if (kro__writes_uses_addresses(bound->pipeline))
        self->head.lack = KRO__CAPTURE_ADDRESSES;
    else if (self->region_bytes > LARGE_BYTES)
        self->head.lack = KRO__CAPTURE_LARGE;
}

// How many groups an indirect dispatch will take.
static bool fetch_groups(kro__capture *capture, kro__queue *queue, const kro__command *command,
                         look *self)
{
    const region groups = {command->indirect.buffer, command->indirect.offset,
                           command->indirect.offset + sizeof self->head.groups};
    if (command->kind != KRO__COMMAND_DISPATCH_INDIRECT)
        return true;
    if (!fetch(capture, queue, &groups, 1, sizeof self->head.groups))
        return false;
    memcpy(self->head.groups, capture->bytes, sizeof self->head.groups);
    return true;
}

static void write_dispatch(const kro__capture *capture, const look *self)
{
    const kro__capture_dispatch *head = &self->head;
    const size_t regions_bytes = head->region_count * sizeof(kro__capture_region);
    const size_t bindings_bytes = head->binding_count * sizeof(kro__capture_binding);
    const size_t size_bytes =
        sizeof *head + head->pipeline_bytes + regions_bytes + bindings_bytes + head->push_bytes;
    char *bytes = malloc(size_bytes), *at = bytes;
    if (!bytes)
        return;
    memcpy(at, head, sizeof *head);
    at += sizeof *head;
    if (head->pipeline_bytes)
        memcpy(at, self->pipeline, head->pipeline_bytes);
    at += head->pipeline_bytes;
    for (uint32_t i = 0; i < head->region_count; i++, at += sizeof(kro__capture_region)) {
        const kro__capture_region of = {self->regions[i].end - self->regions[i].begin};
        memcpy(at, &of, sizeof of);
    }
    for (uint32_t i = 0; i < head->binding_count; i++, at += sizeof(kro__capture_binding))
        memcpy(at, &self->uses[i].binding, sizeof(kro__capture_binding));
    memcpy(at, self->push, head->push_bytes);
    kro__capture_add(KRO__CAPTURE_DISPATCH, bytes, size_bytes, capture->bytes,
                     head->lack ? 0 : (size_t)self->region_bytes);
    free(bytes);
}

static void capture_around(kro__capture *capture, kro__queue *queue, const kro__command *command,
                           look *self)
{
    look_at(self, command);
    const kro__capture_dispatch *head = &self->head;
    if (!fetch_groups(capture, queue, command, self) ||
        (!head->lack && !fetch(capture, queue, self->regions, head->region_count,
                               self->region_bytes ? self->region_bytes : 1)))
        self->head.lack = KRO__CAPTURE_UNKNOWN;
    write_dispatch(capture, self);
    kro__replay_command(capture->replay, queue, command);
    if (!head->lack && fetch(capture, queue, self->regions, head->region_count,
                             self->region_bytes ? self->region_bytes : 1))
        kro__capture_add(KRO__CAPTURE_AFTER, capture->bytes, (size_t)self->region_bytes, NULL, 0);
}

void kro__capture_run(kro__capture *capture, kro__queue *queue, const kro__command *command)
{
    look *self = calloc(1, sizeof *self);
    if (self)
        capture_around(capture, queue, command, self);
    else
        kro__replay_command(capture->replay, queue, command);
    free(self);
}
