// The machine around the drivers: loader, device nodes, kernel, container, layers, environment.
#include "plant.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(the_loader_is_told_with_its_version)
{
    plant *machine = plant_machine(t);
    plant_library(t, machine, "/lib/libvulkan.so.1.2.135", "doctor_good", 0);
    plant_link(t, machine, "/lib/libvulkan.so.1", "libvulkan.so.1.2.135");
    cli_check_loader(&machine->findings, &machine->place,
                     plant_path(t, machine, "/lib/libvulkan.so.1"));
    CHECK_FINDS(machine, CLI_OK, "loader", "Vulkan loader 1.2.135, ", NULL);
    CHECK_TROUBLES(machine, 0);
    // That one is too old for the newer variables.
    plant_variable(t, machine, "VK_DRIVER_FILES=/x.json");
    cli_check_loader(&machine->findings, &machine->place,
                     plant_path(t, machine, "/lib/libvulkan.so.1"));
    CHECK_FINDS(machine, CLI_WARNING, "loader", "1.2.135 does not know VK_DRIVER_FILES",
                "VK_ICD_FILENAMES");
}

TEST(a_loader_that_is_missing_or_broken_is_told)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, "/etc/os-release", "ID=debian\n");
    cli_check_loader(&machine->findings, &machine->place, "libkronos_nowhere.so.1");
    CHECK_FINDS(machine, CLI_WRONG, "loader", "there is no Vulkan loader",
                "sudo apt-get install libvulkan1");
    plant_library(t, machine, "/libvulkan.so.1", "doctor_needy", 0);
    cli_place real = machine->place;
    real.root = "";
    cli_check_loader(&machine->findings, &real, plant_path(t, machine, "/libvulkan.so.1"));
    CHECK_FINDS(machine, CLI_WRONG, "loader", "it needs libkronos_doctor_gone.so", "");
    cli_check_loader(&machine->findings, &machine->place, "libm.so.6");
    CHECK_FINDS(machine, CLI_WRONG, "loader", "libm.so.6 is no Vulkan loader", "libvulkan1");
}

// Looks at device nodes as a user whom their modes keep out.
static void examine_nodes(kt_test *t, plant *machine)
{
    enum { NOBODY = 65534 };
    bool root = geteuid() == 0;
    CHECK(chmod(machine->place.root, 0755) == 0);
    CHECK(!root || seteuid(NOBODY) == 0);
    cli_check_devices(&machine->findings, &machine->place);
    CHECK(!root || seteuid(0) == 0);
}

TEST(device_nodes_that_cannot_be_opened_name_the_group)
{
    static const char NODE[] = "/dev/dri/renderD128";
    plant *machine = plant_machine(t);
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_OK, "node", "no GPU's device node", NULL);

    plant_file(t, machine, NODE, "");
    plant_file(t, machine, "/dev/dri/card0", "");
    plant_file(t, machine, "/dev/nvidia-modeset", "");
    CHECK(chmod(plant_path(t, machine, NODE), 0666) == 0);
    cli_findings_finish(&machine->findings);
    examine_nodes(t, machine);
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
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_WRONG, "node", "cannot be opened: Permission denied",
                "sudo usermod -aG render alice, then log in again");
    group.size_bytes -= strlen("bob\n");
    kt_text_format(&group, "bob,alice\n");
    plant_file(t, machine, "/etc/group", group.bytes);
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied",
                "alice is in group render since the last login: log in again");
    plant_file(t, machine, "/etc/group", "");
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied", "a group that has a name");
    plant_file(t, machine, "/.dockerenv", "");
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_WRONG, "node", "Permission denied", "--group-add");
    CHECK(chmod(plant_path(t, machine, NODE), 0) == 0);
    examine_nodes(t, machine);
    CHECK_FINDS(machine, CLI_WRONG, "node", "mode 0000", "chmod a+rw /dev/dri/renderD128");
    kt_text_finish(&group);
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
        kt_memory_grow(machine->drivers.items, machine->drivers.count + 1, sizeof driver);
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
    CHECK_FINDS(machine, CLI_WARNING, "kernel", "VK_DRIVER_FILES names no driver of it",
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
                "\"library_path\":\"libGLX_nvidia.so.0\"");
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

static void examine_layers(plant *machine)
{
    cli_findings_finish(&machine->findings);
    cli_check_layers(&machine->findings, &machine->place);
}

TEST(layers_are_told_with_their_versions)
{
    plant *machine = plant_machine(t);
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_KHRONOS_validation is not installed", NULL);
    plant_variable(t, machine, "KRONOS_VALIDATION=1");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WRONG, "layer", "KRONOS_VALIDATION=1 asks for it",
                "install the Khronos validation layer");
    plant_layer(t, machine, "/usr/share/vulkan/explicit_layer.d/v.json",
                "VK_LAYER_KHRONOS_validation", ", \"library_path\": \"/libv.so\"");
    plant_library(t, machine, "/libv.so", "doctor_good", 0);
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_KHRONOS_validation 1.3.239", NULL);
    CHECK_TROUBLES(machine, 0);
}

TEST(broken_layers_are_told)
{
    plant *machine = plant_machine(t);
    plant_file(t, machine, "/etc/vulkan/explicit_layer.d/a.json", "{\n\n,}");
    plant_file(t, machine, "/etc/vulkan/explicit_layer.d/b.json", "{\"ICD\": {}}");
    plant_layer(t, machine, "/etc/vulkan/explicit_layer.d/c.json", "VK_LAYER_TEST_c",
                ", \"library_path\": \"./gone.so\"");
    plant_layer(t, machine, "/etc/vulkan/explicit_layer.d/d.json", "VK_LAYER_TEST_d", "");
    plant_layer(t, machine, "/etc/vulkan/explicit_layer.d/e.json", "",
                ", \"library_path\": \"./gone.so\"");
    plant_layer(t, machine, "/etc/vulkan/explicit_layer.d/f.json", "VK_LAYER_TEST_f",
                ", \"component_layers\": []");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WRONG, "layer", "a.json, line 3: no JSON", "remove");
    CHECK_FINDS(machine, CLI_WRONG, "layer", "b.json names no layer", "remove");
    CHECK_FINDS(machine, CLI_WARNING, "layer", "'VK_LAYER_TEST_c': there is no such file", "");
    CHECK_FINDS(machine, CLI_WARNING, "layer", "'VK_LAYER_TEST_d': library_path is missing", "");
    CHECK_FINDS(machine, CLI_WARNING, "layer", "it has no name", "");
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_TEST_f", NULL);
    CHECK_TROUBLES(machine, 5);
    // One that every program gets is another matter.
    plant_layer(t, machine, "/etc/vulkan/implicit_layer.d/g.json", "VK_LAYER_TEST_g",
                ", \"library_path\": \"/gone.so\"");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WRONG, "layer", "'VK_LAYER_TEST_g': there is no such file", "");
}

TEST(a_layer_in_two_places_is_shadowed)
{
    plant *machine = plant_machine(t);
    plant_library(t, machine, "/libv.so", "doctor_good", 0);
    plant_layer(t, machine, "/etc/vulkan/explicit_layer.d/a.json", "VK_LAYER_TEST_a",
                ", \"library_path\": \"/libv.so\"");
    plant_layer(t, machine, "/usr/share/vulkan/explicit_layer.d/a.json", "VK_LAYER_TEST_a",
                ", \"library_path\": \"/libv.so\"");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WARNING, "layer", "is shadowed by /etc/vulkan", "remove one");
    CHECK_TROUBLES(machine, 1);
}

TEST(implicit_layers_that_disturb_measuring_are_told)
{
    static const char PATH[] = "/usr/share/vulkan/implicit_layer.d/o.json";
    plant *machine = plant_machine(t);
    plant_library(t, machine, "/libo.so", "doctor_good", 0);
    plant_layer(t, machine, PATH, "VK_LAYER_TEST_overlay",
                ", \"library_path\": \"/libo.so\", \"disable_environment\": {\"NO_O\": \"1\"}");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WARNING, "layer", "VK_LAYER_TEST_overlay 1.3.239 (in every",
                "export NO_O=1");
    plant_variable(t, machine, "NO_O=1");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_TEST_overlay 1.3.239 (turned off)", NULL);
    machine->variables[0] = "VK_LOADER_LAYERS_DISABLE=~implicit~";
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "(turned off)", NULL);

    plant_layer(t, machine, PATH, "VK_LAYER_TEST_overlay",
                ", \"library_path\": \"/libo.so\", \"enable_environment\": {\"YES_O\": \"1\"}");
    machine->variables[0] = "YES_O=0";
    examine_layers(machine);
    CHECK_TROUBLES(machine, 0);
    machine->variables[0] = "YES_O=1";
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_WARNING, "layer", "may change what is measured", "remove its package");

    plant_layer(t, machine, PATH, "VK_LAYER_MESA_device_select",
                ", \"library_path\": \"/libo.so\"");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_MESA_device_select", NULL);
    CHECK_TROUBLES(machine, 0);
}

TEST(variables_that_change_results_are_told)
{
    plant *machine = plant_machine(t);
    cli_check_environment(&machine->findings, &machine->place);
    CHECK_FINDS(machine, CLI_OK, "environment", "no variable", NULL);
    plant_variable(t, machine, "KRONOS_PLAIN=1");
    plant_variable(t, machine, "VK_INSTANCE_LAYERS=VK_LAYER_LUNARG_api_dump");
    plant_variable(t, machine, "LP_NUM_THREADS="); // empty is as good as not set
    plant_variable(t, machine, "KRONOS_CACHE_DIR=/nowhere");
    plant_variable(t, machine, "KRONOS_LOG=error");
    cli_check_environment(&machine->findings, &machine->place);
    CHECK_FINDS(machine, CLI_WARNING, "environment", "KRONOS_PLAIN=1: ", "unset KRONOS_PLAIN");
    CHECK_FINDS(machine, CLI_WARNING, "environment", "VK_INSTANCE_LAYERS=", "unset ");
    CHECK_FINDS(machine, CLI_WARNING, "environment", "KRONOS_CACHE_DIR=/nowhere is not there",
                "mkdir -p /nowhere");
    CHECK_TROUBLES(machine, 3);
}

TEST(limits_that_drivers_run_into_are_told)
{
    plant *machine = plant_machine(t);
    cli_check_limits(&machine->findings, RLIM_INFINITY, 1024);
    CHECK_TROUBLES(machine, 0);
    cli_check_limits(&machine->findings, (rlim_t)1 << 30, 64);
    CHECK_FINDS(machine, CLI_WARNING, "limits", "limited to 1024 MiB", "ulimit -v unlimited");
    CHECK_FINDS(machine, CLI_WARNING, "limits", "64 files", "ulimit -n");
    CHECK_TROUBLES(machine, 2);
}
