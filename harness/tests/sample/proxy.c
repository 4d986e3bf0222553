// What cases leave to the proxy driver: nothing.
#include "test.h"

// A context on the proxy, in front of the null driver.
static kro_context_config proxy_config(kt_test *t)
{
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", kt_null_driver(t));
    kro_context_config config = kt_context_config(t);
    config.device = NULL;
    config.driver = kt_proxy_driver(t);
    return config;
}

TEST(releases_its_context)
{
    const kro_context_config config = proxy_config(t);
    CHECK(kt_context_with(t, &config));
}

TEST(leaves_a_context)
{
    const kro_context_config config = proxy_config(t);
    kro_context *context;
    kro_buffer *mapped;
    CHECK_OK(kro_context_create(&config, &context));
    CHECK_OK(kro_buffer_create(
        context, &(kro_buffer_config){.size_bytes = 4096, .memory = KRO_MEMORY_UPLOAD}, &mapped));
}

// The null driver, which says nothing of it unless it is behind the proxy.
TEST(leaves_a_context_on_the_null_driver)
{
    kro_context_config config = kt_context_config(t);
    config.device = NULL;
    config.driver = kt_null_driver(t);
    kro_context *context;
    CHECK_OK(kro_context_create(&config, &context));
}
