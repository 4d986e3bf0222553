// Which devices are there, and which one would be opened?
#include <kronos/kronos.h>

#include <stdio.h>
#include <string.h>

static void print_devices(const kro_devices *devices)
{
    static const char *const TYPES[] = {"other", "integrated", "discrete", "virtual", "CPU"};
    for (uint32_t i = 0; i < kro_devices_count(devices); i++) {
        const kro_device_info *info = kro_devices_info(devices, i);
        printf("%u: %s (%s, Vulkan %s, subgroups of %u%s)\n", info->index, info->name,
               TYPES[info->type], info->api_version, info->subgroup_size,
               info->features.float64 ? ", doubles" : "");
    }
}

int main(void)
{
    if (strcmp(kro_version(), KRO_VERSION) != 0)
        printf("headers are %s, the library is %s\n", KRO_VERSION, kro_version());

    kro_devices *devices = NULL;
    kro_context *ctx = NULL;
    kro_status status = kro_devices_create(NULL, &devices);
    if (status >= 0) {
        print_devices(devices);
        // The list begins with the best device, which is also what NULL would open.
        status = kro_context_create(&(kro_context_config){.device = "index:0"}, &ctx);
    }
    if (status >= 0)
        printf("opened %s\n", kro_context_info(ctx)->name);
    kro_context_destroy(ctx);
    kro_devices_destroy(devices);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    return 0;
}
