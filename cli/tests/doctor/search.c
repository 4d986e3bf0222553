// Where manifests are looked for.
#include "plant.h"

#include <string.h>

#include "doctor_search.h"
#include "program.h"

// The folders of `search` as one text.
static const char *join(kt_test *t, const cli_search *search)
{
    kt_text text = {0};
    for (size_t i = 0; i < search->count; i++)
        kt_text_format(&text, "%s ", search->paths[i]);
    char *copy = kt_alloc(t, text.size_bytes + 1);
    memcpy(copy, kt_text_string(&text), text.size_bytes);
    kt_text_finish(&text);
    return copy;
}

TEST(folders_are_searched_in_the_standard_order)
{
    plant *machine = plant_machine(t);
    cli_search search;
    cli_search_init(&search, &machine->place, CLI_MANIFESTS_DRIVERS);
    CHECK_EQ_STRING(join(t, &search), "/etc/xdg/vulkan/icd.d /etc/vulkan/icd.d "
                                      "/usr/local/share/vulkan/icd.d /usr/share/vulkan/icd.d ");
    cli_search_finish(&search);
    plant_variable(t, machine, "HOME=/home/alice");
    plant_variable(t, machine, "XDG_CONFIG_DIRS=/x:/y/");
    plant_variable(t, machine, "XDG_DATA_DIRS=/b::/b:/c");
    plant_variable(t, machine, "VK_ADD_LAYER_PATH=/added/");
    cli_search_init(&search, &machine->place, CLI_MANIFESTS_EXPLICIT_LAYERS);
    CHECK_EQ_STRING(join(t, &search),
                    "/added/ /home/alice/.config/vulkan/explicit_layer.d "
                    "/x/vulkan/explicit_layer.d /y/vulkan/explicit_layer.d "
                    "/etc/vulkan/explicit_layer.d /home/alice/.local/share/vulkan/explicit_layer.d "
                    "/b/vulkan/explicit_layer.d /c/vulkan/explicit_layer.d ");
    cli_search_finish(&search);
}

// The folders that the loader itself says it searches; "" where it does not say so.
static const char *ask_loader(kt_test *t)
{
    kt_set_environment(t, "VK_LOADER_DEBUG", "driver");
    // The command keeps what its child processes print to itself.
    const char *output = RUN_PROGRAM("vector_add").output;
    const char *line = strstr(output, "Searching for driver manifest files");
    line = line ? strstr(line, "In following") : NULL;
    kt_text text = {0};
    while (line && (line = strchr(line, '\n'))) {
        line++;
        const char *path = line + strcspn(line, "/\n");
        if (strncmp(line, "DRIVER:", 7) != 0 || *path != '/')
            break;
        kt_text_format(&text, "%.*s ", (int)strcspn(path, "\n"), path);
    }
    char *copy = kt_alloc(t, text.size_bytes + 1);
    memcpy(copy, kt_text_string(&text), text.size_bytes);
    kt_text_finish(&text);
    return copy;
}

// The truth about the order is the loader's own word.
TEST(the_loader_searches_the_same_folders)
{
    static const char *const ROWS[][6] = {
        {"HOME=/h", NULL},
        {"HOME=/h", "XDG_CONFIG_HOME=/ch", "XDG_DATA_HOME=/dh", NULL},
        {"XDG_CONFIG_DIRS=/a:/b/", "XDG_DATA_DIRS=/c:/d:/c", NULL},
        {"HOME=/h", "XDG_DATA_DIRS=", "VK_ADD_DRIVER_FILES=/added/x.json:/more", NULL},
        {"VK_DRIVER_FILES=/only/x.json:/folder", "VK_ADD_DRIVER_FILES=/added", NULL},
        {"VK_ICD_FILENAMES=/older/x.json", NULL},
    };
    static const char *const NAMES[] = {
        "HOME",          "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS",  "XDG_DATA_HOME",
        "XDG_DATA_DIRS", "VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        plant *machine = plant_machine(t);
        for (size_t j = 0; j < sizeof NAMES / sizeof NAMES[0]; j++)
            kt_set_environment(t, NAMES[j], NULL);
        for (const char *const *variable = ROWS[i]; *variable; variable++) {
            char name[32] = "";
            memcpy(name, *variable, strcspn(*variable, "="));
            kt_set_environment(t, name, strchr(*variable, '=') + 1);
            plant_variable(t, machine, *variable);
        }
        const char *loader = ask_loader(t);
        if (!*loader) {
            SKIP(t, "a loader that says where it searches");
            return;
        }
        cli_search search;
        cli_search_init(&search, &machine->place, CLI_MANIFESTS_DRIVERS);
        CHECK_EQ_STRING(join(t, &search), loader);
        cli_search_finish(&search);
    }
}
