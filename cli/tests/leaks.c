// kronos leaks, on a program that leaves behind what it is told to.
#include "kronos.h"

#include <string.h>

#include "loader.h"

// The objects that a run left, as JSON; checks its exit code.
static const cJSON *run_leaving(kt_test *t, const char *arguments, int code)
{
    program_end end = program_shell(t, "kronos leaks --json -- kronos-leaving %s", arguments);
    LOGF(t, "kronos-leaving %s", arguments);
    CHECK_EQ_I64(end.code, code);
    const cJSON *json = kronos_json(t, end.output);
    CHECK(kt_json_number(json, "exit_code") == code);
    CHECK(kt_json_number(json, "objects_created") == 3);
    return json;
}

static void check_left(kt_test *t, const cJSON *json, int index, const char *type,
                       const char *label, const char *at)
{
    const cJSON *item = cJSON_GetArrayItem(kronos_item(json, "left"), index);
    CHECK_EQ_STRING(kt_json_string(item, "type"), type);
    CHECK_EQ_STRING(kt_json_string(item, "label"), label);
    CHECK_EQ_STRING(kt_json_string(item, "at"), at);
    CHECK(kt_json_number(item, "number") > 0 && kt_json_number(item, "process") > 0);
}

static int left_count(const cJSON *json)
{
    return cJSON_GetArraySize(kronos_item(json, "left"));
}

TEST(leaks_names_what_is_left)
{
    if (!loader_use_null(t))
        return;
    CHECK_EQ_I64(left_count(run_leaving(t, "", 0)), 0);
    const cJSON *json = run_leaving(t, "buffer", 1);
    CHECK_EQ_I64(left_count(json), 2);
    check_left(t, json, 0, "VkBuffer", "first", "vkDestroyDevice");
    check_left(t, json, 1, "VkBuffer", "tab and line ", "vkDestroyDevice");
    const cJSON *left = kronos_item(json, "left");
    CHECK(kt_json_number(cJSON_GetArrayItem(left, 0), "number") <
          kt_json_number(cJSON_GetArrayItem(left, 1), "number"));
    json = run_leaving(t, "device", 1);
    CHECK_EQ_I64(left_count(json), 1);
    check_left(t, json, 0, "VkDevice", "", "vkDestroyInstance");
    json = run_leaving(t, "buffer device instance", 1);
    CHECK_EQ_I64(left_count(json), 4);
    check_left(t, json, 0, "VkBuffer", "first", "exit");
    check_left(t, json, 2, "VkDevice", "", "exit");
    check_left(t, json, 3, "VkInstance", "", "exit");
}

TEST(leaks_prints_a_line_for_each_object)
{
    if (!loader_use_null(t))
        return;
    program_end end = program_shell(t, "kronos leaks -- kronos-leaving buffer");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "LEFT      NUMBER  AT               PROCESS");
    CHECK_CONTAINS(end.output, "VkBuffer  #3      vkDestroyDevice  ");
    CHECK_CONTAINS(end.output,
                   "LEFT BEHIND: 2 objects with 0 bytes of device memory and 0 mappings, where 3 "
                   "were created on devices\n");
    end = program_shell(t, "kronos leaks -- kronos-leaving");
    CHECK_EQ_I64(end.code, 0);
    CHECK_EQ_STRING(end.output, "NOTHING LEFT: 3 objects were created on devices\n");
}

TEST(leaks_measures_the_memory_that_is_left)
{
    if (!loader_use_null(t))
        return;
    program_end end = program_shell(t, "kronos leaks --json -- kronos-leaving memory buffer");
    CHECK_EQ_I64(end.code, 1);
    const cJSON *json = kronos_json(t, end.output);
    CHECK_EQ_I64(left_count(json), 3);
    check_left(t, json, 2, "VkDeviceMemory", "", "vkDestroyDevice");
    const cJSON *memory = cJSON_GetArrayItem(kronos_item(json, "left"), 2);
    CHECK(kt_json_number(memory, "memory_bytes") == 4096);
    CHECK(cJSON_IsTrue(kronos_item(memory, "mapped")));
    CHECK(kt_json_number(json, "memory_bytes_left") == 4096);
    CHECK(kt_json_number(json, "mappings_left") == 1);
    end = program_shell(t, "kronos leaks -- kronos-leaving memory");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, " 4096, mapped");
    CHECK_CONTAINS(end.output, "LEFT BEHIND: 1 object with 4096 bytes of device memory and 1 "
                               "mapping, where 4 were created on devices\n");
}

// What is not known is not said to be nothing.
TEST(leaks_tells_what_it_cannot_know)
{
    if (!loader_use_null(t))
        return;
    const cJSON *json = run_leaving(t, "device leave", 1); // it had told of the device before
    CHECK_EQ_I64(left_count(json), 1);
    CHECK_EQ_I64(cJSON_GetArraySize(kronos_item(json, "unknown_processes")), 1);
    json = run_leaving(t, "leave", 3);
    CHECK_EQ_I64(left_count(json), 0);
    program_end end = program_shell(t, "kronos leaks -- kronos-leaving leave");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "did not end by itself: what it had at the end is not known\n");
    CHECK(!strstr(end.output, "NOTHING LEFT"));
    end = program_shell(t, "kronos leaks -- true");
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "kronos: there is nothing to tell: true created no Vulkan instance");
    end = program_shell(t, "kronos leaks -- sh -c 'kronos-leaving buffer; exit 7'");
    CHECK_EQ_I64(end.code, 7);
    CHECK_CONTAINS(end.output, "LEFT BEHIND: 2 objects");
    end = RUN_KRONOS("leaks", "--");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: behind '--' stands a program");
    end = RUN_KRONOS("leaks", "vulkaninfo");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "there is no case of tier standard that matches 'vulkaninfo'");
    CHECK_CONTAINS(end.output, "kronos: a program to look at stands behind '--'");
}

TEST(leaks_are_not_told_of_forked_processes)
{
    if (!loader_use_null(t))
        return;
    CHECK_EQ_I64(left_count(run_leaving(t, "fork", 0)), 0);
    CHECK_EQ_I64(left_count(run_leaving(t, "buffer fork", 1)), 2);
}

// Of an instance each driver has a share; it is one all the same.
TEST(leaks_of_instances_are_told_once)
{
    if (!loader_use_null(t) || !loader_use_second_driver(t))
        return;
    const cJSON *json = run_leaving(t, "instance", 1);
    CHECK_EQ_I64(left_count(json), 1);
    check_left(t, json, 0, "VkInstance", "", "exit");
}

// Without a program it is the leak suite that runs, and says what it counted.
TEST(leaks_looks_at_kronos_itself)
{
    const char *soak = "'leakcheck/soak/dispatches_hold_no_more/null'";
    program_end end = program_shell(t, "kronos leaks --json %s", soak);
    CHECK_EQ_I64(end.code, 0);
    const char *at = strstr(end.output, "{\"type\":\"leaks\"");
    if (!CHECK(at != NULL))
        return;
    const cJSON *slopes = kronos_item(kronos_json(t, at), "slopes");
    CHECK_EQ_I64(cJSON_GetArraySize(slopes), 7);
    const cJSON *heap = cJSON_GetArrayItem(slopes, 1);
    CHECK_EQ_STRING(kt_json_string(heap, "what"), "bytes of the heap per dispatch");
    CHECK(kt_json_number(heap, "bound") == 1);
    CHECK(kt_json_number(heap, "slope") < 1);
    CHECK(!strstr(end.output, "\"type\":\"balance\"")); // some cases were chosen
    end = program_shell(t, "kronos leaks %s", soak);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "# 7 slopes were fitted, 0 beyond their bound\n");
}
