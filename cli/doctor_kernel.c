#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "doctor_manifests.h"

typedef struct vendor {
    unsigned long id;
    const char *name;
    const char *fix; // for a GPU without a kernel driver
} vendor;

static const vendor VENDORS[] = {
    {0x10de, "NVIDIA", "install NVIDIA's kernel driver, or load it: sudo modprobe nvidia"},
    {0x1002, "AMD", "sudo modprobe amdgpu (and install the GPU's firmware)"},
    {0x8086, "Intel", "sudo modprobe i915 (newest GPUs: xe)"},
};

// Which Vulkan driver speaks to which kernel driver, by parts of library names.
static const struct {
    const char *kernel, *libraries[2];
} PAIRS[] = {
    {"nvidia", {"libGLX_nvidia", "libEGL_nvidia"}},
    {"nouveau", {"libvulkan_nouveau", NULL}},
    {"amdgpu", {"libvulkan_radeon", "amdvlk"}},
    {"i915", {"libvulkan_intel", NULL}},
    {"xe", {"libvulkan_intel", NULL}},
};

// A hexadecimal number of a device's folder; 0 where it is not there.
static unsigned long read_hex(const cli_place *place, const char *device, const char *name)
{
    kt_text path = {0};
    kt_text_format(&path, "/sys/bus/pci/devices/%s/%s", device, name);
    char *line = cli_place_line(place, path.bytes);
    unsigned long value = line ? strtoul(line, NULL, 16) : 0;
    free(line);
    kt_text_finish(&path);
    return value;
}

// NVIDIA's library refuses a kernel module of another version; after an update both are there.
static void check_versions(cli_findings *findings, const cli_place *place, const cli_driver *driver)
{
    char *kernel = cli_place_line(place, "/sys/module/nvidia/version");
    const char *ending = driver->file ? strstr(driver->file, ".so.") : NULL;
    if (kernel && ending && strchr(ending + 4, '.') && strcmp(ending + 4, kernel) != 0) {
        cli_find(findings, CLI_WRONG, "kernel",
                 "NVIDIA's kernel module is version %s, its library %s", kernel, driver->file);
        cli_fix(findings, cli_container(place) ? "restart the container, so that it gets the "
                                                 "host's libraries; else reboot the host"
                                               : "reboot");
    }
    free(kernel);
}

// Where its devices were passed on, what the Vulkan driver lacks is told by cli_check_container.
static void tell_nvidia(cli_findings *findings, const cli_place *place, const char *gpu)
{
    if (cli_has_nvidia_device(place))
        return;
    cli_find(findings, CLI_WARNING, "kernel", "%s runs on nvidia and has no /dev/nvidia0 here",
             gpu);
    cli_fix(findings, "%s",
            cli_container(place) ? "start the container with --gpus all (NVIDIA container toolkit)"
                                 : "sudo nvidia-modprobe -c 0 -u");
}

// The Vulkan driver of a GPU whose kernel driver runs. True where both are there.
static bool check_pair(cli_findings *findings, const cli_place *place, const cli_drivers *drivers,
                       const char *gpu, const char *kernel)
{
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++) {
        if (strcmp(PAIRS[i].kernel, kernel) != 0)
            continue;
        const cli_driver *driver = cli_drivers_find(drivers, PAIRS[i].libraries[0]);
        if (!driver && PAIRS[i].libraries[1])
            driver = cli_drivers_find(drivers, PAIRS[i].libraries[1]);
        if (driver) {
            cli_find(findings, CLI_OK, "kernel", "%s runs on %s; its Vulkan driver is %s", gpu,
                     kernel, driver->library);
            check_versions(findings, place, driver);
            return driver->usable;
        }
        if (drivers->variable) {
            cli_find(findings, CLI_WARNING, "kernel", "%s runs on %s, and %s leaves its driver out",
                     gpu, kernel, drivers->variable);
            cli_fix(findings, "unset %s, unless that is what you want", drivers->variable);
            return false;
        }
        if (!strcmp(kernel, "nvidia")) {
            tell_nvidia(findings, place, gpu);
            return false;
        }
        cli_find(findings, CLI_WRONG, "kernel", "%s runs on %s, and no manifest names %s for it",
                 gpu, kernel, PAIRS[i].libraries[0]);
        cli_fix_by_package(findings, place, CLI_PACKAGE_MESA);
        return false;
    }
    cli_find(findings, CLI_OK, "kernel", "%s is held by %s", gpu, kernel);
    return false;
}

static bool check_gpu(cli_findings *findings, const cli_place *place, const cli_drivers *drivers,
                      const char *device, const vendor *maker)
{
    kt_text gpu = {0}, link = {0};
    kt_text_format(&gpu, "GPU %s (%s, %04lx:%04lx)", device, maker->name, maker->id,
                   read_hex(place, device, "device"));
    kt_text_format(&link, "/sys/bus/pci/devices/%s/driver", device);
    char *kernel = cli_place_link_name(place, link.bytes);
    bool complete = kernel && check_pair(findings, place, drivers, gpu.bytes, kernel);
    if (!kernel) {
        cli_find(findings, CLI_WRONG, "kernel", "%s has no kernel driver", gpu.bytes);
        cli_fix(findings, "%s", maker->fix);
    }
    free(kernel);
    kt_text_finish(&gpu);
    kt_text_finish(&link);
    return complete;
}

bool cli_check_kernel(cli_findings *findings, const cli_place *place, const cli_drivers *drivers)
{
    enum { DISPLAY_CLASS = 0x03 }; // PCI base class: VGA, 3D and other display controllers
    bool complete = false;
    char **devices = cli_place_names(place, "/sys/bus/pci/devices");
    for (char **device = devices; *device; device++) {
        if (read_hex(place, *device, "class") >> 16 != DISPLAY_CLASS)
            continue;
        const unsigned long id = read_hex(place, *device, "vendor");
        for (size_t i = 0; i < sizeof VENDORS / sizeof VENDORS[0]; i++)
            if (VENDORS[i].id == id)
                complete |= check_gpu(findings, place, drivers, *device, &VENDORS[i]);
    }
    free(devices);
    return complete;
}
