// The grammar of specs.
#include "spec.h"

#include <string.h>

#include "calls.h"
#include "planted.h"
#include "test.h"

TEST(every_word_of_a_spec_is_read)
{
    char message[256];
    kro__spec spec;
    const char *text =
        "count;counts=shared;leftovers=left;report=out.txt;fail=vkAllocateMemory:3:VK_ERROR_OUT_OF_"
        "DEVICE_MEMORY;"
        "fail=vkQueueSubmit:1:VK_ERROR_DEVICE_LOST:from;fail=any:5:VK_ERROR_DEVICE_LOST;lose=4;"
        "hide=timeline,shaderInt64,"
        "VK_KHR_push_descriptor;noncoherent;api=1.2;limit=maxPushConstantsSize:64;"
        "limit=heap_bytes:0x1000;budget=33554432;dedicated;split_queues=4;delay=9;reorder=7;drop="
        "level:2;"
        "drop=entry;"
        "exits=all;drop=exit:1;external=50:0x9;capture=all.bin;plant=spirv/IAdd/ISub;reach=all";
    if (!CHECK(kro__spec_parse(text, &spec, message, sizeof message)))
        return;
    CHECK(spec.dedicated && spec.count && spec.noncoherent && spec.reorder && spec.exits &&
          spec.exits_all);
    CHECK_EQ_STRING(spec.counts, "shared");
    CHECK_EQ_STRING(spec.leftovers, "left");
    CHECK_EQ_STRING(spec.report, "out.txt");
    CHECK_EQ_STRING(spec.capture, "all.bin");
    CHECK_EQ_STRING(spec.reach, "all");
    CHECK(spec.plant == kro__planted_find("spirv/IAdd/ISub") + 1);
    CHECK_EQ_U64(spec.fail_count, 3);
    CHECK_EQ_STRING(kro__vk_calls[spec.fails[0].call].name, "vkAllocateMemory");
    CHECK_EQ_U64(spec.fails[0].nth, 3);
    CHECK_EQ_I64(spec.fails[0].result, VK_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK(!spec.fails[0].from && spec.fails[1].from);
    CHECK_EQ_I64(spec.fails[2].call, -1);
    CHECK_EQ_STRING(spec.fails[2].result_name, "VK_ERROR_DEVICE_LOST");
    CHECK_EQ_U64(spec.lose, 4);
    CHECK(kro__hidden_has(&spec.hidden, "timelineSemaphore"));
    CHECK(kro__hidden_has(&spec.hidden, "VK_KHR_timeline_semaphore"));
    CHECK(kro__hidden_has(&spec.hidden, "shaderInt64"));
    CHECK(kro__hidden_has(&spec.hidden, "VK_KHR_push_descriptor"));
    CHECK_EQ_U64(spec.api_version, VK_API_VERSION_1_2);
    CHECK_EQ_U64(spec.limit_count, 2);
    CHECK_EQ_STRING(spec.limits[0].name, "maxPushConstantsSize");
    CHECK(!spec.limits[1].name);
    CHECK_EQ_U64(spec.limits[1].value, 4096);
    CHECK_EQ_U64(spec.budget_bytes, 33554432);
    CHECK_EQ_U64(spec.split_queues, 4);
    CHECK_EQ_U64(spec.delay, 9);
    CHECK_EQ_U64(spec.seed, 7);
    CHECK_EQ_U64(spec.drop_count, 3);
    CHECK_EQ_U64(spec.drops[0].kind, KRONOS_PROXY_BARRIER_LEVEL);
    CHECK_EQ_U64(spec.drops[0].nth, 2);
    CHECK_EQ_U64(spec.drops[1].nth, 0);
    CHECK(spec.external);
    CHECK_EQ_U64(spec.external_us, 50);
    CHECK_EQ_U64(spec.external_seed, 9);

    CHECK(kro__spec_parse(NULL, &spec, message, sizeof message) && !spec.reorder);
    CHECK(kro__spec_parse("", &spec, message, sizeof message) && !spec.count);
    CHECK(kro__spec_parse("count;", &spec, message, sizeof message) && spec.count);
    CHECK(kro__spec_parse("external", &spec, message, sizeof message) && spec.external);
    CHECK_EQ_U64(spec.external_us, 0);
    CHECK(kro__spec_parse("fail=vkCreateFence:1:VK_ERROR_DEVICE_LOST:from:unlisted;"
                          "fail=vkWaitForFences:1:VK_TIMEOUT;fail=vkCreateFence:1:VK_ERROR_UNKNOWN",
                          &spec, message, sizeof message) &&
          spec.fails[0].from && !spec.fails[1].from);
}

TEST(a_bad_spec_names_the_bad_part)
{
    static const char *const rows[][2] = {
        {"bogus", "'bogus'"},
        {"count;;count", "''"},
        {"count=1", "takes no value"},
        {"report", "needs a path"},
        {"capture=", "needs a path"},
        {"fail=vkAllocateMemory:3", "fail=FUNCTION:N:RESULT"},
        {"fail=vkAllocateMemories:3:VK_ERROR_DEVICE_LOST", "'vkAllocateMemories'"},
        {"fail=vkCmdDispatch:3:VK_ERROR_DEVICE_LOST", "returns no VkResult: 'vkCmdDispatch'"},
        {"fail=vkAllocateMemory:0:VK_ERROR_DEVICE_LOST", "instead of '0'"},
        {"fail=vkAllocateMemory:-1:VK_ERROR_DEVICE_LOST", "instead of '-1'"},
        {"fail=vkAllocateMemory:1:VK_ERROR_BAD_MOOD", "'VK_ERROR_BAD_MOOD'"},
        {"fail=vkAllocateMemory:1:VK_ERROR_DEVICE_LOST:ever", "'ever'"},
        {"fail=vkCreateFence:1:VK_ERROR_DEVICE_LOST", "never has (or add :unlisted)"},
        {"lose=", "needs a number"},
        {"hide=timeline,tiemline", "'tiemline'"},
        {"api=1.4", "1.1, 1.2 or 1.3"},
        {"limit=maxFun:3", "'maxFun'"},
        {"limit=maxPushConstantsSize", "NAME:VALUE"},
        {"limit=maxPushConstantsSize:many", "'many'"},
        {"budget=0", "needs a number"},
        {"dedicated=1", "takes no value"},
        {"split_queues=1", "'2 to 16'"},
        {"delay=0", "needs a number"},
        {"reorder", "needs a number"},
        {"reorder=18446744073709551616", "needs a number"},
        {"reorder=1;drop=wall:1", "level, entry or exit"},
        {"reorder=1;drop=level:x", "'x'"},
        {"drop=level:1", "without 'reorder=SEED'"},
        {"reorder=1;drop=exit", "without 'exits'"},
        {"exits=some", "'all'"},
        {"plant", "knows no fault ''"},
        {"plant=spirv/IAdd", "'spirv/IAdd'"},
        {"reach", "needs a path"},
        {"external=1000001", "instead of '1000001'"},
        {"external=", "instead of ''"},
        {"external=5:late", "instead of 'late'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char message[512] = "";
        kro__spec spec = {.seed = 77};
        CHECK(!kro__spec_parse(rows[i][0], &spec, message, sizeof message));
        CHECK_CONTAINS(message, "KRONOS_PROXY: '");
        CHECK_CONTAINS(message, rows[i][1]);
        CHECK_EQ_U64(spec.seed, 77); // untouched
    }
}
