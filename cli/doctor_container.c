#include "doctor.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_library.h"
#include "doctor_manifests.h"

static const char NVIDIA_LIBRARY[] = "libGLX_nvidia.so.0";

// Whether a word is in a list joined by ','.
static bool lists(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && !strncmp(at, word, length))
            return true;
    return false;
}

// NVIDIA's container toolkit passes libraries by capability, and Vulkan is graphics.
static bool lacks_graphics(const cli_place *place)
{
    const char *value = cli_place_variable(place, "NVIDIA_DRIVER_CAPABILITIES");
    return !value || (!lists(value, "all") && !lists(value, "graphics"));
}

// Devices of NVIDIA's without a driver that the loader could load.
static void tell_no_driver(cli_findings *findings, const cli_place *place)
{
    const char *engine = cli_container(place);
    const char *value = cli_place_variable(place, "NVIDIA_DRIVER_CAPABILITIES");
    cli_library library;
    cli_library_init(&library, place, NVIDIA_LIBRARY);
    if (!library.problem.size_bytes) {
        cli_find(findings, CLI_WRONG, "container",
                 "NVIDIA's devices and %s are here, and no manifest (nvidia_icd.json) names it",
                 NVIDIA_LIBRARY);
        const char *sudo = place->uid == 0 ? "" : "sudo ";
        cli_fix(findings,
                "%smkdir -p /etc/vulkan/icd.d && echo '{\"file_format_version\":\"1.0.0\",\"ICD\":"
                "{\"library_path\":\"%s\",\"api_version\":\"1.3.0\"}}' | %stee "
                "/etc/vulkan/icd.d/nvidia_icd.json",
                sudo, NVIDIA_LIBRARY, sudo);
    } else if (!library.file && engine && lacks_graphics(place)) {
        cli_find(findings, CLI_WRONG, "container",
                 "NVIDIA's devices were passed without its Vulkan driver: "
                 "NVIDIA_DRIVER_CAPABILITIES %s%s, which lacks graphics",
                 value ? "is " : "is not set", value ? value : "");
        cli_fix(findings, "docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all …");
    } else {
        cli_find(findings, CLI_WRONG, "container",
                 "NVIDIA's devices are here, and its Vulkan driver does not load: %s: %s",
                 NVIDIA_LIBRARY, kt_text_string(&library.problem));
        if (library.file)
            cli_fix_library(findings, place, &library);
        else
            cli_fix(findings,
                    "install the Vulkan part of NVIDIA's driver%s (Debian: "
                    "nvidia-vulkan-icd, Ubuntu: libnvidia-gl-VERSION)",
                    engine ? " on the host" : "");
    }
    cli_library_finish(&library);
}

// Render nodes that the kernel has and /dev lacks.
static void check_render_nodes(cli_findings *findings, const cli_place *place)
{
    char **names = cli_place_names(place, "/sys/class/drm");
    for (char **name = names; *name; name++) {
        kt_text node = {0}, driver = {0};
        kt_text_format(&node, "/dev/dri/%s", *name);
        kt_text_format(&driver, "/sys/class/drm/%s/device/driver", *name);
        char *kernel = cli_place_link_name(place, driver.bytes);
        // NVIDIA's own driver goes by /dev/nvidia*.
        bool needed = fnmatch("renderD[0-9]*", *name, 0) == 0 &&
                      !cli_place_has(place, node.bytes) &&
                      !(kernel && !strcmp(kernel, "nvidia") && cli_has_nvidia_device(place));
        if (needed) {
            cli_find(findings, CLI_WARNING, "container",
                     "the kernel has %s (%s), and %s is not here: that GPU cannot be reached",
                     *name, kernel ? kernel : "driver unknown", node.bytes);
            cli_fix(findings, "%s",
                    cli_container(place) ? "start the container with --device /dev/dri"
                                         : "sudo udevadm trigger --subsystem-match=drm");
        }
        free(kernel);
        kt_text_finish(&node);
        kt_text_finish(&driver);
    }
    free(names);
}

void cli_check_container(cli_findings *findings, const cli_place *place, const cli_drivers *drivers)
{
    const size_t before = findings->count;
    const cli_driver *driver = cli_drivers_find(drivers, "_nvidia");
    // One that is named and does not load has its own line already; so has one that is hidden.
    if (cli_has_nvidia_device(place) && !driver && !drivers->variable)
        tell_no_driver(findings, place);
    check_render_nodes(findings, place);
    const char *engine = cli_container(place);
    if (engine && findings->count == before)
        cli_find(findings, CLI_OK, "container", "in a container (%s), which lacks nothing known",
                 engine);
}
