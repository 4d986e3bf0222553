// Pipeline layouts may be destroyed as soon as nothing is being recorded with them, before their
// command buffers run: those that a replay needs live as long as their device.
#include <stdlib.h>

#include "device.h"
#include "driver.h"
#include "engine.h"

static bool keep(kro__engine *engine, VkPipelineLayout layout)
{
    bool kept = true;
    pthread_mutex_lock(&engine->mutex);
    if (engine->layout_count == engine->layout_room) {
        uint32_t room = engine->layout_room ? 2 * engine->layout_room : 16;
        VkPipelineLayout *more = realloc(engine->layouts, room * sizeof *more);
        kept = more != NULL;
        if (more) {
            engine->layouts = more;
            engine->layout_room = room;
        }
    }
    if (kept)
        engine->layouts[engine->layout_count++] = layout;
    pthread_mutex_unlock(&engine->mutex);
    return kept;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyPipelineLayout(
    VkDevice device, VkPipelineLayout pipelineLayout, const VkAllocationCallbacks *pAllocator)
{
    const kro__device *of = kro__device_find(device);
    if (pipelineLayout && of && of->engine && keep(of->engine, pipelineLayout))
        return;
    kro__driver.vkDestroyPipelineLayout(device, pipelineLayout, pAllocator);
}
