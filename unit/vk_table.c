// The function tables, from drivers that lack calls.
#include "vk/table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

enum { OPTIONAL, REQUIRED };

typedef struct call {
    const char *name;
    int need;
} call;

static const call global_calls[] = {
#define KRO__GLOBAL_CALL(name, need) {#name, need},
#include "vk/calls.def"
};
static const call instance_calls[] = {
#define KRO__INSTANCE_CALL(name, need) {#name, need},
#include "vk/calls.def"
};
static const call device_calls[] = {
#define KRO__DEVICE_CALL(name, need) {#name, need},
#include "vk/calls.def"
};

static const char *lacking; // the name that the driver does not know; NULL: it knows none

static VKAPI_ATTR void VKAPI_CALL some_call(void)
{
}

static PFN_vkVoidFunction find(const char *name)
{
    return lacking && strcmp(name, lacking) != 0 ? some_call : NULL;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL find_of_instance(VkInstance instance,
                                                                 const char *name)
{
    (void)instance;
    return find(name);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL find_of_device(VkDevice device, const char *name)
{
    (void)device;
    return find(name);
}

static kro_status load_global(void)
{
    kro__vk_global_calls calls;
    return kro__vk_load_global(find_of_instance, &calls);
}

static kro_status load_instance(void)
{
    kro__vk_instance_calls calls;
    return kro__vk_load_instance(find_of_instance, VK_NULL_HANDLE, &calls);
}

static kro_status load_device(void)
{
    kro__vk_calls calls;
    return kro__vk_load_device(find_of_device, VK_NULL_HANDLE, VK_API_VERSION_1_3, &calls);
}

static void check_table(kt_test *t, const call *calls, size_t count, kro_status (*load)(void))
{
    char sentence[128];
    lacking = "nothing";
    CHECK_OK(load());
    for (size_t i = 0; i < count; i++) {
        lacking = calls[i].name;
        CHECK_STATUS(load(), calls[i].need == REQUIRED ? KRO_ERROR_DRIVER : KRO_OK);
        snprintf(sentence, sizeof sentence, "has no %s, which every driver must have", lacking);
        if (calls[i].need == REQUIRED)
            CHECK_CONTAINS(kro_error_detail(), sentence);
    }
    // The first of several is named.
    lacking = NULL;
    CHECK_STATUS(load(), KRO_ERROR_DRIVER);
    snprintf(sentence, sizeof sentence, "has no %s, which", calls[0].name);
    CHECK_CONTAINS(kro_error_detail(), sentence);
}

TEST(a_call_that_drivers_must_have_is_named_where_it_is_missing)
{
    check_table(t, global_calls, sizeof global_calls / sizeof global_calls[0], load_global);
    check_table(t, instance_calls, sizeof instance_calls / sizeof instance_calls[0], load_instance);
    check_table(t, device_calls, sizeof device_calls / sizeof device_calls[0], load_device);
}

// A device of an older version knows a call by its extension's name alone, a newer one need not
// know that.
TEST(calls_that_became_core_are_asked_for_by_the_name_of_the_version)
{
#define KRO__ALIAS_CALL(name, alias, since)                                           \
    lacking = #alias;                                                                 \
    CHECK_OK(kro__vk_load_device(find_of_device, VK_NULL_HANDLE, since, &calls));     \
    CHECK(calls.name != NULL);                                                        \
    CHECK_OK(kro__vk_load_device(find_of_device, VK_NULL_HANDLE, since - 1, &calls)); \
    CHECK(calls.name == NULL);                                                        \
    lacking = #name;                                                                  \
    CHECK_OK(kro__vk_load_device(find_of_device, VK_NULL_HANDLE, since - 1, &calls)); \
    CHECK(calls.name != NULL);
    kro__vk_calls calls;
#include "vk/calls.def"
}
