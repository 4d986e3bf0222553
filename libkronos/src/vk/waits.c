#include "vk/waits.h"

#include <stdlib.h>

#include "backend.h"
#include "grow.h"
#include "vk/barrier.h"

static bool reserve(kro__vk_waits *waits, uint32_t count)
{
    uint32_t room = count + KRO__MAX_QUEUES;
    return kro__grow(&waits->semaphores, &waits->semaphore_capacity, room,
                     sizeof *waits->semaphores) &&
           kro__grow(&waits->values, &waits->value_capacity, room, sizeof *waits->values) &&
           kro__grow(&waits->stages, &waits->stage_capacity, room, sizeof *waits->stages);
}

bool kro__vk_waits_init(kro__vk_waits *waits)
{
    *waits = (kro__vk_waits){0};
    if (reserve(waits, 0))
        return true;
    kro__vk_waits_finish(waits);
    return false;
}

void kro__vk_waits_finish(kro__vk_waits *waits)
{
    free(waits->semaphores);
    free(waits->values);
    free(waits->stages);
    *waits = (kro__vk_waits){0};
}

bool kro__vk_waits_add(kro__vk_waits *waits, VkSemaphore semaphore, uint64_t value)
{
    uint32_t at = 0;
    while (at < waits->count && waits->semaphores[at] != semaphore)
        at++;
    if (at == waits->count) {
        if (!reserve(waits, waits->count + 1))
            return false;
        waits->semaphores[at] = semaphore;
        waits->values[at] = value;
        waits->stages[at] = KRO__VK_STAGES;
        waits->count++;
    }
    if (value > waits->values[at])
        waits->values[at] = value;
    return true;
}
