// The kronos command.
#include "kronos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"
#include "os/files.h"
#include "text.h"

// Where the loader finds no driver, whatever this machine has.
static void hide_drivers(kt_test *t)
{
    kt_set_environment(t, "VK_DRIVER_FILES", "/nonexistent/driver.json");
    kt_set_environment(t, "VK_ICD_FILENAMES", NULL);
}

// The devices here, or NULL, and the case is skipped, where there are none.
static const cJSON *find_devices(kt_test *t)
{
    const cJSON *info = kronos_json(t, RUN_KRONOS("info", "--json").output);
    const cJSON *devices = kronos_item(info, "devices");
    if (cJSON_GetArraySize(devices) > 0)
        return devices;
    SKIP(t, "a device: %s", kt_json_string(info, "problem"));
    return NULL;
}

// Every pattern of cases in a text has cases.
static void check_patterns(kt_test *t, const char *text)
{
    static const char START[] = "'conformance/";
    size_t count = 0;
    while ((text = strstr(text, START))) {
        kt_text pattern = {0};
        kt_text_append(&pattern, text + 1, strcspn(text + 1, "'"));
        CHECK_EQ_I64(RUN_KRONOS("list", kt_text_string(&pattern)).code, 0);
        kt_text_finish(&pattern);
        text += sizeof START;
        count++;
    }
    CHECK(count);
}

TEST(help_teaches)
{
    static const char *const COMMANDS[] = {"bind", "certify", "count", "diff", "doctor", "expect",
                                           "info", "leaks",   "list",  "new",  "report", "run"};
    program_end all = RUN_KRONOS("--help");
    CHECK_EQ_I64(all.code, 0);
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        CHECK_CONTAINS(all.output, COMMANDS[i]);
        program_end end = RUN_KRONOS(COMMANDS[i], "--help");
        CHECK_EQ_I64(end.code, 0);
        CHECK_CONTAINS(end.output, "usage: kronos ");
        CHECK_CONTAINS(end.output, COMMANDS[i]);
        CHECK_CONTAINS(end.output, "--help");
    }
    // What running cases can do, where they are run.
    static const char *const OPTIONS[] = {"--jobs N",      "--repeat N",     "--resume DIR",
                                          "--strict",      "--require EXPR", "--timeout S",
                                          "--expect FILE", "--shard I/N",    "--seed S"};
    static const char *const RUNS[] = {"run", "certify"};
    for (size_t i = 0; i < 2; i++) {
        program_end end = RUN_KRONOS(RUNS[i], "--help");
        for (size_t j = 0; j < sizeof OPTIONS / sizeof OPTIONS[0]; j++)
            CHECK_CONTAINS(end.output, OPTIONS[j]);
    }
    CHECK_CONTAINS(RUN_KRONOS("run", "--help").output, "--here");
    CHECK_CONTAINS(RUN_KRONOS("run", "--help").output, "--tap");
    // Without a word the help comes too, but a script has made a mistake.
    program_end nothing = RUN_PROGRAM("kronos");
    CHECK_EQ_I64(nothing.code, 2);
    CHECK_EQ_STRING(nothing.output, all.output);
}

TEST(help_comes_when_asked)
{
    program_end all = RUN_KRONOS("--help"), run = RUN_KRONOS("run", "--help");
    CHECK_EQ_STRING(RUN_KRONOS("-h").output, all.output);
    CHECK_EQ_STRING(RUN_KRONOS("help").output, all.output);
    CHECK_EQ_STRING(RUN_KRONOS("help", "--help").output, all.output);
    CHECK_EQ_STRING(RUN_KRONOS("help", "run").output, run.output);
    CHECK_EQ_STRING(RUN_KRONOS("run", "--bogus", "-h").output, run.output);
    check_patterns(t, all.output);
    check_patterns(t, run.output);
}

TEST(wrong_usage_is_named)
{
    static const char *const ROWS[][3] = {
        {"dance", "", "kronos: 'dance' is no command"},
        {"info", "--tier", "kronos: '--tier' is no option of this command"},
        {"list", "--device", "kronos: '--device' is no option of this command"},
        {"run", "--bogus", "kronos: '--bogus' is no option of this command"},
        {"certify", "conformance/*", "kronos: 'conformance/*' is too much: this command takes"},
        {"help", "dance", "kronos: 'dance' is no command"},
        {"list", "dance/*", "kronos: there is no case of tier quick that matches 'dance/*'"},
        {"certify", "--tier", "kronos: --tier needs a value"},
        {"diff", "a", "kronos: diff takes two folders of results, A and B"},
        {"diff", "--bogus", "kronos: '--bogus' is no option of this command"},
        {"diff", "--slower", "kronos: --slower needs a value (X)"},
        {"diff", "--json=1", "kronos: --json takes no value"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = RUN_KRONOS(ROWS[i][0], ROWS[i][1]);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, ROWS[i][2]);
    }
}

TEST(lost_output_is_no_success)
{
    static const char *const ROWS[] = {"--help", "--version", "list --json", "info --json"};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = program_shell(t, "kronos %s >/dev/full", ROWS[i]);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, "kronos: standard output could not be written");
    }
}

// Where no file may be larger than a block the page that stood there is still the whole one.
TEST(a_page_is_written_whole_or_not_at_all)
{
    kt_text cases = {0};
    const char *folder =
        kronos_results(t, "{\"type\":\"run\",\"schema\":1}\n", &cases, "{\"type\":\"end\"}\n");
    const char *page = program_path(t, folder, "report.html");
    CHECK_EQ_I64(RUN_KRONOS("report", folder).code, 0);
    char *before = kt_read_file(page, NULL);
    program_end end = program_shell(t, "trap '' XFSZ; ulimit -f 1; kronos report '%s'", folder);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, page);
    CHECK_CONTAINS(end.output, "cannot be written: File too large");
    char *after = kt_read_file(page, NULL);
    CHECK_EQ_STRING(after, before);
    CHECK(!kt_file_exists(program_path(t, folder, "report.html.part")));
    // What is no plain file is written in place.
    CHECK_CONTAINS(RUN_KRONOS("report", folder, "--output", "/dev/full").output,
                   "/dev/full cannot be written: No space left on device");
    CHECK(kt_file_exists("/dev/full"));
    free(before);
    free(after);
}

TEST(the_version_names_its_commit)
{
    program_end end = RUN_KRONOS("--version");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "kronos " KRO_VERSION " (commit ");
}

TEST(cases_are_listed)
{
    const char *text = RUN_KRONOS("list", "conformance/dispatch/*").output;
    CHECK_CONTAINS(text, "conformance/dispatch/dispatch_adds_vectors\n");
    CHECK(!strstr(text, "conformance/buffers/"));
    const cJSON *list = kronos_json(t, RUN_KRONOS("list", "--json", "--tier", "full").output);
    CHECK(cJSON_GetArraySize(list) >= 60);
    CHECK_CONTAINS(kt_json_string(cJSON_GetArrayItem(list, 0), "name"), "conformance/");
    CHECK(*kt_json_string(cJSON_GetArrayItem(list, 0), "tier"));
}

TEST(info_shows_devices_and_what_chose_them)
{
    const cJSON *devices = find_devices(t);
    if (!devices)
        return;
    // Whatever bytes stand in the environment, JSON is JSON.
    kt_set_environment(t, "KRONOS_LOG", "\xff");
    CHECK(!strchr(RUN_KRONOS("info", "--json").output, '\xff'));
    kt_set_environment(t, "KRONOS_LOG", "error");
    program_end end = RUN_KRONOS("info");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "INDEX  NAME");
    CHECK_CONTAINS(end.output, "  KRONOS_LOG=error\n");
    CHECK_CONTAINS(end.output, "Vulkan loader: /");
    for (const cJSON *device = devices->child; device; device = device->next)
        CHECK_CONTAINS(end.output, kt_json_string(device, "name"));
    CHECK(cJSON_GetNumberValue(
              kronos_item(kronos_item(devices->child, "limits"), "max_buffer_bytes")) > 0);
    CHECK(cJSON_IsBool(kronos_item(kronos_item(devices->child, "features"), "float64")));
}

// The null driver has 16 GiB of each kind and grants all of it.
TEST(info_shows_what_is_left_of_memory)
{
    if (!loader_use_null(t))
        return;
    program_end end = RUN_KRONOS("info");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "  16.0 GiB, 16.0 free  ");
    const cJSON *info = kronos_json(t, RUN_KRONOS("info", "--json").output);
    const cJSON *heaps = kronos_item(kronos_item(info, "devices")->child, "heaps");
    CHECK_EQ_U64((uint64_t)cJSON_GetArraySize(heaps), 2);
    for (const cJSON *heap = heaps->child; heap; heap = heap->next)
        CHECK(cJSON_GetNumberValue(kronos_item(heap, "budget_bytes")) ==
              cJSON_GetNumberValue(kronos_item(heap, "size_bytes")));
    CHECK(cJSON_IsTrue(kronos_item(heaps->child, "device_local")));
    CHECK(cJSON_GetNumberValue(kronos_item(heaps->child, "used_bytes")) == 0);
}

TEST(a_machine_without_drivers_is_told_so)
{
    hide_drivers(t);
    program_end end = RUN_KRONOS("info");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "no device: the Vulkan loader finds no driver");
    end = RUN_KRONOS("run", "conformance/dispatch/*");
    CHECK_EQ_I64(end.code, 77);
    CHECK_CONTAINS(end.output, "# SKIP a device: the Vulkan loader finds no driver");
    CHECK_CONTAINS(end.output, "NOTHING RAN");
    end = RUN_KRONOS("run", "conformance/dispatch/*", "--require", "executed>=1");
    CHECK_EQ_I64(end.code, 3);
    end = RUN_KRONOS("certify", "--out", program_folder(t));
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "there is no device to certify");
}

// A manifest of the crashing driver in a folder.
static const char *write_manifest(kt_test *t, const char *folder)
{
    char *programs = kt_program_folder();
    kt_text text = {0};
    kt_text_format(&text,
                   "{\"file_format_version\": \"1.0.0\", \"ICD\": {\"library_path\": "
                   "\"%s/libkronos_crashing_driver.so\", \"api_version\": \"1.1.0\"}}",
                   programs);
    const char *path = program_path(t, folder, "crashing.json");
    program_write(t, path, kt_text_string(&text));
    kt_text_finish(&text);
    free(programs);
    return path;
}

TEST(a_driver_that_crashes_costs_a_line)
{
    const char *manifest = write_manifest(t, program_folder(t));
    hide_drivers(t);
    kt_set_environment(t, "VK_DRIVER_FILES", manifest);
    program_end end = RUN_KRONOS("info");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "the driver did not survive being asked: killed by SIGABRT");
    end = RUN_KRONOS("run", "conformance/dispatch/*");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "UNUSABLE (the device cannot be opened: the driver did not survive");
    end = RUN_KRONOS("certify", "--out", program_folder(t));
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "killed by SIGABRT");
}

TEST(a_device_that_is_not_there_is_no_reason_to_skip)
{
    if (!find_devices(t))
        return;
    program_end end =
        RUN_KRONOS("run", "conformance/dispatch/*", "--device", "no such device", "--json");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "no device fits 'no such device'");
    CHECK_CONTAINS(end.output, "\"status\":\"NotRun\"");
}

static void remove_files(void *folder)
{
    static const char *const NAMES[] = {"certificate.json", "device.json", "junit.xml",
                                        "results.jsonl"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        kt_text path = {0};
        kt_text_format(&path, "%s/%s", (const char *)folder, NAMES[i]);
        (void)unlink(kt_text_string(&path));
        kt_text_finish(&path);
    }
    (void)rmdir(folder);
}

// The folder of a device's certificate, as the summary names it.
static char *certificate_folder(kt_test *t, const char *output, const char *out)
{
    const char *start = strstr(output, out);
    const char *end = start ? strstr(start, "/certificate.json") : NULL;
    if (!CHECK(end))
        return NULL;
    char *folder = kt_alloc(t, (size_t)(end - start) + 1);
    memcpy(folder, start, (size_t)(end - start));
    return folder;
}

// The list that a certificate names is a file of the sources, and has that hash.
static void check_case_list(kt_test *t, const cJSON *list)
{
    const char *file = kt_json_string(list, "file"), *hash = kt_json_string(list, "sha256");
    CHECK_CONTAINS(file, "conformance/lists/");
    CHECK(cJSON_IsNumber(kronos_item(list, "unlisted")));
    if (!CHECK(strlen(hash) == 64))
        return;
    program_end end = program_shell(t, "sha256sum '%s/%s'", KRONOS_SOURCES, file);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, hash);
}

TEST(certificates_say_what_was_certified)
{
    const cJSON *devices = find_devices(t);
    if (!devices)
        return;
    const char *out = program_folder(t);
    // A part of the cases will do: what they find is not this test's business.
    program_end end = RUN_KRONOS("certify", "--device", "index:0", "--out", out, "--shard", "1/20");
    CHECK_CONTAINS(end.output, "not Khronos conformance");
    // Where no file can be, nothing is run.
    program_end refused = RUN_KRONOS("certify", "--out", "/dev/null", "--shard", "1/20");
    CHECK_EQ_I64(refused.code, 2);
    CHECK_CONTAINS(refused.output, "cannot be made: Not a directory");
    CHECK(!strstr(refused.output, "CERTIFICATE"));
    char *folder = certificate_folder(t, end.output, out);
    if (!folder)
        return;
    kt_defer(t, remove_files, folder);

    const cJSON *certificate = kronos_json(t, program_read(t, folder, "certificate.json"));
    const cJSON *device = kronos_json(t, program_read(t, folder, "device.json"));
    CHECK_EQ_STRING(kt_json_string(kronos_item(certificate, "device"), "name"),
                    kt_json_string(devices->child, "name"));
    CHECK_EQ_STRING(kt_json_string(device, "name"), kt_json_string(devices->child, "name"));
    CHECK_EQ_STRING(kt_json_string(certificate, "tier"), "quick");
    CHECK_CONTAINS(kt_json_string(certificate, "verdict"), "not Khronos conformance");
    CHECK_EQ_STRING(kt_json_string(certificate, "shard"), "1/20");
    CHECK(cJSON_IsBool(kronos_item(certificate, "clean")));
    CHECK_EQ_I64(end.code, cJSON_IsTrue(kronos_item(certificate, "expected")) ? 0 : 1);
    CHECK(cJSON_IsBool(kronos_item(kronos_item(certificate, "kronos"), "git_clean")));
    CHECK(*kt_json_string(kronos_item(certificate, "kronos"), "git_hash"));
    const cJSON *driver = kronos_item(certificate, "driver");
    CHECK_EQ_STRING(kt_json_string(driver, "library"), kt_json_string(device, "driver_library"));
    CHECK(strlen(kt_json_string(driver, "library_sha256")) == 64);
    CHECK(strlen(kt_json_string(certificate, "case_list_sha256")) == 64);
    check_case_list(t, kronos_item(certificate, "case_list"));
    CHECK_CONTAINS(program_read(t, folder, "results.jsonl"), "\"case_list\":{\"file\":");
    CHECK(cJSON_IsNumber(kronos_item(certificate, "seed")));
    CHECK(cJSON_GetNumberValue(kronos_item(certificate, "duration_s")) > 0);

    // Every skipped case stands under what it lacks.
    double skipped = 0;
    for (const cJSON *lack = kronos_item(certificate, "skips")->child; lack; lack = lack->next) {
        CHECK(*lack->string);
        skipped += cJSON_GetArraySize(lack);
    }
    const cJSON *counts = kronos_item(certificate, "counts");
    const cJSON *not_supported = kronos_item(counts, "NotSupported");
    CHECK(skipped == (not_supported ? cJSON_GetNumberValue(not_supported) : 0));
    double total = 0;
    for (const cJSON *count = counts->child; count; count = count->next)
        total += cJSON_GetNumberValue(count);
    CHECK(total == cJSON_GetNumberValue(kronos_item(certificate, "case_count")));
    CHECK_CONTAINS(program_read(t, folder, "junit.xml"), "</testsuites>");
    CHECK_EQ_I64(cJSON_GetArraySize(program_results(t, folder)), (int64_t)total + 2);

    // All of it is decided, so nothing runs when somebody goes on from there.
    program_end again = RUN_KRONOS("certify", "--device", "index:0", "--resume", out, "--shard",
                                   "1/20", "--jobs", "2");
    CHECK_EQ_I64(again.code, end.code);
    const cJSON *resumed = program_results(t, folder)->child;
    CHECK(kt_json_number(resumed, "resumed") == total);
    CHECK(kt_json_number(resumed, "jobs") == 2);
    certificate = kronos_json(t, program_read(t, folder, "certificate.json"));
    CHECK(kt_json_number(certificate, "resumed") == total);
    again = RUN_KRONOS("certify", "--device", "index:0", "--resume", "/nonexistent");
    CHECK_EQ_I64(again.code, 2);
    CHECK_CONTAINS(again.output, "--resume: there are no results of any device here");
}
