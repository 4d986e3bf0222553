// How a driver library that is opened without the Vulkan loader is talked to.
#include "vk/loader.h"

#include "test.h"

static kro_status open_in(kt_test *t, const char *mood, kro__vk_loader *loader)
{
    const kro__open_config config = {.driver = UNIT_OLD_DRIVER};
    kt_set_environment(t, "KRONOS_OLD_DRIVER", mood);
    return kro__vk_loader_open(&config, loader);
}

// Version 1 of the interface has no negotiation, version 7 gives it by name alone.
TEST(drivers_need_not_export_the_negotiation)
{
    static const char *const moods[] = {NULL, "agrees"};
    for (int i = 0; i < 2; i++) {
        kro__vk_loader loader = {0};
        CHECK_OK(open_in(t, moods[i], &loader));
        CHECK(loader.is_driver);
        CHECK(loader.get_instance_proc_addr != NULL);
    }
}

TEST(a_driver_that_refuses_the_interface_is_refused)
{
    kro__vk_loader loader = {0};
    CHECK_STATUS(open_in(t, "refuses", &loader), KRO_ERROR_UNSUPPORTED);
    CHECK_CONTAINS(kro_error_detail(), "refuses loader interface version");
    CHECK_CONTAINS(kro_error_detail(), "old_driver");
}
