#include "cli.h"

#include <stdio.h>

#include "count_report.h"
#include "wrapped.h"

enum { BUDGET = 1 << 0, UPDATE = 1 << 1, JSON = 1 << 2 };

// What the help says before and after the list of figures.
static const char ABOUT[] =
    "kronos count [options] -- PROGRAM [ARGUMENTS]\n\n"
    "Runs a Vulkan program and counts what it asks of its devices, in all processes that it\n"
    "starts, however they end. The program need not be built for it: our proxy driver stands\n"
    "in front of each driver that the Vulkan loader finds. A table goes to standard error.\n\n";

static const char RULES[] =
    "\nA budget is a JSON object of the most that figures may be: {\"submits\": 12,\n"
    "\"barriers_per_dispatch\": 0.5, \"objects\": {\"VkBuffer\": 3}, \"calls\": "
    "{\"vkQueueWaitIdle\":\n"
    "0}}. The keys are those of --json; each figure has its ratio, NAME_per_dispatch.\n\n"
    "Exit code: 0 within the budget, 1 over it: each such figure is named, 2 wrong usage, 3\n"
    "there was nothing to count. A program that fails gives its own code, or 128 and the number\n"
    "of its signal, and a line says so.";

static const kt_argument OPTIONS[] = {
    {BUDGET, "--budget", "FILE", "hold the figures against this budget"},
    {UPDATE, "--update", NULL,
     "write what was counted into the budget; where there is\nnone yet, one of every figure"},
    {JSON, "--json", NULL,
     "print JSON on standard output, with every function that was\n"
     "called; what the program prints goes to standard error then"},
};

typedef struct command {
    const char *budget_path;
    bool update;
    cli_guest guest;
    cli_count_budget budget;
    cli_wrapped wrapped;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    (void)problem;
    switch (bit) {
    case BUDGET:
        self->budget_path = value;
        break;
    case UPDATE:
        self->update = true;
        break;
    case JSON:
        self->guest.prints_to_error = true;
        break;
    default:
        cli_guest_add(&self->guest, value);
    }
    return true;
}

// Everything that can be wrong before the program runs.
static int check(command *self, kt_text *problem)
{
    bool missing;
    if (!self->guest.word_count)
        kt_refuse(problem, "count takes a program: kronos count -- PROGRAM [ARGUMENTS]");
    else if (self->update && !self->budget_path)
        kt_refuse(problem, "--update needs --budget: it is that file which is written");
    else if (self->budget_path &&
             !cli_count_budget_read(&self->budget, self->budget_path, &missing, problem) &&
             missing && self->update)
        kt_text_clear(problem); // it is made then
    return problem->size_bytes ? KT_EXIT_USAGE : KT_EXIT_EXPECTED;
}

static int judge(command *self, kt_text *problem)
{
    int code = cli_wrapped_code(&self->wrapped, &self->guest, problem);
    if (code)
        return code;
    if (self->update &&
        !cli_count_budget_update(&self->budget, self->wrapped.counts, self->budget_path, problem))
        return KT_EXIT_UNUSABLE;
    for (size_t i = 0; i < self->budget.count; i++)
        if (cli_count_is_over(self->wrapped.counts, &self->budget.lines[i]))
            return KT_EXIT_FAULTS;
    return KT_EXIT_EXPECTED;
}

// Runs the program, prints what it did and says how that is.
static int run(command *self, kt_text *problem)
{
    if (!cli_wrapped_init(&self->wrapped, problem))
        return KT_EXIT_UNUSABLE;
    if (!cli_wrapped_run(&self->wrapped, &self->guest, "", problem))
        return KT_EXIT_USAGE;
    const cli_count_result result = {
        .guest = &self->guest,
        .counts = self->wrapped.counts,
        .budget = &self->budget,
        .exit_code = judge(self, problem),
    };
    bool reached = cli_wrapped_was_reached(&self->wrapped);
    if (self->guest.prints_to_error)
        cli_count_print_json(&result);
    else if (reached)
        cli_count_print_table(&result, stderr);
    if (reached)
        cli_count_print_over(&result, stderr);
    return result.exit_code;
}

static void append_usage(kt_text *out)
{
    kt_text_format(out, "%s", ABOUT);
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        kt_text_format(out, "  %-26s %s\n", kro__figures[i].name, kro__figures[i].what);
    kt_text_format(out, "%s", RULES);
}

int cli_count(int count, char **arguments)
{
    kt_text usage = {0};
    append_usage(&usage);
    const cli_command_line line = {
        .usage = usage.bytes,
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    command self = {0};
    kt_text problem = {0};
    int code;
    if (cli_arguments(&line, &self, count, arguments, &code)) {
        code = check(&self, &problem);
        if (code == KT_EXIT_EXPECTED)
            code = run(&self, &problem);
    }
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", problem.bytes);
    cli_wrapped_finish(&self.wrapped);
    cli_count_budget_finish(&self.budget);
    cli_guest_finish(&self.guest);
    kt_text_finish(&problem);
    kt_text_finish(&usage);
    return code;
}
