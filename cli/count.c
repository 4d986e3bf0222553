#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "count_report.h"
#include "wrapped.h"

enum { BUDGET = 1 << 0, UPDATE = 1 << 1, JSON = 1 << 2 };

static const char USAGE[] =
    "kronos count [options] -- PROGRAM [ARGUMENTS]\n\n"
    "Runs a Vulkan program and counts what it asks of its devices, in all processes that it\n"
    "starts, however they end. The program need not be built for it: our proxy driver stands\n"
    "in front of each driver that the Vulkan loader finds. A table goes to standard error.\n\n"
    "  submits                    calls of vkQueueSubmit and vkQueueSubmit2\n"
    "  command_buffers_recorded   calls of vkBeginCommandBuffer\n"
    "  command_buffers_submitted  primary command buffers in those submits\n"
    "  dispatches                 vkCmdDispatch and its like, as submitted\n"
    "  barriers                   vkCmdPipelineBarrier and its like, as submitted; of them\n"
    "  memory_barriers, buffer_barriers, image_barriers\n"
    "                             the structures, and\n"
    "  execution_barriers         the barriers without any\n"
    "  event_waits                vkCmdWaitEvents and its like, as submitted\n"
    "  descriptor_writes          descriptors written, copied or pushed\n"
    "  objects_created            objects of devices, and devices\n"
    "  memory_allocations, memory_bytes\n"
    "                             device memory; what was freed counts too\n\n"
    "A budget is a JSON object of the most that figures may be: {\"submits\": 12,\n"
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
    bool update, json;
    char **words; // NULL at the end
    size_t word_count;
    cli_count_budget budget;
    cli_wrapped wrapped;
    kro__counts *counts;
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
        self->json = true;
        break;
    default:
        self->words = kt_memory_grow(self->words, self->word_count + 2, sizeof *self->words);
        self->words[self->word_count++] = (char *)value; // borrowed from main's arguments
        self->words[self->word_count] = NULL;
    }
    return true;
}

// Everything that can be wrong before the program runs.
static int check(command *self, kt_text *problem)
{
    bool missing;
    if (!self->word_count)
        kt_refuse(problem, "count takes a program: kronos count -- PROGRAM [ARGUMENTS]");
    else if (self->update && !self->budget_path)
        kt_refuse(problem, "--update needs --budget: it is that file which is written");
    else if (self->budget_path &&
             !cli_count_budget_read(&self->budget, self->budget_path, &missing, problem) &&
             missing && self->update)
        kt_text_clear(problem); // it is made then
    return problem->size_bytes ? KT_EXIT_USAGE : KT_EXIT_EXPECTED;
}

static bool prepare(command *self, kt_text *spec, kt_text *problem)
{
    char message[1024];
    if (!cli_wrapped_init(&self->wrapped, problem))
        return false;
    kt_text_format(spec, "%s/counts", self->wrapped.folder);
    self->counts = kro__counts_map(kt_text_string(spec), true, message, sizeof message);
    if (!self->counts)
        return kt_refuse(problem, "%s", message);
    kt_text_clear(spec);
    kt_text_format(spec, "report=/dev/null;counts=%s/counts", self->wrapped.folder);
    return true;
}

// What the shell makes of the end of a program.
static int program_code(const cli_count_result *result)
{
    enum { SIGNALED = 128 };
    char name[32];
    if (result->end.signaled)
        fprintf(stderr, "kronos: %s was ended by %s; what it did until then is counted\n",
                result->words[0], kt_signal_name(result->end.code, name, sizeof name));
    else if (result->end.code)
        fprintf(stderr, "kronos: %s ended with exit code %d, which is that of kronos, too\n",
                result->words[0], result->end.code);
    return result->end.code + (result->end.signaled ? SIGNALED : 0);
}

// Whether the program reached Vulkan at all.
static bool has_instance(const command *self)
{
    return atomic_load(&self->counts->calls[KRO__CALL_vkCreateInstance].value) != 0;
}

static int judge(command *self, const cli_count_result *result, kt_text *problem)
{
    int code = program_code(result);
    if (!has_instance(self)) { // figures that nobody could have counted are not within a budget
        kt_refuse(problem,
                  "nothing was counted: %s created no Vulkan instance through the loader. What "
                  "opens a driver itself (KRONOS_DRIVER), runs with another user's rights or "
                  "clears its environment is not seen",
                  self->words[0]);
        return code ? code : KT_EXIT_UNUSABLE;
    }
    if (self->update && !code &&
        !cli_count_budget_update(&self->budget, self->counts, self->budget_path, problem))
        return KT_EXIT_UNUSABLE;
    for (size_t i = 0; i < self->budget.count && !code; i++)
        if (cli_count_is_over(self->counts, &self->budget.lines[i]))
            code = KT_EXIT_FAULTS;
    return code;
}

// Runs the program, prints what it did and says how that is.
static int run(command *self, kt_text *problem)
{
    kt_text spec = {0};
    cli_count_result result = {.words = self->words, .budget = &self->budget};
    bool right = prepare(self, &spec, problem);
    int code = KT_EXIT_UNUSABLE;
    const cli_program program = {
        .words = self->words, .spec = kt_text_string(&spec), .prints_to_error = self->json};
    if (right && !cli_wrapped_run(&self->wrapped, &program, &result.end, problem)) {
        right = false;
        code = KT_EXIT_USAGE;
    }
    if (right) {
        result.counts = self->counts;
        result.exit_code = code = judge(self, &result, problem);
        if (self->json)
            cli_count_print_json(&result);
        else if (has_instance(self))
            cli_count_print_table(&result, stderr);
        if (has_instance(self))
            cli_count_print_over(&result, stderr);
    }
    kt_text_finish(&spec);
    return code;
}

int cli_count(int count, char **arguments)
{
    const cli_command_line line = {
        .usage = USAGE,
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
    if (self.counts)
        munmap(self.counts, sizeof *self.counts);
    cli_wrapped_finish(&self.wrapped);
    cli_count_budget_finish(&self.budget);
    free(self.words);
    kt_text_finish(&problem);
    return code;
}
