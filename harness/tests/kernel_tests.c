// kronos/test.h, as its users see it: programs of tests of kernels, run from outside.
#include "program.h"

#include <stdlib.h>
#include <string.h>

// The sample in both languages.
static const char *const PROGRAMS[] = {"kronos-kernel-sample", "kronos-kernel-sample-cpp"};
enum { PROGRAM_COUNT = sizeof PROGRAMS / sizeof PROGRAMS[0] };

// Whether there is a device to run on.
static bool has_device(kt_test *t)
{
    program_end end = RUN_PROGRAM(PROGRAMS[0], "adds_vectors");
    if (end.code == 77)
        SKIP(t, "a device: %s", end.output);
    return end.code != 77;
}

TEST(kernel_tests_pass_in_c_and_cpp)
{
    if (!has_device(t))
        return;
    for (int i = 0; i < PROGRAM_COUNT; i++) {
        program_end end = RUN_PROGRAM(PROGRAMS[i], "right/");
        CHECK_EQ_I64(end.code, 0);
        CHECK_CONTAINS(end.output, "ok      right/takes_every_option\n");
        CHECK_CONTAINS(end.output, "4 passed, 0 failed, 0 skipped\n");
    }
}

TEST(kernel_tests_say_what_is_wrong)
{
    static const char *const ROWS[][2] = {
        {"floats_differ",
         "floats[1] is 2 (0x40000000), not want[1] = 2.00000048 (0x40000002), 2 ulp "
         "away: 2 of 5 differ"},
        {"doubles_differ", "doubles[0] is 0.5 (0x3fe0000000000000), not &want[0] = 0.25"},
        {"halves_differ",
         "halves[0] is 1 (0x3c00), not &want[0] = 1.002 (0x3c02), 2 ulp away: 1 of 1"},
        {"integers_differ", "integers[1] is -2 (0xfffe), not want[1] = 2 (0x0002): 1 of 2 differ"},
        {"nothing_was_written", "[0] is 4294967295 (0xffffffff), not want[0] = 0"},
        {"compares_nothing", "is compared with 0 elements of want"},
        {"compares_too_much", "has 4 bytes, and the check compares 8"},
        {"has_no_buffer", "a buffer: KRO_ERROR_INVALID_ARGUMENT: "},
        {"has_no_pipeline", "a pipeline: KRO_ERROR_INVALID_SHADER: "},
        {"leaves_an_error_behind",
         "what it left on the default stream: KRO_ERROR_INVALID_ARGUMENT"},
        {"fails_a_lot", "i < 0 is false\nmore failures follow; they are not shown\nFAILED  "},
        {"checks_nothing", "it checked nothing"},
        {"skips_too_late", "kernel_sample.c:"},
        {"skips_too_late", ": 3 is too many\n"},
    };
    if (!has_device(t))
        return;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = RUN_PROGRAM(PROGRAMS[i % PROGRAM_COUNT], ROWS[i][0]);
        CHECK_EQ_I64(end.code, 1);
        CHECK_CONTAINS(end.output, ROWS[i][1]);
        CHECK_CONTAINS(end.output, "\n0 passed, 1 failed, 0 skipped\n");
    }
    // Each test begins afresh.
    program_end all = RUN_PROGRAM(PROGRAMS[0]);
    CHECK_EQ_I64(all.code, 1);
    CHECK_CONTAINS(all.output, "ok      right/uses_the_context\n4 passed, 13 failed, 1 skipped\n");
}

TEST(kernel_tests_are_listed_and_chosen)
{
    program_end end = RUN_PROGRAM(PROGRAMS[0], "--list", "differ");
    CHECK_EQ_I64(end.code, 0);
    CHECK_EQ_STRING(end.output, "floats_differ\ndoubles_differ\nhalves_differ\nintegers_differ\n");
    end = RUN_PROGRAM(PROGRAMS[0], "--help");
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "[--list] [PART ...]");
    end = RUN_PROGRAM(PROGRAMS[0], "absent");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "no test has a name with absent");
    end = RUN_PROGRAM(PROGRAMS[0], "--dance");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "unknown option --dance");
}

TEST(kernel_tests_skip_only_for_good_reasons)
{
    if (has_device(t)) {
        program_end end = RUN_PROGRAM(PROGRAMS[0], "skips_itself");
        CHECK_EQ_I64(end.code, 77);
        CHECK_CONTAINS(end.output, "the device has no patience\nskipped skips_itself\n");
    }
    kt_set_environment(t, "VK_DRIVER_FILES", "/nonexistent/driver.json");
    kt_set_environment(t, "VK_ICD_FILENAMES", NULL);
    program_end end = RUN_PROGRAM(PROGRAMS[0]);
    CHECK_EQ_I64(end.code, 77);
    CHECK_CONTAINS(end.output, "no device: KRO_ERROR_NO_D");
    kt_set_environment(t, "KRONOS_DEVICE", "vendor:nobody");
    end = RUN_PROGRAM(PROGRAMS[0]);
    CHECK_EQ_I64(end.code, 3);
}

// The proxy loses each device at its first submission, which only one of these tests gets to: on
// drivers whose memory the host can reach, buffers are filled without one.
TEST(kernel_tests_go_on_after_a_lost_device)
{
    const char *driver = getenv("VK_DRIVER_FILES");
    if (!driver || !strstr(driver, "lvp_icd")) {
        SKIP(t, "Mesa's CPU driver in VK_DRIVER_FILES");
        return;
    }
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", driver);
    kt_set_environment(t, "KRONOS_DRIVER", kt_proxy_driver(t));
    kt_set_environment(t, "KRONOS_PROXY", "lose=1");
    program_end end = RUN_PROGRAM(PROGRAMS[0], "adds_vectors", "takes_every");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "sum: KRO_ERROR_DEVICE_LOST: ");
    CHECK_CONTAINS(end.output, "FAILED  right/adds_vectors\nok      right/takes_every_type\n");
    CHECK_CONTAINS(end.output, "2 passed, 1 failed, 0 skipped\n");
}
