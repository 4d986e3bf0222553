// kronos count, on the null driver, whose figures are the same everywhere.
#include "kronos.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"

// The null driver, and a program in Vulkan alone, whose figures are known.
static bool use_null(kt_test *t)
{
    if (!loader_use_null(t))
        return false;
    if (program_shell(t, "command -v standard_vulkan").code == 0)
        return true;
    SKIP(t, "a loader to link standard_vulkan with");
    return false;
}

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

// What --json printed: the programs here print no brace.
static const cJSON *counted(kt_test *t, const program_end *end)
{
    const char *begin = strchr(end->output, '{');
    CHECK(begin);
    cJSON *json = begin ? cJSON_Parse(begin) : NULL;
    if (!CHECK(json))
        LOGF(t, "%s", end->output);
    else
        kt_defer(t, delete_json, json);
    return json;
}

static void check_number(kt_test *t, const cJSON *object, const char *name, double number)
{
    LOGF(t, "%s: %g, not %g", name, kt_json_number(object, name), number);
    CHECK(cJSON_IsNumber(kronos_item(object, name)));
    CHECK(kt_json_number(object, name) == number);
}

TEST(count_tells_what_a_program_does)
{
    if (!use_null(t))
        return;
    program_end end = program_shell(t, "kronos count --json -- standard_vulkan");
    CHECK_EQ_I64(end.code, 0);
    const cJSON *json = counted(t, &end);
    check_number(t, json, "program_exit_code", 0);
    check_number(t, json, "submits", 1);
    check_number(t, json, "command_buffers_recorded", 1);
    check_number(t, json, "command_buffers_submitted", 1);
    check_number(t, json, "dispatches", 2);
    check_number(t, json, "barriers", 2);
    check_number(t, json, "barriers_per_dispatch", 1);
    check_number(t, json, "memory_barriers", 2);
    check_number(t, json, "descriptor_writes", 2);
    check_number(t, json, "memory_allocations", 2);
    check_number(t, kronos_item(json, "objects"), "VkBuffer", 2);
    check_number(t, kronos_item(json, "calls"), "vkCmdDispatch", 2);
    CHECK(!kronos_item(kronos_item(json, "calls"), "vkCreateInstance"));
    CHECK_EQ_I64(cJSON_GetArraySize(kronos_item(json, "over")), 0);
}

// One of the two has standard output to itself.
TEST(count_keeps_streams_apart)
{
    if (!use_null(t))
        return;
    program_end alone = program_shell(t, "vector_add");
    CHECK(*alone.output);
    CHECK_EQ_STRING(program_shell(t, "kronos count -- vector_add 2>&-").output, alone.output);
    program_end end = program_shell(t, "kronos count --json -- vector_add 2>/dev/null");
    CHECK_EQ_I64(end.code, 0);
    CHECK(kronos_json(t, end.output));
    CHECK(!strstr(end.output, alone.output));
}

TEST(count_leaves_nothing_behind)
{
    if (!use_null(t))
        return;
    const char *folder = program_folder(t);
    kt_set_environment(t, "TMPDIR", folder);
    program_end end = program_shell(t, "kronos count -- vector_add");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "FIGURE ");
    CHECK_CONTAINS(end.output, "\nsubmits ");
    DIR *listed = opendir(folder);
    int names = 0;
    while (listed && readdir(listed))
        names++;
    closedir(listed);
    CHECK_EQ_I64(names, 2); // "." and ".."
}

TEST(count_adds_up_processes)
{
    if (!use_null(t))
        return;
    program_end end =
        program_shell(t, "kronos count --json -- sh -c 'standard_vulkan & standard_vulkan; wait'");
    CHECK_EQ_I64(end.code, 0);
    const cJSON *json = counted(t, &end);
    check_number(t, json, "submits", 2);
    check_number(t, json, "dispatches", 4);
    check_number(t, kronos_item(json, "objects"), "VkDevice", 2);
}

TEST(count_outlives_the_program)
{
    if (!use_null(t))
        return;
    program_end end =
        program_shell(t, "kronos count --json -- sh -c 'standard_vulkan; kill -KILL $$'");
    CHECK_EQ_I64(end.code, 128 + SIGKILL);
    CHECK_CONTAINS(end.output, "kronos: sh was ended by SIGKILL");
    const cJSON *json = counted(t, &end);
    CHECK_EQ_STRING(kt_json_string(json, "program_signal"), "SIGKILL");
    check_number(t, json, "dispatches", 2);
    end = program_shell(t, "kronos count --json -- sh -c 'standard_vulkan; exit 7'");
    CHECK_EQ_I64(end.code, 7);
    CHECK_CONTAINS(end.output, "kronos: sh ended with exit code 7");
    check_number(t, counted(t, &end), "program_exit_code", 7);
}

TEST(count_passes_signals_on)
{
    if (!use_null(t))
        return;
    const char *const arguments[] = {
        "kronos", "count", "--",
        "sh",     "-c",    "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done",
        NULL};
    program running = program_start(t, arguments, false);
    if (!CHECK(running.output >= 0))
        return;
    char ready[6] = "";
    CHECK(read(running.output, ready, sizeof ready) > 0);
    CHECK(kill(running.pid, SIGTERM) == 0);
    program_end end = program_wait(t, &running);
    CHECK_EQ_I64(end.code, 9);
}

TEST(budgets_are_held)
{
    static const struct {
        const char *budget;
        int code;
        const char *sentences[2]; // NULL: none
    } ROWS[] = {
        {"{\"submits\": 1, \"dispatches\": 2, \"barriers_per_dispatch\": 1}", 0, {NULL}},
        {"{\"submits\": 1, \"dispatches\": 1}",
         1,
         {"OVER BUDGET: dispatches is 2, the budget 1\n"}},
        {"{\"submits\": 0, \"barriers_per_dispatch\": 0.5}",
         1,
         {"OVER BUDGET: submits is 1, the budget 0\n",
          "OVER BUDGET: barriers_per_dispatch is 1, the budget 0.5\n"}},
        {"{\"objects\": {\"VkBuffer\": 2}, \"calls\": {\"vkCmdDispatch\": 2}}", 0, {NULL}},
        {"{\"objects\": {\"VkBuffer\": 1}, \"calls\": {\"vkCmdDispatch\": 1}}",
         1,
         {"OVER BUDGET: objects.VkBuffer is 2, the budget 1\n",
          "OVER BUDGET: calls.vkCmdDispatch is 2, the budget 1\n"}},
    };
    if (!use_null(t))
        return;
    const char *path = program_path(t, program_folder(t), "budget.json");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        LOGF(t, "%s", ROWS[i].budget);
        program_write(t, path, ROWS[i].budget);
        program_end end = program_shell(t, "kronos count --budget '%s' -- standard_vulkan", path);
        CHECK_EQ_I64(end.code, ROWS[i].code);
        CHECK((strstr(end.output, "OVER") != NULL) == (ROWS[i].code == 1));
        for (int s = 0; s < 2 && ROWS[i].sentences[s]; s++)
            CHECK_CONTAINS(end.output, ROWS[i].sentences[s]);
    }
    // The same in JSON.
    program_end end =
        program_shell(t, "kronos count --json --budget '%s' -- standard_vulkan", path);
    CHECK_EQ_I64(end.code, 1);
    const cJSON *over = kronos_item(counted(t, &end), "over");
    CHECK_EQ_I64(cJSON_GetArraySize(over), 2);
    CHECK_EQ_STRING(kt_json_string(cJSON_GetArrayItem(over, 0), "figure"), "objects.VkBuffer");
    check_number(t, cJSON_GetArrayItem(over, 0), "value", 2);
    check_number(t, cJSON_GetArrayItem(over, 0), "budget", 1);
}

// A ratio to nothing is no ratio within a budget.
TEST(budgets_need_dispatches)
{
    if (!use_null(t))
        return;
    const char *path = program_path(t, program_folder(t), "budget.json");
    program_write(t, path, "{\"barriers_per_dispatch\": 0.5}");
    program_end end = program_shell(t, "kronos count --budget '%s' -- kronos info", path);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "OVER BUDGET: barriers_per_dispatch has no value, as nothing was "
                               "dispatched, the budget 0.5\n");
}

TEST(budgets_are_made_and_updated)
{
    if (!use_null(t))
        return;
    const char *folder = program_folder(t);
    const char *path = program_path(t, folder, "budget.json");
    CHECK_EQ_I64(
        program_shell(t, "kronos count --budget '%s' --update -- standard_vulkan", path).code, 0);
    const cJSON *made = kronos_json(t, program_read(t, folder, "budget.json"));
    check_number(t, made, "submits", 1);
    check_number(t, made, "descriptor_writes_per_dispatch", 1);
    CHECK(!kronos_item(made, "submits_per_dispatch"));
    CHECK_EQ_I64(program_shell(t, "kronos count --budget '%s' -- standard_vulkan", path).code, 0);
    // What is there keeps its figures.
    program_write(t, path, "{\"objects\": {\"VkBuffer\": 1}, \"submits\": 9}");
    CHECK_EQ_I64(
        program_shell(t, "kronos count --budget '%s' --update -- standard_vulkan", path).code, 0);
    const cJSON *updated = kronos_json(t, program_read(t, folder, "budget.json"));
    CHECK_EQ_I64(cJSON_GetArraySize(updated), 2);
    check_number(t, updated, "submits", 1);
    check_number(t, kronos_item(updated, "objects"), "VkBuffer", 2);
    // A program that failed is no measure.
    program_write(t, path, "{\"submits\": 9}");
    program_end end = program_shell(
        t, "kronos count --budget '%s' --update -- sh -c 'standard_vulkan; exit 7'", path);
    CHECK_EQ_I64(end.code, 7);
    check_number(t, kronos_json(t, program_read(t, folder, "budget.json")), "submits", 9);
}

TEST(budgets_that_are_none_are_refused)
{
    static const struct {
        const char *budget, *sentence;
    } ROWS[] = {
        {"", "budget.json is no budget: it is no JSON object"},
        {"[]", "it is no JSON object"},
        {"{}", "it holds no figure, so nothing could be over it"},
        {"{\"submit\": 1}", "'submit' is no figure; 'kronos count --help' lists them"},
        {"{\"_per_dispatch\": 1}", "'_per_dispatch' is no figure"},
        {"{\"submits\": -1}", "'submits' is not a number from 0"},
        {"{\"submits\": \"1\"}", "'submits' is not a number from 0"},
        {"{\"objects\": 3}", "'objects' is an object of numbers"},
        {"{\"objects\": {\"VkBufer\": 3}}", "'objects.VkBufer' is no figure"},
        {"{\"calls\": {\"vkDance\": 3}}", "'calls.vkDance' is no figure"},
        {"{\"calls\": {\"vkCreateInstance\": 3}}", "'calls.vkCreateInstance' is no figure"},
    };
    const char *path = program_path(t, program_folder(t), "budget.json");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        LOGF(t, "%s", ROWS[i].budget);
        program_write(t, path, ROWS[i].budget);
        program_end end = RUN_KRONOS("count", "--budget", path, "--", "true");
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, ROWS[i].sentence);
    }
}

TEST(count_says_what_it_cannot_do)
{
    if (!use_null(t))
        return;
    program_end end = RUN_KRONOS("count");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: count takes a program");
    end = RUN_KRONOS("count", "--update", "--", "true");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: --update needs --budget");
    end = RUN_KRONOS("count", "--budget", "/nonexistent/budget.json", "--", "true");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "/nonexistent/budget.json cannot be read: No such file");
    end = RUN_KRONOS("count", "--", "/nonexistent/program");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: /nonexistent/program cannot be started: No such file");
    end = RUN_KRONOS("count", "--", "true");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "kronos: there is nothing to tell: true created no Vulkan instance");
    CHECK(!strstr(end.output, "submits"));
    kt_set_environment(t, "VK_DRIVER_FILES", "/nonexistent/driver.json");
    end = RUN_KRONOS("count", "--", "true");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "kronos: the Vulkan loader has no driver here that can be loaded");
}

// Each driver has a proxy of its own, in one process.
TEST(count_stands_before_several_drivers)
{
    if (!use_null(t) || !loader_use_second_driver(t))
        return;
    program_end end = program_shell(t, "kronos count -- devices");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "Kronos null device");
    CHECK_CONTAINS(end.output, "llvmpipe");
    // Of the second, the first device computes: its answer is right, and counted.
    kt_set_environment(t, "KRONOS_DEVICE", "llvmpipe");
    end = program_shell(t, "kronos count --json -- vector_add");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "999 + 0.5 = 999.5");
    check_number(t, counted(t, &end), "dispatches", 1);
}
