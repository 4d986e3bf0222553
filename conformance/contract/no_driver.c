// Machines without Vulkan, without a driver, without the validation layer: each says what is
// missing and how to get it.
#include "contract.h"

#include <string.h>

static kro_void_function offer_nothing(void *instance, const char *name)
{
    (void)instance;
    (void)name;
    return NULL;
}

TEST(entry_point_without_vulkan_is_refused)
{
    const kro_context_config config = {.get_instance_proc_addr = offer_nothing};
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_DRIVER, "vkCreateInstance");
    CHECK(ctx == NULL);
    kro_devices *devices = (kro_devices *)(uintptr_t)1;
    CHECK_REFUSED(kro_devices_create(&config, &devices), KRO_ERROR_DRIVER, "vkCreateInstance");
    CHECK(devices == NULL);
}

TEST(driver_and_entry_point_exclude_each_other)
{
    kro_context *ctx;
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_null_driver(t),
                                                           .get_instance_proc_addr = offer_nothing},
                                     &ctx),
                  KRO_ERROR_INVALID_ARGUMENT, "get_instance_proc_addr", kt_null_driver(t));
}

// Opens with the loader of this machine; false and a skipped case where there is none.
static bool has_loader(kt_test *t)
{
    kro_devices *devices = NULL;
    kro_status status = kro_devices_create(NULL, &devices);
    kro_devices_destroy(devices);
    bool missing = status == KRO_ERROR_NO_DRIVER && strstr(kro_error_detail(), "no Vulkan loader");
    if (missing)
        SKIP(t, "a Vulkan loader");
    return !missing;
}

TEST(loader_without_drivers_is_no_driver)
{
    kt_set_environment(t, "KRONOS_DRIVER", NULL);
    if (!has_loader(t))
        return;
    const char *nowhere = contract_text(t, "%s/nothing.json", contract_folder(t));
    kt_set_environment(t, "VK_DRIVER_FILES", nowhere);
    kt_set_environment(t, "VK_ICD_FILENAMES", nowhere);
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    CHECK_REFUSED(kro_context_create(NULL, &ctx), KRO_ERROR_NO_DRIVER, "driver",
                  "mesa-vulkan-drivers", "VK_DRIVER_FILES", "kronos doctor");
    CHECK(ctx == NULL);
    kro_devices *devices = (kro_devices *)(uintptr_t)1;
    CHECK_REFUSED(kro_devices_create(NULL, &devices), KRO_ERROR_NO_DRIVER, "driver");
    CHECK(devices == NULL);
}

TEST(validation_must_be_installed)
{
    kt_set_environment(t, "KRONOS_DRIVER", NULL);
    if (!has_loader(t))
        return;
    kt_set_environment(t, "VK_LAYER_PATH", contract_folder(t));
    kt_set_environment(t, "VK_INSTANCE_LAYERS", NULL);
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.validation = true}, &ctx),
                  KRO_ERROR_UNSUPPORTED, "VK_LAYER_KHRONOS_validation", "vulkan-validationlayers",
                  "VK_LAYER_PATH");
    CHECK(ctx == NULL);
    kt_set_environment(t, "KRONOS_VALIDATION", "1");
    kro_devices *devices = (kro_devices *)(uintptr_t)1;
    CHECK_REFUSED(kro_devices_create(NULL, &devices), KRO_ERROR_UNSUPPORTED,
                  "vulkan-validationlayers");
    CHECK(devices == NULL);
}

TEST(validation_needs_the_loader)
{
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    const kro_context_config config = {.driver = kt_null_driver(t), .validation = true};
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_UNSUPPORTED, "validation",
                  kt_null_driver(t), "VK_DRIVER_FILES");
    CHECK(ctx == NULL);
    kro_devices *devices = (kro_devices *)(uintptr_t)1;
    CHECK_REFUSED(kro_devices_create(&config, &devices), KRO_ERROR_UNSUPPORTED, "validation");
    CHECK(devices == NULL);
}
