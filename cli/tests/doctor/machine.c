// What stands around the drivers: loader, layers, environment, limits, and the devices as a whole.
#include "plant.h"

// A planted loader is named by its path on this machine.
static void examine_loader(kt_test *t, plant *machine, const char *path)
{
    cli_place here = machine->place;
    here.root = "";
    cli_findings_finish(&machine->findings);
    cli_check_loader(&machine->findings, &here, plant_path(t, machine, path));
}

TEST(the_loader_is_told_with_its_version)
{
    plant *machine = plant_machine(t);
    plant_library(t, machine, "/lib/libvulkan.so.1.2.135", "doctor_good", 0);
    plant_link(t, machine, "/lib/libvulkan.so.1", "libvulkan.so.1.2.135");
    examine_loader(t, machine, "/lib/libvulkan.so.1");
    CHECK_FINDS(machine, CLI_OK, "loader", "Vulkan loader 1.2.135, ", NULL);
    CHECK_TROUBLES(machine, 0);
    // That one is too old for the newer variables.
    plant_variable(t, machine, "VK_DRIVER_FILES=/x.json");
    examine_loader(t, machine, "/lib/libvulkan.so.1");
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
    cli_check_loader(&machine->findings, &machine->place, "libm.so.6");
    CHECK_FINDS(machine, CLI_WRONG, "loader", "libm.so.6 is no Vulkan loader", "libvulkan1");
    plant_library(t, machine, "/libvulkan.so.1", "doctor_needy", 0);
    examine_loader(t, machine, "/libvulkan.so.1");
    CHECK_FINDS(machine, CLI_WRONG, "loader", "it needs libkronos_doctor_gone.so", "");
    // Loading what was cut short would end this process.
    plant_library(t, machine, "/libvulkan.so.1", "doctor_good", 5000);
    examine_loader(t, machine, "/libvulkan.so.1");
    CHECK_FINDS(machine, CLI_WRONG, "loader", "libvulkan.so.1 does not load: the file is cut", "");
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
    // Several in one file, and one for other programs.
    plant_file(t, machine, "/usr/share/vulkan/explicit_layer.d/w.json",
               "{\"file_format_version\": \"1.0.1\", \"layers\": [{\"name\": \"VK_LAYER_TEST_1\", "
               "\"library_path\": \"/libv.so\"}, {\"name\": \"VK_LAYER_TEST_2\", "
               "\"library_path\": \"/gone.so\", \"library_arch\": \"16\"}, {\"name\": "
               "\"VK_LAYER_TEST_3\", \"library_path\": \"/gone.so\"}]}");
    examine_layers(machine);
    CHECK_FINDS(machine, CLI_OK, "layer", "VK_LAYER_TEST_1", NULL);
    CHECK_FINDS(machine, CLI_WARNING, "layer", "VK_LAYER_TEST_3", "");
    CHECK_TROUBLES(machine, 1);
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

TEST(devices_that_lack_a_gpu_are_told)
{
    plant *machine = plant_machine(t);
    cJSON *cpu = cJSON_CreateObject(), *gpu = cJSON_CreateObject();
    cJSON_AddStringToObject(cpu, "type", "cpu");
    cJSON_AddStringToObject(gpu, "type", "discrete");
    cli_target items[] = {{.device = cpu}, {.device = gpu}};
    cli_targets targets = {.items = items};
    CHECK(cli_find_lack(&machine->findings, &targets, false));
    CHECK_FINDS(machine, CLI_WRONG, "device", "offer no device", NULL);
    targets.count = 1;
    CHECK(!cli_find_lack(&machine->findings, &targets, false));
    CHECK(cli_find_lack(&machine->findings, &targets, true));
    CHECK_FINDS(machine, CLI_WRONG, "device", "the only devices are CPUs", NULL);
    targets.count = 2;
    CHECK(!cli_find_lack(&machine->findings, &targets, true));
    kt_text_format(&targets.problems, "x: a driver\ncrashed \n");
    CHECK(cli_find_lack(&machine->findings, &targets, false));
    // Whatever a driver says is one line.
    CHECK_EQ_STRING(machine->findings.items[machine->findings.count - 1].sentence,
                    "x: a driver crashed");
    kt_text_finish(&targets.problems);
    cJSON_Delete(cpu);
    cJSON_Delete(gpu);
}
