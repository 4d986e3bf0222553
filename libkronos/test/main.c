#include "kernel_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_UNUSABLE = 3,
    EXIT_SKIPPED = 77,
};

typedef struct run {
    const kro_test_case *cases;
    size_t case_count;
    char **filters; // words of the command line
    int filter_count;
    kro_context *ctx;
    kro_test *current; // NULL between tests
    unsigned passed, failed, skipped;
} run;

static bool is_selected(const run *r, const char *name)
{
    for (int i = 0; i < r->filter_count; i++)
        if (strstr(name, r->filters[i]))
            return true;
    return r->filter_count == 0;
}

static void help(const char *program)
{
    printf("usage: %s [--list] [PART ...]\n\n"
           "Runs tests of kernels; with PARTs only those whose name contains one of them.\n\n"
           "  --list  print their names and run nothing\n"
           "  --help  this text\n\n"
           "KRONOS_DEVICE and KRONOS_DRIVER choose the device, KRONOS_VALIDATION=1 loads the\n"
           "validation layer, KRONOS_PLAIN=1 runs one operation after the other.\n\n"
           "Exit codes: 0 passed, 1 failed, 2 wrong usage, 3 the device cannot be used,\n"
           "77 nothing ran: no device, or every test skipped itself.\n",
           program);
}

// An error of the driver or the validation layer fails the test that it happens in.
static void log_line(void *user, kro_log_level level, const char *message)
{
    run *r = user;
    if (level == KRO_LOG_ERROR && r->current)
        kro_test_fail(r->current, NULL, 0, "%s", message);
    else if (level != KRO_LOG_INFO)
        printf("%s\n", message);
}

// Opens the device.
//
// Returns: EXIT_PASSED, or the code to end with; why has been said.
static int open_device(run *r)
{
    const char *wish = getenv("KRONOS_DEVICE");
    kro_status status =
        kro_context_create(&(kro_context_config){.log = log_line, .log_user = r}, &r->ctx);
    if (status == KRO_OK)
        return EXIT_PASSED;
    printf("no device: %s: %s\n", kro_status_name(status), kro_error_detail());
    // A device that was asked for and is not there is no reason to skip.
    bool none = status == KRO_ERROR_NO_DRIVER || status == KRO_ERROR_NO_DEVICE;
    return none && !(wish && *wish) ? EXIT_SKIPPED : EXIT_UNUSABLE;
}

// Waits for what the test left on the default stream, so that it fails this test and no other.
static void finish_stream(run *r, kro_test *t)
{
    kro_status status = kro_finish(kro_context_stream(r->ctx));
    if (status < 0 && (atomic_load(&t->failures) == 0 || status == KRO_ERROR_DEVICE_LOST))
        kro__test_fail_status(t, NULL, 0, "what it left on the default stream", status);
    kro__test_release(t);
    r->current = NULL;
    if (atomic_load(&t->lost)) {
        kro_context_destroy(r->ctx);
        r->ctx = NULL;
    }
}

static void run_case(run *r, const kro_test_case *test_case)
{
    kro_test t = {.name = test_case->name, .ctx = r->ctx};
    r->current = &t;
    test_case->run(&t);
    finish_stream(r, &t);
    if (!atomic_load(&t.failures) && !atomic_load(&t.skipped) && !atomic_load(&t.checks))
        kro_test_fail(&t, NULL, 0, "it checked nothing");
    const char *verdict = "ok";
    if (atomic_load(&t.failures)) {
        r->failed++;
        verdict = "FAILED";
    } else if (atomic_load(&t.skipped)) {
        r->skipped++;
        verdict = "skipped";
    } else {
        r->passed++;
    }
    printf("%-7s %s\n", verdict, test_case->name);
    fflush(stdout);
}

static int run_cases(run *r)
{
    int code = open_device(r);
    if (code != EXIT_PASSED)
        return code;
    const kro_device_info *info = kro_context_info(r->ctx);
    printf("on %s, %s\n", info->name,
           *info->driver_info ? info->driver_info : info->driver_version);
    for (size_t i = 0; i < r->case_count && code == EXIT_PASSED; i++) {
        if (!is_selected(r, r->cases[i].name))
            continue;
        run_case(r, &r->cases[i]);
        if (!r->ctx) // it lost the device
            code = open_device(r);
    }
    kro_context_destroy(r->ctx);
    printf("%u passed, %u failed, %u skipped\n", r->passed, r->failed, r->skipped);
    if (code != EXIT_PASSED)
        return EXIT_UNUSABLE;
    if (r->failed)
        return EXIT_FAILED;
    return r->passed ? EXIT_PASSED : EXIT_SKIPPED;
}

static int refuse(const char *program, const char *what, const char *word)
{
    fprintf(stderr, "%s: %s%s%s; see --help\n", program, what, word ? " " : "", word ? word : "");
    return EXIT_USAGE;
}

// Prints the names of the selected tests, if wanted.
//
// Returns: how many they are.
static size_t list(const run *r, bool print)
{
    size_t count = 0;
    for (size_t i = 0; i < r->case_count; i++) {
        if (!is_selected(r, r->cases[i].name))
            continue;
        count++;
        if (print)
            puts(r->cases[i].name);
    }
    return count;
}

int kro_test_main(int argc, char **argv, const kro_test_case *cases, size_t count)
{
    const char *program = argc > 0 ? argv[0] : "test";
    bool only_list = false;
    run r = {.cases = cases, .case_count = count, .filters = argv};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            help(program);
            return EXIT_PASSED;
        }
        if (!strcmp(argv[i], "--list"))
            only_list = true;
        else if (argv[i][0] == '-')
            return refuse(program, "unknown option", argv[i]);
        else
            r.filters[r.filter_count++] = argv[i];
    }
    if (list(&r, only_list) == 0)
        return refuse(program, count ? "no test has a name with" : "the table of tests is empty",
                      count ? r.filters[0] : NULL);
    return only_list ? EXIT_PASSED : run_cases(&r);
}
