// GPUs: device nodes and rights to them, kernel drivers, containers.
#include "plant.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Looks at device nodes as a user whom their modes keep out.
static bool examine_nodes(kt_test *t, plant *machine)
{
    enum { NOBODY = 65534 };
    bool root = geteuid() == 0;
    CHECK(chmod(machine->place.root, 0755) == 0);
    CHECK(!root || seteuid(NOBODY) == 0);
    bool opened = cli_check_nodes(&machine->findings, &machine->place);
    CHECK(!root || seteuid(0) == 0);
    return opened;
}

TEST(device_nodes_that_cannot_be_opened_name_the_group)
{
    static const char NODE[] = "/dev/dri/renderD128";
    plant *machine = plant_machine(t);
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_OK, "node", "no GPU's device node", NULL);

    plant_file(t, machine, NODE, "");
    plant_file(t, machine, "/dev/dri/card0", "");
    plant_file(t, machine, "/dev/nvidia-modeset", "");
    CHECK(chmod(plant_path(t, machine, NODE), 0666) == 0);
    cli_findings_finish(&machine->findings);
    CHECK(examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_OK, "node", "/dev/dri/renderD128 can be opened", NULL);
    CHECK_EQ_U64(machine->findings.count, 1);

    // Who may not: root's test is nobody, who is not in the group; others own the node, and its
    // owner may not.
    const bool root = geteuid() == 0;
    const gid_t gid = root ? 4242 : getegid();
    CHECK(!root || chown(plant_path(t, machine, NODE), 0, gid) == 0);
    CHECK(chmod(plant_path(t, machine, NODE), 0060) == 0);
    kt_text group = {0};
    kt_text_format(&group, "render2:x:4999:\nrender:x:%u:bob\n", (unsigned)gid);
    plant_file(t, machine, "/etc/group", group.bytes);
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_WRONG, "node", "cannot be opened: Permission denied",
                "sudo usermod -aG render alice, then log in again");
    group.size_bytes -= strlen("bob\n");
    kt_text_format(&group, "bob,alice\n");
    plant_file(t, machine, "/etc/group", group.bytes);
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied",
                "alice is in group render since the last login: log in again");
    plant_file(t, machine, "/etc/group", "");
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied", "a group that has a name");
    plant_file(t, machine, "/.dockerenv", "");
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied", "--group-add");
    CHECK(chmod(plant_path(t, machine, NODE), 0) == 0);
    CHECK(!examine_nodes(t, machine));
    CHECK_FINDS(machine, CLI_WRONG, "node", "mode 0000", "chmod a+rw /dev/dri/renderD128");
    kt_text_finish(&group);
}

TEST(device_nodes_that_a_container_withholds_are_told)
{
    static const char NODE[] = "/dev/dri/renderD128";
    const struct stat state = {.st_mode = S_IFCHR | 0666};
    plant *machine = plant_machine(t);
    cli_find_refused_node(&machine->findings, &machine->place, NODE, &state, EPERM);
    CHECK_FINDS(machine, CLI_WRONG, "node", "Operation not permitted", "the device cgroup");
    plant_file(t, machine, "/.dockerenv", "");
    cli_find_refused_node(&machine->findings, &machine->place, NODE, &state, EPERM);
    CHECK_FINDS(machine, CLI_WRONG, "node", "Operation not permitted",
                "start the container with --device /dev/dri/renderD128");
    cli_find_refused_node(&machine->findings, &machine->place, NODE, &state, ENXIO);
    CHECK_FINDS(machine, CLI_WRONG, "node", "No such device", "see dmesg");
}

// A GPU on the PCI bus; `kernel` may be NULL.
static void plant_gpu(kt_test *t, plant *machine, const char *vendor, const char *kernel)
{
    plant_file(t, machine, "/sys/bus/pci/devices/0000:01:00.0/class", "0x030200\n");
    plant_file(t, machine, "/sys/bus/pci/devices/0000:01:00.0/vendor", vendor);
    plant_file(t, machine, "/sys/bus/pci/devices/0000:01:00.0/device", "0x2330\n");
    if (kernel)
        plant_link(t, machine, "/sys/bus/pci/devices/0000:01:00.0/driver", kernel);
    // A network card is nothing to us.
    plant_file(t, machine, "/sys/bus/pci/devices/0000:02:00.0/class", "0x020000\n");
    plant_file(t, machine, "/sys/bus/pci/devices/0000:02:00.0/vendor", "0x8086\n");
}

static void plant_found_driver(kt_test *t, plant *machine, const char *library, const char *file)
{
    cli_driver driver = {.manifest = kt_copy_string("/x.json"),
                         .library = kt_copy_string(library),
                         .file = file ? kt_copy_string(file) : NULL,
                         .usable = true};
    (void)t;
    machine->drivers.items =
        kt_memory_append(machine->drivers.items, machine->drivers.count, sizeof driver);
    machine->drivers.items[machine->drivers.count++] = driver;
}

static void examine_kernel(plant *machine)
{
    cli_check_kernel(&machine->findings, &machine->place, &machine->drivers);
}

TEST(gpus_without_a_kernel_driver_are_told)
{
    static const char *const ROWS[][2] = {
        {"0x10de\n", "modprobe nvidia"}, {"0x1002\n", "modprobe amdgpu"}, {"0x8086\n", "i915"}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        plant *machine = plant_machine(t);
        plant_gpu(t, machine, ROWS[i][0], NULL);
        examine_kernel(machine);
        CHECK_FINDS(machine, CLI_WRONG, "kernel", "GPU 0000:01:00.0", ROWS[i][1]);
        CHECK_TROUBLES(machine, 1);
    }
    plant *machine = plant_machine(t);
    plant_gpu(t, machine, "0x10de\n", "../../../bus/pci/drivers/vfio-pci");
    examine_kernel(machine);
    CHECK_FINDS(machine, CLI_OK, "kernel", "is held by vfio-pci", NULL);
}

TEST(kernel_drivers_without_a_vulkan_driver_are_told)
{
    plant *machine = plant_machine(t);
    plant_gpu(t, machine, "0x1002\n", "../../../bus/pci/drivers/amdgpu");
    examine_kernel(machine);
    CHECK_FINDS(machine, CLI_WRONG, "kernel", "runs on amdgpu, and no manifest names", "mesa");
    plant_found_driver(t, machine, "/usr/lib/libvulkan_radeon.so", NULL);
    cli_findings_finish(&machine->findings);
    CHECK(cli_check_kernel(&machine->findings, &machine->place, &machine->drivers));
    CHECK_FINDS(machine, CLI_OK, "kernel", "its Vulkan driver is /usr/lib/libvulkan_radeon.so",
                NULL);
    CHECK_TROUBLES(machine, 0);
    // One that does not load has its own line, and no device can be expected of it.
    machine->drivers.items[0].usable = false;
    CHECK(!cli_check_kernel(&machine->findings, &machine->place, &machine->drivers));
}

// Then it is the variable that lacks it, perhaps on purpose.
TEST(gpus_whose_driver_a_variable_hides_are_told)
{
    plant *machine = plant_machine(t);
    plant_gpu(t, machine, "0x10de\n", "../../../bus/pci/drivers/nvidia");
    plant_file(t, machine, "/dev/nvidia0", "");
    machine->drivers.variable = "VK_DRIVER_FILES";
    CHECK(!cli_check_kernel(&machine->findings, &machine->place, &machine->drivers));
    cli_check_container(&machine->findings, &machine->place, &machine->drivers);
    CHECK_FINDS(machine, CLI_WARNING, "kernel", "VK_DRIVER_FILES leaves its driver out",
                "unset VK_DRIVER_FILES");
    CHECK_TROUBLES(machine, 1);
}

TEST(an_nvidia_module_of_another_version_is_told)
{
    plant *machine = plant_machine(t);
    plant_gpu(t, machine, "0x10de\n", "../../../bus/pci/drivers/nvidia");
    plant_found_driver(t, machine, "libGLX_nvidia.so.0", "/usr/lib/libGLX_nvidia.so.580.159.04");
    plant_file(t, machine, "/sys/module/nvidia/version", "580.159.04\n");
    examine_kernel(machine);
    CHECK_TROUBLES(machine, 0);
    plant_file(t, machine, "/sys/module/nvidia/version", "535.216.01\n");
    examine_kernel(machine);
    CHECK_FINDS(machine, CLI_WRONG, "kernel", "version 535.216.01, its library", "reboot");
    plant_file(t, machine, "/.dockerenv", "");
    examine_kernel(machine);
    CHECK_FINDS(machine, CLI_WRONG, "kernel", "version 535.216.01", "restart the container");
}

TEST(an_nvidia_gpu_that_was_not_passed_on_is_told)
{
    plant *machine = plant_machine(t);
    plant_gpu(t, machine, "0x10de\n", "../../../bus/pci/drivers/nvidia");
    plant_file(t, machine, "/run/.containerenv", "");
    examine_kernel(machine);
    CHECK_FINDS(machine, CLI_WARNING, "kernel", "has no /dev/nvidia0 here", "--gpus all");
    plant_file(t, machine, "/dev/nvidia0", "");
    cli_findings_finish(&machine->findings);
    examine_kernel(machine);
    CHECK_TROUBLES(machine, 0); // what lacks then is told with the container
}

static void examine_container(plant *machine)
{
    cli_findings_finish(&machine->findings);
    cli_check_container(&machine->findings, &machine->place, &machine->drivers);
}

TEST(nvidia_devices_without_their_vulkan_driver_are_told)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, "/dev/nvidia0", "");
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container", "its Vulkan driver does not load",
                "install the Vulkan part");
    plant_file(t, machine, "/.dockerenv", "");
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container",
                "NVIDIA_DRIVER_CAPABILITIES is not set, which lacks graphics",
                "-e NVIDIA_DRIVER_CAPABILITIES=all");
    plant_variable(t, machine, "NVIDIA_DRIVER_CAPABILITIES=compute,utility");
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container", "is compute,utility, which lacks graphics", "-e ");
    machine->variables[0] = "NVIDIA_DRIVER_CAPABILITIES=compute,graphics";
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container", "does not load", "on the host");
    CHECK_TROUBLES(machine, 1);
}

TEST(an_nvidia_library_without_a_manifest_is_told)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, "/dev/nvidia0", "");
    plant_file(t, machine, "/.dockerenv", "");
    plant_library(t, machine, "/libGLX_nvidia.so.0", "doctor_good", 0);
    kt_text folders = {0};
    kt_text_format(&folders, "LD_LIBRARY_PATH=%s", machine->place.root);
    plant_variable(t, machine, folders.bytes);
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container", "no manifest (nvidia_icd.json) names it",
                "\"api_version\":\"1.3.0\"}}' | sudo tee /etc/vulkan/icd.d/nvidia_icd.json");
    plant_library(t, machine, "/libGLX_nvidia.so.0", "doctor_needy", 0);
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WRONG, "container", "it needs libkronos_doctor_gone.so",
                "that hold libkronos_doctor_gone.so");
    plant_found_driver(t, machine, "libGLX_nvidia.so.0", NULL);
    examine_container(machine);
    CHECK_FINDS(machine, CLI_OK, "container", "(docker)", NULL);
    CHECK_TROUBLES(machine, 0);
    kt_text_finish(&folders);
}

TEST(render_nodes_that_were_not_passed_on_are_told)
{
    plant *machine = plant_machine(t);
    plant_link(t, machine, "/sys/class/drm/renderD128/device/driver", "../../drivers/amdgpu");
    plant_link(t, machine, "/sys/class/drm/card0/device/driver", "../../drivers/amdgpu");
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WARNING, "container", "renderD128 (amdgpu)", "udevadm");
    CHECK_TROUBLES(machine, 1);
    plant_variable(t, machine, "container=lxc");
    examine_container(machine);
    CHECK_FINDS(machine, CLI_WARNING, "container", "/dev/dri/renderD128", "--device /dev/dri");
    plant_file(t, machine, "/dev/dri/renderD128", "");
    examine_container(machine);
    CHECK_TROUBLES(machine, 0);
}

// NVIDIA's own driver does without render nodes.
TEST(an_nvidia_render_node_is_not_missed)
{
    plant *machine = plant_machine(t);
    plant_link(t, machine, "/sys/class/drm/renderD128/device/driver", "../../drivers/nvidia");
    plant_found_driver(t, machine, "libGLX_nvidia.so.0", NULL);
    examine_container(machine);
    CHECK_TROUBLES(machine, 1);
    plant_file(t, machine, "/dev/nvidia0", "");
    examine_container(machine);
    CHECK_TROUBLES(machine, 0);
}
