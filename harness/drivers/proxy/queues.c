// Queues by their handles: their names, and those of a device.
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "state.h"

static void set_label(kro__entry *entry, void *user)
{
    char **label = user; // NULL once a queue has it
    kro__queue *queue = (kro__queue *)entry;
    if (!*label)
        return;
    free(queue->label);
    queue->label = *label;
    *label = NULL;
}

void kro__queue_label(VkQueue handle, const char *label)
{
    char *copy = strdup(label ? label : "");
    kro__table_each(kro__objects, VK_OBJECT_TYPE_QUEUE, KRO__HANDLE(handle), set_label, &copy);
    free(copy);
}

static void describe(kro__entry *entry, void *user)
{
    kro__text *text = user;
    const kro__queue *queue = (const kro__queue *)entry;
    kro__text_add(text, " (family %u, index %u)", queue->family, queue->index);
    if (queue->label)
        kro__text_add(text, " '%s'", queue->label);
}

void kro__queue_describe(kro__text *text, VkQueue handle)
{
    kro__text_add(text, "VkQueue 0x%llx", (unsigned long long)KRO__HANDLE(handle));
    kro__table_each(kro__objects, VK_OBJECT_TYPE_QUEUE, KRO__HANDLE(handle), describe, text);
}

typedef struct queue_visit {
    VkDevice device;
    void (*visit)(uint64_t handle, void *user);
    void *user;
} queue_visit;

static bool visit_queue(kro__entry *entry, void *user)
{
    const queue_visit *wanted = user;
    if (entry->type == VK_OBJECT_TYPE_QUEUE &&
        ((const kro__queue *)entry)->device->handle == wanted->device)
        wanted->visit(entry->handle, wanted->user);
    return false;
}

void kro__queues_visit(VkDevice device, void (*visit)(uint64_t handle, void *user), void *user)
{
    queue_visit wanted = {device, visit, user};
    kro__table_visit(kro__objects, visit_queue, &wanted);
}
