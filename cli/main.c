#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "child.h"
#include "kronos_build.h"
#include "os/streams.h"

typedef struct command {
    const char *name;
    int (*run)(int count, char **arguments);
    const char *help;
} command;

static const command COMMANDS[] = {
    {"bind", cli_bind, "write a C header for a shader"},
    {"certify", cli_certify, "run the suites on every device here and write certificates"},
    {"count", cli_count, "count what a Vulkan program does, against a budget"},
    {"diff", cli_diff, "compare two folders of results: is the second worse?"},
    {"doctor", cli_doctor, "say what keeps this machine from computing, and what to do"},
    {"expect", cli_expect, "make a patch of known faults from results"},
    {"info", cli_info, "show the devices, and what chooses the drivers"},
    {"leaks", cli_leaks, "list what a Vulkan program left behind; or does Kronos leak here?"},
    {"list", cli_list, "list the cases"},
    {"new", cli_new, "start a project: a kernel, a program, a test"},
    {"perf", cli_perf, "measure what dispatches cost beside hand-written Vulkan"},
    {"report", cli_report, "make a web page of results"},
    {"repro", cli_repro, "make of one case a program that needs no Kronos"},
    {"run", cli_run, "run some cases on one device"},
    {"selftest", cli_selftest, "plant faults in the driver: does the suite notice?"},
    {"threads", cli_threads, "play threads in many orders: does the library hold?"},
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static int help(void)
{
    puts("Kronos shows whether a Vulkan driver computes right.\n\n"
         "usage: kronos COMMAND [options]\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("  %-9s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    puts("\nFirst steps:\n"
         "  kronos info                             which devices are there?\n"
         "  kronos doctor                           none, or the wrong ones: what to do?\n"
         "  kronos certify                          are their drivers right? about a minute each\n"
         "  kronos certify --device type:discrete   only that one\n"
         "  kronos run 'conformance/copies/*'       one group of cases, on the best device\n"
         "  kronos run --here NAME                  one case under a debugger\n"
         "  kronos diff out/before out/now          what changed between two certificates\n"
         "  kronos new wave                         a project of your own, in a new folder\n"
         "\n'kronos COMMAND --help' lists a command's options, 'kronos --version' says which it "
         "is.\n"
         "\nEnvironment:\n"
         "  KRONOS_DEVICE, KRONOS_DRIVER   stand in for --device and --driver\n"
         "  KRONOS_VALIDATION=1            load the Khronos validation layer; what it says fails "
         "the\n"
         "                                 case that caused it\n"
         "  KRONOS_PLAIN=1                 plain Vulkan without scheduling, to find out who is "
         "wrong\n"
         "  KRONOS_EXTRA_DRIVERS=A:B       manifests of more drivers for certify\n"
         "  VK_DRIVER_FILES and the Vulkan loader's other variables work as always\n"
         "\nExit codes:\n"
         "  0   as expected: every fault is a known one (with --strict: no fault at all)\n"
         "  1   faults that are not known, or a known fault that has gone\n"
         "  2   wrong usage\n"
         "  3   the machine is unusable, or what was required is not there\n"
         "  77  every selected case was skipped");
    return KT_EXIT_EXPECTED;
}

static int version(void)
{
    printf("kronos %s (commit %s%s)\n", kro_version(), KRONOS_GIT_HASH,
           KRONOS_GIT_CLEAN ? "" : ", with changes");
    return KT_EXIT_EXPECTED;
}

bool cli_arguments(const cli_command_line *line, void *user, int count, char **arguments, int *code)
{
    const kt_argument_table table = {.options = line->options,
                                     .option_count = line->option_count,
                                     .accepted = ~0u,
                                     .takes_words = line->takes_words,
                                     .take = line->take};
    if (kt_arguments_ask_help(count, arguments)) {
        printf("usage: %s\n\n", line->usage);
        kt_arguments_help(&table, stdout);
        *code = KT_EXIT_EXPECTED;
        return false;
    }
    kt_text problem = {0};
    bool right = kt_arguments_read(&table, user, count, arguments, &problem);
    if (!right)
        *code = kt_usage_error(kt_text_string(&problem));
    kt_text_finish(&problem);
    return right;
}

int cli_worse(int a, int b)
{
    static const int ORDER[] = {KT_EXIT_UNUSABLE, KT_EXIT_USAGE, KT_EXIT_FAULTS, KT_EXIT_EXPECTED};
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0]; i++)
        if (a == ORDER[i] || b == ORDER[i])
            return ORDER[i];
    return KT_EXIT_SKIPPED;
}

static const command *find_command(const char *word)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(word, COMMANDS[i].name))
            return &COMMANDS[i];
    return NULL;
}

static bool asks_for_help(const char *word)
{
    return !strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int run_command(int count, char **words)
{
    char *help_words[] = {count > 1 ? words[1] : NULL, (char *)"--help"};
    if (count > 1 && !strcmp(words[0], "help")) { // kronos help COMMAND
        words = help_words;
        count = 2;
    }
    const char *word = count > 0 ? words[0] : "";
    if (!*word || asks_for_help(word)) {
        help();
        return *word ? KT_EXIT_EXPECTED : KT_EXIT_USAGE;
    }
    if (!strcmp(word, "--version"))
        return version();
    const command *asked = find_command(word);
    if (asked)
        return asked->run(count - 1, words + 1);
    kt_text problem = {0};
    kt_text_format(&problem, "'%s' is no command; 'kronos --help' lists them", word);
    int code = kt_usage_error(kt_text_string(&problem));
    kt_text_finish(&problem);
    return code;
}

int main(int argc, char **argv)
{
    if (kt_is_child(argc, argv))
        return kt_child_main(argc, argv, cli_suites, cli_suite_count);
    kt_streams_open();
    return kt_finish_output(run_command(argc - 1, argv + 1));
}
