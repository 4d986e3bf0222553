// Each example as the process that it is, with each Vulkan call of it, and each allocation that the
// library makes for it, failing in turn: it ends with an exit code and a sentence, or does without;
// it never crashes, hangs or leaves objects behind.
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drivers/shared/counts.h"
#include "guest_program.h"
#include "proxied.h"
#include "torture_place.h"

// A sample takes one point of so many: a prime, so that it meets each call of a loop.
enum { TEXT_BYTES = 8192, PATH_BYTES = 4096, SPEC_BYTES = 3 * PATH_BYTES, SAMPLE_STRIDE = 31 };

// What examples/CMakeLists.txt runs, and what its tests expect it to print.
static const struct example {
    const char *name, *argument, *output;
} examples[] = {
#define EXAMPLE(name, argument, output) {#name, argument, output},
#include "examples.def"
#undef EXAMPLE
};

TEST_PARAMS(tortured_examples)
{
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        kt_param(params, "%s.once", examples[i].name);
        kt_param(params, "%s.on", examples[i].name);
    }
}

// Every call that may fail may fail with the first or with the second.
static const char *const results[] = {"VK_ERROR_OUT_OF_HOST_MEMORY", "VK_ERROR_DEVICE_LOST"};

typedef struct torture {
    kt_test *t;
    const struct example *example;
    regex_t right; // what it prints when nothing fails
    bool later;
    const char *folder;
    char drivers[PATH_BYTES], out[PATH_BYTES], err[PATH_BYTES], left[PATH_BYTES];
    char counts_path[PATH_BYTES], program[PATH_BYTES], argument[PATH_BYTES];
    bool computes;                              // what it prints can be right
    char preload[PATH_BYTES], made[PATH_BYTES]; // guest_heap.c, and where it counts; "": neither
    uint32_t stride;                            // every how many points one fails
    uint32_t failed, survived;
} torture;

// How many calls were made that may return a result.
static uint64_t calls_that_may(const kro__counts *counts, const char *result)
{
    uint64_t total = 0;
    for (int i = 0; i < KRO__CALL_COUNT; i++)
        if (kro__vk_has_word(kro__vk_calls[i].errors, result))
            total += atomic_load(&counts->calls[i].value);
    return total;
}

// Nothing is left where every line of the proxy's is its beginning or its end, and both are there.
static bool left_nothing(const char *lines)
{
    bool ends = false;
    for (const char *line = lines; *line; line += strcspn(line, "\n") + 1) {
        char what[64] = "";
        if (sscanf(line, "%*s %*s %63s", what) != 1)
            return false;
        ends = !strcmp(what, "end");
        if (!ends && strcmp(what, "begin") != 0)
            return false;
    }
    return ends;
}

// It has printed what its test in examples/ expects, which sees both streams as one.
static bool printed_right(const torture *it, const char *out, const char *err)
{
    char both[2 * TEXT_BYTES];
    snprintf(both, sizeof both, "%s%s", err, out);
    return regexec(&it->right, out, 0, NULL, 0) == 0 || regexec(&it->right, both, 0, NULL, 0) == 0;
}

// Examples that link Vulkan's loader and speak Vulkan themselves. They end by exit() where a call
// of theirs fails.
static bool speaks_vulkan(const struct example *example)
{
    return !strcmp(example->name, "standard_vulkan") || !strcmp(example->name, "imported_device");
}

static void judge(torture *it, guest_end end, const char *spec)
{
    kt_test *t = it->t;
    char out[TEXT_BYTES], err[TEXT_BYTES], left[TEXT_BYTES];
    guest_read(it->out, out, sizeof out);
    guest_read(it->err, err, sizeof err);
    guest_read(it->left, left, sizeof left);
    bool right = CHECK(end.started && !end.late && !end.signaled);
    if (end.code == 0)
        right = (!it->computes || CHECK(printed_right(it, out, err))) && right;
    else // tests of kernels say what is wrong where they say what is right
        right = CHECK(strlen(err) + strlen(out) > 20) && right;
    // Without memory it may end before there is a driver that could say anything.
    if ((end.code == 0 || !speaks_vulkan(it->example)) &&
        !(end.code != 0 && it->preload[0] && !*left))
        right = CHECK(left_nothing(left)) && right;
    if (!right)
        LOGF(t, "%s %d%s after %s\n%s%s%s", end.signaled ? "signal" : "code", end.code,
             end.late ? ", ended by us" : "", spec, out, err, left);
}

// Runs the example once, with a word for the proxy and one for its heap, and counts what it calls.
static bool run(torture *it, const char *fail, const char *heap, kro__counts *sum)
{
    kt_test *t = it->t;
    char spec[SPEC_BYTES], message[256];
    kro__counts *counts = kro__counts_map(it->counts_path, true, message, sizeof message);
    FILE *left = fopen(it->left, "w"); // the proxy appends to what is there
    if (!counts || !left) {
        FAILF(t, "%s", counts ? it->left : message);
        return false;
    }
    (void)fclose(left);
    snprintf(spec, sizeof spec, "counts=%s;leftovers=%s;%s", it->counts_path, it->left, fail);
    const guest_program program = {.path = it->program,
                                   .argument = it->example->argument ? it->argument : NULL,
                                   .folder = it->folder,
                                   .out = it->out,
                                   .err = it->err,
                                   .spec = spec,
                                   .drivers = it->drivers,
                                   .preload = it->preload[0] ? it->preload : NULL,
                                   .heap = heap};
    const guest_end end = guest_program_run(&program);
    memcpy(sum, counts, sizeof *sum);
    (void)munmap(counts, sizeof *counts);
    judge(it, end, *heap ? heap : fail);
    if (*fail || *heap) {
        it->failed += end.code != 0;
        it->survived += end.code == 0;
    }
    return end.started;
}

static void path_in(const torture *it, char out[PATH_BYTES], const char *name)
{
    snprintf(out, PATH_BYTES, "%s/%s", it->folder, name);
}

static bool begin(torture *it, const char *param, bool null_driver)
{
    kt_test *t = it->t;
    torture_place place;
    const size_t length = strcspn(param, ".");
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strlen(examples[i].name) == length && !strncmp(examples[i].name, param, length))
            it->example = &examples[i];
    it->later = !strcmp(param + length, ".on");
    if (!torture_place_begin(&place, t, "", null_driver))
        return false;
    it->folder = place.folder;
    it->computes = place.computes;
    path_in(it, it->out, "out");
    path_in(it, it->err, "err");
    path_in(it, it->left, "left");
    path_in(it, it->counts_path, "counts");
    const char *proxy = kt_proxy_driver(t);
    // Those that open a device by Kronos need no loader. Mesa's layer crashes where the driver's
    // vkEnumeratePhysicalDevices fails.
    kt_set_environment(t, "KRONOS_DRIVER", null_driver ? place.config.driver : proxy);
    if (null_driver) // for those that open it by the loader
        kt_set_environment(t, "KRONOS_PROXY_DRIVER", kt_null_driver(t));
    kt_set_environment(t, "NODEVICE_SELECT", "1");
    kt_set_environment(t, "KRONOS_LOG", "error"); // warnings would stand between lines
    const int folder_bytes = (int)(strrchr(proxy, '/') - proxy);
    snprintf(it->drivers, sizeof it->drivers, "%.*s/kronos_proxy.json", folder_bytes, proxy);
    snprintf(it->program, sizeof it->program, "%.*s/" LEAKCHECK_BUILD_FROM_DRIVERS "/bin/%s",
             folder_bytes, proxy, it->example->name);
    if (it->example->argument)
        snprintf(it->argument, sizeof it->argument, "%.*s/" LEAKCHECK_BUILD_FROM_DRIVERS "/%s",
                 folder_bytes, proxy, it->example->argument);
    if (access(it->program, X_OK) != 0) {
        SKIP(t, "there is no %s", it->program);
        return false;
    }
    // Changed by each run, and put back when the case ends.
    kt_set_environment(t, "KRONOS_PROXY", "");
    kt_set_environment(t, "VK_DRIVER_FILES", it->drivers);
    return CHECK(regcomp(&it->right, it->example->output, REG_EXTENDED | REG_NOSUB) == 0);
}

// `count` calls of a function, or of any, fail in turn, or every so many of them.
static bool fail_calls(torture *it, const char *function, uint64_t count, const char *result)
{
    kro__counts *counts = kt_alloc(it->t, sizeof *counts);
    bool goes_on = true;
    for (uint64_t nth = 1; goes_on && nth <= count; nth += it->stride) {
        char fail[256];
        snprintf(fail, sizeof fail, "fail=%s:%" PRIu64 ":%s%s", function, nth, result,
                 it->later ? ":from" : "");
        goes_on = run(it, fail, "", counts);
    }
    return goes_on;
}

// What the loader looks for devices with. It crashes (1.3.239) where the driver fails it there.
static bool is_the_loaders(int call)
{
    return call == KRO__CALL_vkEnumeratePhysicalDevices ||
           call == KRO__CALL_vkEnumerateDeviceExtensionProperties;
}

// Programs that link the loader have each of the other functions fail on its own.
static bool fail_points(torture *it, const kro__counts *clean, const char *result)
{
    if (!speaks_vulkan(it->example))
        return fail_calls(it, "any", calls_that_may(clean, result), result);
    bool goes_on = true;
    for (int i = 0; i < KRO__CALL_COUNT && goes_on; i++)
        if (!is_the_loaders(i) && kro__vk_has_word(kro__vk_calls[i].errors, result))
            goes_on =
                fail_calls(it, kro__vk_calls[i].name, atomic_load(&clean->calls[i].value), result);
    return goes_on;
}

static void fail_vulkan_calls(kt_test *t, const char *param, uint32_t stride)
{
    torture it = {.t = t, .stride = stride};
    if (!begin(&it, param, false))
        return;
    kro__counts *clean = kt_alloc(t, sizeof *clean);
    bool goes_on = run(&it, "", "", clean);
    for (size_t i = 0; i < sizeof results / sizeof results[0] && goes_on; i++)
        goes_on = fail_points(&it, clean, results[i]);
    regfree(&it.right);
    LOGF(t, "points: %u failed, %u survived", it.failed, it.survived);
}

TEST_FAMILY_CASE(any_vulkan_call_of_an_example_may_fail)
{
    fail_vulkan_calls(t, param, 1);
}

TEST_FAMILY_CASE(a_vulkan_call_of_an_example_may_fail)
{
    fail_vulkan_calls(t, param, SAMPLE_STRIDE);
}

// How many allocations the library made in the last run.
static uint64_t allocations(const torture *it)
{
    char text[64];
    guest_read(it->made, text, sizeof text);
    return strtoull(text, NULL, 10);
}

TEST_PARAMS(examples_of_the_library)
{
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(examples[i].name, "standard_vulkan") != 0) { // what they are compared with
            kt_param(params, "%s.once", examples[i].name);
            kt_param(params, "%s.on", examples[i].name);
        }
}

// Over the null driver, which the library's allocations do not depend on: so many processes start
// and end in little time there.
static void fail_allocations(kt_test *t, const char *param, uint32_t stride)
{
    torture it = {.t = t, .stride = stride};
    if (!*LEAKCHECK_GUEST_HEAP) {
        SKIP(t, "a heap without a sanitizer");
        return;
    }
    if (!begin(&it, param, true))
        return;
    const int folder_bytes = (int)(strrchr(it.drivers, '/') - it.drivers);
    snprintf(it.preload, sizeof it.preload,
             "%.*s/" LEAKCHECK_BUILD_FROM_DRIVERS "/" LEAKCHECK_GUEST_HEAP, folder_bytes,
             it.drivers);
    path_in(&it, it.made, "made");
    kt_set_environment(t, "KRONOS_GUEST_HEAP", "");
    kt_set_environment(t, "KRONOS_GUEST_HEAP_COUNT", it.made);
    kro__counts *counts = kt_alloc(t, sizeof *counts);
    bool goes_on = run(&it, "", "", counts);
    const uint64_t count = allocations(&it);
    CHECK(count > 20);
    for (uint64_t nth = 1; goes_on && nth <= count && !kt_has_failed(t); nth += stride) {
        char heap[64];
        snprintf(heap, sizeof heap, "%" PRIu64 "%s", nth, it.later ? ":from" : "");
        goes_on = run(&it, "", heap, counts);
        CHECK(allocations(&it) >= nth);
    }
    regfree(&it.right);
    LOGF(t, "points: %u failed, %u survived", it.failed, it.survived);
}

TEST_FAMILY_CASE(any_allocation_of_an_example_may_fail)
{
    fail_allocations(t, param, 1);
}

TEST_FAMILY_CASE(an_allocation_of_an_example_may_fail)
{
    fail_allocations(t, param, SAMPLE_STRIDE);
}
