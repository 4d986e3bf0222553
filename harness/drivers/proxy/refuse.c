#include "refuse.h"

#include <pthread.h>

#include "calls.h"
#include "device.h"
#include "driver.h"

atomic_bool kro__refusing;

static struct {
    pthread_mutex_t mutex;
    kro__fail_word fails[KRO__SPEC_FAILS];
    uint64_t made[KRO__SPEC_FAILS]; // calls since the words were taken over
    uint32_t count;
    bool reached;
    int refused; // the function that was refused first, or -1
} plan = {.mutex = PTHREAD_MUTEX_INITIALIZER, .refused = -1};

static atomic_bool any_lost;

void kro__refuse_arm(const kro__spec *spec)
{
    pthread_mutex_lock(&plan.mutex);
    plan.count = spec->fail_count;
    plan.reached = false;
    plan.refused = -1;
    for (uint32_t i = 0; i < spec->fail_count; i++) {
        plan.fails[i] = spec->fails[i];
        plan.made[i] = 0;
    }
    atomic_store(&kro__refusing, plan.count > 0 || atomic_load(&any_lost));
    pthread_mutex_unlock(&plan.mutex);
}

void kro__refuse_lost(void)
{
    pthread_mutex_lock(&plan.mutex);
    atomic_store(&any_lost, true);
    atomic_store(&kro__refusing, true);
    pthread_mutex_unlock(&plan.mutex);
}

static bool is_about(const kro__fail_word *fail, int call)
{
    return fail->call < 0 ? kro__vk_has_word(kro__vk_calls[call].errors, fail->result_name)
                          : fail->call == call;
}

// Counts the call for every word that is about its function.
static bool is_planned(int call, VkResult *result)
{
    bool refused = false;
    pthread_mutex_lock(&plan.mutex);
    for (uint32_t i = 0; i < plan.count; i++) {
        const kro__fail_word *fail = &plan.fails[i];
        if (!is_about(fail, call))
            continue;
        uint64_t nth = ++plan.made[i];
        plan.reached = plan.reached || nth == fail->nth;
        if (!refused && (nth == fail->nth || (fail->from && nth > fail->nth))) {
            *result = fail->result;
            refused = true;
            if (plan.refused < 0)
                plan.refused = call;
        }
    }
    pthread_mutex_unlock(&plan.mutex);
    return refused;
}

// Who waits for a lost device may destroy everything then, so the driver must really have stopped.
static void stop(int call, const kro__device *device)
{
    if (call == KRO__CALL_vkDeviceWaitIdle || call == KRO__CALL_vkQueueWaitIdle)
        (void)kro__driver.vkDeviceWaitIdle(device->handle);
}

bool kro__refuse(int call, VkObjectType type, uint64_t object, VkResult *result)
{
    const bool planned = is_planned(call, result);
    if (planned ? *result != VK_ERROR_DEVICE_LOST
                : !atomic_load(&any_lost) || !kro__vk_calls[call].may_lose_device)
        return planned;
    kro__device *device = kro__device_of(type, object);
    if (planned && device)
        kro__device_lose(device);
    *result = VK_ERROR_DEVICE_LOST;
    if (!device || !atomic_load(&device->lost))
        return planned;
    stop(call, device);
    return true;
}

bool kro__refuse_reached(void)
{
    pthread_mutex_lock(&plan.mutex);
    bool reached = plan.reached;
    pthread_mutex_unlock(&plan.mutex);
    return reached;
}

const char *kro__refuse_function(void)
{
    pthread_mutex_lock(&plan.mutex);
    const int call = plan.refused;
    pthread_mutex_unlock(&plan.mutex);
    return call < 0 ? NULL : kro__vk_calls[call].name;
}
