// kronos repro: what it writes is compiled and run without Kronos.
#include "kronos.h"

#include <string.h>
#include <stdio.h>

#include "loader.h"
#include "os/files.h"

static const char LOOP[] = "conformance/loops/loop_trip_count/65536";
static const char EXP[] = "conformance/precision/single_sampled/exp";
static const char ADD[] = "conformance/dispatch/dispatch_adds_vectors";

// A driver that computes, and what the archive's README asks for.
static bool is_ready(kt_test *t)
{
    const char *missing = NULL;
    if (program_shell(t, "kronos run %s", ADD).code == 77)
        missing = "a Vulkan driver";
    else if (program_shell(t, "command -v cc && command -v tar && command -v spirv-dis").code)
        missing = "cc, tar and spirv-dis";
    else if (program_shell(t, "printf 'int main(void) { return 0; }' | cc -x c - -o /dev/null "
                              "-lvulkan")
                 .code)
        missing = "a loader to link with";
    if (missing)
        SKIP(t, "%s", missing);
    return !missing;
}

// Makes an archive in a folder, unpacks it there and compiles its program.
static program_end make(kt_test *t, const char *folder, const char *case_name, const char *options)
{
    program_end end =
        program_shell(t, "cd %s && kronos repro %s -o it.tar %s", folder, case_name, options);
    if (!CHECK_EQ_I64(end.code, 0)) {
        LOGF(t, "%s", end.output);
        return end;
    }
    program_end built = program_shell(
        t,
        "cd %s && tar -xf it.tar && cd it && cc -std=c11 -Wall -Wpedantic -Werror repro.c -o "
        "repro -lvulkan",
        folder);
    if (!CHECK_EQ_I64(built.code, 0))
        LOGF(t, "%s", built.output);
    return end;
}

static program_end run(kt_test *t, const char *folder)
{
    return program_shell(t, "cd %s/it && ./repro", folder);
}

// Whether the driver here has the fault, as the case found it.
static bool check_reproduced(kt_test *t, const char *case_name, const char *wrong)
{
    const char *folder = program_folder(t);
    const bool faulty = strstr(make(t, folder, case_name, "").output, "found wrong");
    program_end end = run(t, folder);
    CHECK_EQ_I64(end.code, faulty ? 1 : 0);
    if (faulty) {
        CHECK_CONTAINS(end.output, wrong);
        CHECK_CONTAINS(end.output, "these are the recorded bytes");
    } else {
        CHECK_CONTAINS(end.output, "the result is right");
    }
    return faulty;
}

// Loops that end after 65,535 rounds (lavapipe).
TEST(a_loop_that_ends_early_is_reproduced_without_kronos)
{
    if (is_ready(t))
        check_reproduced(t, LOOP, "byte 0 is 0xff, not 0x00");
}

// One of 16,384 results is beyond its bounds (lavapipe): those of numbers, not of bytes.
TEST(a_function_beyond_its_bounds_is_reproduced_without_kronos)
{
    if (is_ready(t))
        check_reproduced(t, EXP, "numbers are wrong; number 2048 is 0.9558002");
}

TEST(a_case_that_passes_gives_a_program_that_passes)
{
    const char *folder = program_folder(t);
    if (!is_ready(t))
        return;
    CHECK_CONTAINS(make(t, folder, ADD, "").output, "whose result the case found right");
    program_end end = run(t, folder);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "the result is right");
    // A result that is not what was expected, and a file that is gone.
    CHECK_EQ_I64(
        program_shell(t, "cd %s/it && printf x | dd of=expected.bin conv=notrunc", folder).code, 0);
    end = run(t, folder);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "1 of 4000 bytes are wrong; byte 0 is");
    CHECK_EQ_I64(program_shell(t, "cd %s/it && rm buffer0.bin", folder).code, 0);
    end = run(t, folder);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "repro: cannot read buffer0.bin");
    CHECK_EQ_I64(program_shell(t, "cd %s/it && ./repro 'no such device'", folder).code, 2);
    CHECK_EQ_I64(program_shell(t, "cd %s/it && ./repro --help", folder).code, 0);
}

// Whatever a dispatch is bound to is in its program.
TEST(dispatches_of_every_kind_are_reproduced)
{
    static const char *const CASES[] = {
        "bindings/array_of_buffers_keeps_its_order",
        "bindings/one_buffer_serves_eight_bindings",
        "bindings/sets_and_bindings_may_have_gaps",
        "bindings/uniform_buffer_of_16_kib_is_read_whole",
        "indirect/indirect_sees_counts_of_a_kernel",
        "push_constants/push_constants_of_every_size_arrive",
        "spec_constants/constants_of_32_bits_take_their_values",
    };
    if (!is_ready(t))
        return;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char name[128];
        snprintf(name, sizeof name, "conformance/%s", CASES[i]);
        const char *folder = program_folder(t);
        LOGF(t, "%s", name);
        CHECK_CONTAINS(make(t, folder, name, "").output, "whose result the case found right");
        CHECK_EQ_I64(run(t, folder).code, 0);
    }
}

// Another driver is judged by what the recorded one should have computed.
TEST(another_driver_is_judged_by_the_same_program)
{
    const char *folder = program_folder(t);
    if (KRONOS_SANITIZED) {
        SKIP(t, "the null driver without sanitizers, which the program does not have");
        return;
    }
    if (!is_ready(t))
        return;
    make(t, folder, ADD, "");
    if (!loader_use_null(t))
        return;
    program_end end = run(t, folder);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "other bytes were recorded");
}

TEST(everything_that_is_promised_is_in_the_archive)
{
    static const char *const FILES[] = {
        "README.md",         "repro.c",    "kernel.spv",   "kernel.spvasm", "buffer0.bin",
        "buffer2.after.bin", "actual.bin", "expected.bin", "device.json",   "kernel.amber",
    };
    const char *folder = program_folder(t);
    if (!is_ready(t))
        return;
    make(t, folder, ADD, "--seed 7");
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "it/%s", FILES[i]);
        if (!CHECK(kt_file_exists(program_path(t, folder, name))))
            LOGF(t, "%s", FILES[i]);
    }
    CHECK_CONTAINS(program_read(t, folder, "it/README.md"), ADD);
    CHECK_CONTAINS(program_read(t, folder, "it/README.md"), "with seed 7 on");
    CHECK_CONTAINS(program_read(t, folder, "it/kernel.spvasm"), "OpEntryPoint GLCompute");
    CHECK_CONTAINS(program_read(t, folder, "it/kernel.amber"), "\nRUN dispatch ");
    CHECK(!strchr(program_read(t, folder, "it/README.md"), '@'));
    CHECK(!strstr(program_read(t, folder, "it/repro.c"), "kronos.h"));
    const char *device = program_read(t, folder, "it/device.json");
    CHECK_CONTAINS(device, "\"driver_library_sha256\"");
    CHECK(!strstr(device, "kronos_proxy"));
}

TEST(the_same_case_gives_the_same_archive)
{
    const char *folder = program_folder(t);
    if (!is_ready(t))
        return;
    program_end end = program_shell(t,
                                    "cd %s && kronos repro %s -o it.tar && mkdir again && cd again "
                                    "&& sleep 1 && kronos repro %s -o it.tar && cmp it.tar "
                                    "../it.tar",
                                    folder, LOOP, LOOP);
    if (!CHECK_EQ_I64(end.code, 0))
        LOGF(t, "%s", end.output);
}

TEST(what_cannot_be_reproduced_is_told)
{
    static const struct {
        const char *arguments;
        int code;
        const char *sentence;
    } ROWS[] = {
        {"", 2, "kronos: repro takes a case; 'kronos list' lists them\n"},
        {"conformance/loops/x -o it.tar", 2, "there is no case 'conformance/loops/x'"},
        {"conformance/loops/loop_trip_count -o it.tar", 2,
         "conformance/loops/loop_trip_count is several cases, one has to be named, such as "
         "conformance/loops/loop_trip_count/65535\n"},
        {"conformance/dispatch/dispatch_adds_vectors", 2, "repro needs -o TAR"},
        {"conformance/dispatch/dispatch_adds_vectors -o /nonexistent/it.tar", 2,
         "-o /nonexistent/it.tar cannot be written: No such file or directory\n"},
        {"conformance/dispatch/dispatch_adds_vectors -o it.tar --dispatch 2", 2,
         "--dispatch 2: the case makes 1\n"},
        {"conformance/dispatch/dispatch_adds_vectors -o it.tar --dispatch 0", 2,
         "--dispatch is a number from 1, not '0'\n"},
        {"conformance/bindings/device_addresses_need_not_be_listed -o it.tar", 2,
         " reaches memory by its address"},
        {"conformance/buffers/buffers_of_any_byte_size_keep_their_bytes -o it.tar", 2,
         "dispatches nothing that could be recorded\n"},
        {"conformance/dispatch/dispatch_adds_vectors -o it.tar --device nothing", 3, "nothing"},
    };
    const char *folder = program_folder(t);
    if (!is_ready(t))
        return;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = program_shell(t, "cd %s && kronos repro %s", folder, ROWS[i].arguments);
        LOGF(t, "kronos repro %s: %s", ROWS[i].arguments, end.output);
        CHECK_EQ_I64(end.code, ROWS[i].code);
        CHECK_CONTAINS(end.output, ROWS[i].sentence);
        CHECK(!kt_file_exists(program_path(t, folder, "it.tar")));
    }
}
