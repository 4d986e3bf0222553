// `kronos doctor` as a person runs it.
#include "program.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/files.h"
#include "text.h"

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

// What `kronos doctor --json` says; checks that it says so in the form that it should have.
static const cJSON *run_doctor(kt_test *t, int *code)
{
    program_end end = RUN_PROGRAM("kronos", "doctor", "--json");
    cJSON *json = cJSON_Parse(end.output);
    if (!CHECK(json))
        return NULL;
    kt_defer(t, delete_json, json);
    *code = end.code;
    const cJSON *checks = cJSON_GetObjectItem(json, "checks");
    bool wrong = false;
    for (const cJSON *item = checks->child; item; item = item->next) {
        CHECK(*kt_json_string(item, "check") && *kt_json_string(item, "sentence"));
        const char *state = kt_json_string(item, "state");
        wrong = wrong || !strcmp(state, "wrong");
        CHECK(!strcmp(state, "ok") || *kt_json_string(item, "fix"));
    }
    CHECK_EQ_I64(end.code, (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(json, "exit_code")));
    CHECK((end.code == 0) == !wrong);
    return checks;
}

// Whether a finding of that check and state holds a part.
static bool finds(const cJSON *checks, const char *check, const char *state, const char *part)
{
    for (const cJSON *item = checks ? checks->child : NULL; item; item = item->next)
        if (!strcmp(kt_json_string(item, "check"), check) &&
            !strcmp(kt_json_string(item, "state"), state) &&
            strstr(kt_json_string(item, "sentence"), part))
            return true;
    return false;
}

// A manifest of a library beside the programs of this build.
static const char *write_manifest(kt_test *t, const char *folder, const char *name,
                                  const char *library)
{
    char *programs = kt_program_folder();
    kt_text text = {0};
    kt_text_format(&text,
                   "{\"file_format_version\": \"1.0.0\", \"ICD\": {\"library_path\": "
                   "\"%s/%s\", \"api_version\": \"1.1.0\"}}",
                   library[0] == '/' ? "" : programs, library);
    const char *path = program_path(t, folder, name);
    program_write(t, path, kt_text_string(&text));
    kt_text_finish(&text);
    free(programs);
    return path;
}

static void use_drivers(kt_test *t, const char *list)
{
    kt_set_environment(t, "VK_ICD_FILENAMES", NULL);
    kt_set_environment(t, "VK_DRIVER_FILES", list);
}

TEST(doctor_dispatches_on_each_device)
{
    int code = -1;
    const cJSON *checks = run_doctor(t, &code);
    if (code == 3) {
        SKIP(t, "a device");
        return;
    }
    CHECK(finds(checks, "loader", "ok", "Vulkan loader "));
    CHECK(finds(checks, "device", "ok", "a first dispatch was right after"));
    // The same for people.
    program_end end = RUN_PROGRAM("kronos", "doctor");
    CHECK_EQ_I64(end.code, code);
    CHECK_CONTAINS(end.output, "ok       loader       Vulkan loader ");
    CHECK_CONTAINS(end.output, "ok       device       ");
}

TEST(doctor_without_a_driver_exits_3)
{
    int code = -1;
    use_drivers(t, "/nonexistent/driver.json");
    const cJSON *checks = run_doctor(t, &code);
    CHECK_EQ_I64(code, 3);
    CHECK(finds(checks, "manifest", "wrong", "/nonexistent/driver.json cannot be read"));
    CHECK(finds(checks, "device", "wrong", "the Vulkan loader finds no driver"));
    CHECK_CONTAINS(RUN_PROGRAM("kronos", "doctor").output, "fix: correct the variable");
}

TEST(doctor_tells_a_loader_that_does_not_load)
{
    int code = -1;
    const char *folder = program_folder(t);
    char *programs = kt_program_folder();
    kt_text library = {0};
    kt_text_format(&library, "%s/doctor/libkronos_doctor_needy.so", programs);
    CHECK(symlink(library.bytes, program_path(t, folder, "libvulkan.so.1")) == 0);
    kt_set_environment(t, "LD_LIBRARY_PATH", folder);
    const cJSON *checks = run_doctor(t, &code);
    CHECK_EQ_I64(code, 3);
    CHECK(finds(checks, "loader", "wrong", "it needs libkronos_doctor_gone.so"));
    CHECK(finds(checks, "device", "wrong", "no Vulkan loader"));
    CHECK(!finds(checks, "driver", "wrong", "did not find")); // no driver was asked
    kt_text_finish(&library);
    free(programs);
}

TEST(doctor_survives_a_driver_that_crashes)
{
    int code = -1;
    use_drivers(
        t, write_manifest(t, program_folder(t), "crashing.json", "libkronos_crashing_driver.so"));
    const cJSON *checks = run_doctor(t, &code);
    CHECK_EQ_I64(code, 3);
    CHECK(finds(checks, "driver", "ok", "libkronos_crashing_driver.so can be loaded"));
    CHECK(finds(checks, "device", "wrong", "killed by SIGABRT"));
}

// As NVIDIA's does where libEGL.so.1 is missing.
TEST(doctor_hears_what_a_silent_driver_misses)
{
    int code = -1;
    use_drivers(t, write_manifest(t, program_folder(t), "silent.json",
                                  "doctor/libkronos_doctor_silent.so"));
    const cJSON *checks = run_doctor(t, &code);
    CHECK_EQ_I64(code, 3);
    CHECK(finds(checks, "driver", "ok", "libkronos_doctor_silent.so can be loaded"));
    CHECK(finds(checks, "device", "wrong", "the Vulkan loader finds no driver"));
    CHECK(finds(checks, "driver", "wrong", "did not find libkronos_doctor_gone.so.3 for "));
}

// The null driver executes nothing: a wrong answer has to be seen.
TEST(doctor_sees_a_device_that_computes_wrong)
{
    int code = -1;
    const char *null_driver = kt_null_driver(t);
    const char *own = getenv("VK_DRIVER_FILES");
    const char *manifest = write_manifest(t, program_folder(t), "null.json", null_driver);
    kt_text both = {0};
    kt_text_format(&both, "%s:%s", own ? own : "", manifest);
    use_drivers(t, manifest);
    CHECK(finds(run_doctor(t, &code), "device", "wrong", "does not compute: Fail"));
    CHECK_EQ_I64(code, 3);
    // Beside one that is right something is wrong, and the machine is usable.
    if (own && *own) {
        use_drivers(t, both.bytes);
        const cJSON *checks = run_doctor(t, &code);
        CHECK(finds(checks, "device", "wrong", "does not compute: Fail"));
        CHECK(finds(checks, "device", "ok", "was right"));
        CHECK_EQ_I64(code, 1);
        use_drivers(t, own);
        kt_set_environment(t, "KRONOS_EXTRA_DRIVERS", manifest); // the wrong one last
        CHECK(finds(run_doctor(t, &code), "device", "wrong", "does not compute: Fail"));
        CHECK_EQ_I64(code, 1);
    }
    kt_text_finish(&both);
}

TEST(doctor_looks_at_a_driver_of_its_own)
{
    int code = -1;
    kt_set_environment(t, "KRONOS_DRIVER", "libbare.so");
    CHECK(finds(run_doctor(t, &code), "driver", "wrong", "is a bare name"));
    CHECK_EQ_I64(code, 3);
}

TEST(doctor_help_teaches)
{
    program_end end = RUN_PROGRAM("kronos", "doctor", "--help");
    CHECK_EQ_I64(end.code, 0);
    static const char *const WORDS[] = {"loader",    "manifest", "driver",      "node",
                                        "kernel",    "layer",    "environment", "limits",
                                        "container", "device",   "Exit code",   "--json"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        CHECK_CONTAINS(end.output, WORDS[i]);
    CHECK_EQ_I64(RUN_PROGRAM("kronos", "doctor", "--tier", "quick").code, 2);
}
