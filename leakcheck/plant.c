#include "plant.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kronos/vulkan.h>

#include "text.h"

// One thing that was leaked, in a block of PLANT_BYTES.
typedef struct leaked {
    struct leaked *next;
    union {
        void *page;
        int descriptor;
        pthread_t thread;
        VkBuffer buffer;
        VkDeviceMemory memory;
    };
} leaked;

_Static_assert(sizeof(leaked) <= PLANT_BYTES, "a leaked thing stands in the block that is leaked");

struct plant {
    kt_test *t;
    plant_kind kind;
    VkDevice device;
    PFN_vkCreateBuffer create_buffer;
    PFN_vkDestroyBuffer destroy_buffer;
    PFN_vkAllocateMemory allocate;
    PFN_vkFreeMemory free;
    PFN_vkMapMemory map;
    pthread_mutex_t mutex;
    pthread_cond_t over;
    bool ended; // under the mutex: threads go home
    leaked *first;
};

static void *wait_for_end(void *user)
{
    plant *self = user;
    pthread_mutex_lock(&self->mutex);
    while (!self->ended)
        pthread_cond_wait(&self->over, &self->mutex);
    pthread_mutex_unlock(&self->mutex);
    return NULL;
}

static void take_back(plant *self, leaked *item)
{
    switch (self->kind) {
    case PLANT_PAGE:
        munmap(item->page, PLANT_BYTES);
        break;
    case PLANT_DESCRIPTOR:
        close(item->descriptor);
        break;
    case PLANT_THREAD:
        pthread_join(item->thread, NULL);
        break;
    case PLANT_BUFFER:
        self->destroy_buffer(self->device, item->buffer, NULL);
        break;
    case PLANT_MAPPING:
        self->free(self->device, item->memory, NULL);
        break;
    default:
        break;
    }
    free(item);
}

static void finish(void *object)
{
    plant *self = object;
    pthread_mutex_lock(&self->mutex);
    self->ended = true;
    pthread_cond_broadcast(&self->over);
    pthread_mutex_unlock(&self->mutex);
    while (self->first) {
        leaked *item = self->first;
        self->first = item->next;
        take_back(self, item);
    }
    pthread_cond_destroy(&self->over);
    pthread_mutex_destroy(&self->mutex);
}

plant *plant_create(kt_test *t, plant_kind kind, kro_context *ctx)
{
    const kro_vk_handles *handles = ctx ? kro_vk_context(ctx) : NULL;
    if (!handles)
        return NULL;
    PFN_vkGetDeviceProcAddr get = (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(
        handles->instance, "vkGetDeviceProcAddr");
    plant *self = kt_alloc(t, sizeof *self);
    *self = (plant){
        .t = t,
        .kind = kind,
        .device = handles->device,
        .create_buffer = (PFN_vkCreateBuffer)get(handles->device, "vkCreateBuffer"),
        .destroy_buffer = (PFN_vkDestroyBuffer)get(handles->device, "vkDestroyBuffer"),
        .allocate = (PFN_vkAllocateMemory)get(handles->device, "vkAllocateMemory"),
        .free = (PFN_vkFreeMemory)get(handles->device, "vkFreeMemory"),
        .map = (PFN_vkMapMemory)get(handles->device, "vkMapMemory"),
    };
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->over, NULL);
    kt_defer(t, finish, self);
    return self;
}

static bool leak(plant *self, leaked *item)
{
    static const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                              .size = 64,
                                              .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    static const VkMemoryAllocateInfo memory = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                                .allocationSize = 64};
    void *mapped;
    switch (self->kind) {
    case PLANT_PAGE:
        item->page = mmap(NULL, PLANT_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        return item->page != MAP_FAILED;
    case PLANT_DESCRIPTOR:
        item->descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
        return item->descriptor >= 0;
    case PLANT_THREAD:
        return pthread_create(&item->thread, NULL, wait_for_end, self) == 0;
    case PLANT_BUFFER:
        return self->create_buffer(self->device, &buffer, NULL, &item->buffer) == VK_SUCCESS;
    case PLANT_MAPPING:
        return self->allocate(self->device, &memory, NULL, &item->memory) == VK_SUCCESS &&
               self->map(self->device, item->memory, 0, VK_WHOLE_SIZE, 0, &mapped) == VK_SUCCESS;
    default:
        return true;
    }
}

bool plant_one(plant *self)
{
    kt_test *t = self->t;
    leaked *item = kt_memory(1, PLANT_BYTES);
    if (!leak(self, item)) {
        free(item);
        return CHECK(!"a leak could be planted");
    }
    item->next = self->first;
    self->first = item;
    return true;
}
