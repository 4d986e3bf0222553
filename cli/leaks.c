#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "leaks_suites.h"
#include "leftovers.h"
#include "os/files.h"
#include "table.h"
#include "wrapped.h"

enum { JSON = 1 << 0 };

static const char USAGE[] =
    "kronos leaks [--json] -- PROGRAM [ARGUMENTS]\n"
    "       kronos leaks [options] [GLOB ...]\n\n"
    "Runs a Vulkan program and lists the objects that it, or a process that it started, left\n"
    "behind: what it had not destroyed before its device, its instance or the process ended. A\n"
    "line for each on standard error, with its type, its place in the order of creation, the\n"
    "size of device memory and whether it is mapped, and the name that\n"
    "vkSetDebugUtilsObjectNameEXT gave it. The program need not be built for it:\n"
    "our proxy driver stands in front of each driver that the Vulkan loader finds.\n\n"
    "What a process leaves is known when it ends by itself: by exit, or from main. What the\n"
    "destructors of its libraries destroy after that counts as left.\n\n"
    "Exit code: 0 nothing was left, 1 something was, 2 wrong usage, 3 there was nothing to look\n"
    "at, or a process did not end by itself. A program that fails gives its own code, or 128 and\n"
    "the number of its signal, and a line says so.\n\n"
    "Without '--' it looks at Kronos itself, on a device: each call of Vulkan, and each\n"
    "allocation, fails in turn; slopes of memory, files, threads, objects and device memory are\n"
    "fitted over 100,000 dispatches, 10,000 buffers and 200 contexts; and each conformance case\n"
    "must leave the device as it found it. GLOBs choose cases of the first two alone. The tier is\n"
    "standard where none is given, and a case of the first two may take 600 s.";

static const kt_argument OPTIONS[] = {
    {JSON, "--json", NULL,
     "print JSON on standard output; what the program prints goes\nto standard error then"},
};

typedef struct command {
    cli_guest guest;
    cli_wrapped wrapped;
    char *text; // what the proxies told
    cli_leftovers leftovers;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    (void)problem;
    if (bit == JSON)
        self->guest.prints_to_error = true;
    else
        cli_guest_add(&self->guest, value);
    return true;
}

static uint64_t created(const command *self)
{
    return atomic_load(&self->wrapped.counts->figures[KRO__FIGURE_objects_created].value);
}

static void print_json(const command *self, int code)
{
    cJSON *json = cJSON_CreateObject();
    cli_guest_add_json(&self->guest, json);
    kt_json_add_u64(json, "objects_created", created(self));
    cJSON *left = cJSON_AddArrayToObject(json, "left");
    for (size_t i = 0; i < self->leftovers.count; i++) {
        const cli_leftover *item = &self->leftovers.items[i];
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "type", item->type);
        kt_json_add_u64(object, "number", item->number);
        kt_json_add_text(object, "label", item->label);
        cJSON_AddStringToObject(object, "at", item->at);
        if (!strcmp(item->type, "VkDeviceMemory")) {
            kt_json_add_u64(object, "memory_bytes", item->memory_bytes);
            cJSON_AddBoolToObject(object, "mapped", item->mapped);
        }
        kt_json_add_u64(object, "process", item->process);
        cJSON_AddItemToArray(left, object);
    }
    kt_json_add_u64(json, "memory_bytes_left", self->leftovers.memory_bytes);
    kt_json_add_u64(json, "mappings_left", self->leftovers.mapping_count);
    cJSON *unknown = cJSON_AddArrayToObject(json, "unknown_processes");
    for (size_t i = 0; i < self->leftovers.unknown_count; i++)
        cJSON_AddItemToArray(unknown, cJSON_CreateNumber((double)self->leftovers.unknown[i]));
    cJSON_AddNumberToObject(json, "exit_code", code);
    char *text = cJSON_Print(json);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_table(const cli_leftovers *leftovers)
{
    static const char *const HEAD[] = {"LEFT", "NUMBER", "AT", "PROCESS", "BYTES", "LABEL"};
    enum { COLUMNS = sizeof HEAD / sizeof HEAD[0] };
    cli_table table;
    cli_table_init(&table, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++)
        cli_table_add(&table, "%s", HEAD[i]);
    for (size_t i = 0; i < leftovers->count; i++) {
        const cli_leftover *item = &leftovers->items[i];
        cli_table_add(&table, "%s", item->type);
        cli_table_add(&table, "#%" PRIu64, item->number);
        cli_table_add(&table, "%s", item->at);
        cli_table_add(&table, "%" PRIu64, item->process);
        if (item->memory_bytes)
            cli_table_add(&table, "%" PRIu64 "%s", item->memory_bytes,
                          item->mapped ? ", mapped" : "");
        else
            cli_table_add(&table, "%s", "");
        cli_table_add(&table, "%s", item->label);
    }
    cli_table_print(&table, stderr);
    cli_table_finish(&table);
}

static void print(const command *self)
{
    const cli_leftovers *leftovers = &self->leftovers;
    if (leftovers->count)
        print_table(leftovers);
    for (size_t i = 0; i < leftovers->unknown_count; i++)
        fprintf(stderr,
                "kronos: process %" PRIu64 " did not end by itself: what it had at the end is not "
                "known\n",
                leftovers->unknown[i]);
    if (leftovers->count)
        fprintf(stderr,
                "LEFT BEHIND: %zu object%s with %" PRIu64 " bytes of device memory and %zu "
                "mapping%s, where %" PRIu64 " were created on devices\n",
                leftovers->count, leftovers->count == 1 ? "" : "s", leftovers->memory_bytes,
                leftovers->mapping_count, leftovers->mapping_count == 1 ? "" : "s", created(self));
    else if (!leftovers->unknown_count)
        fprintf(stderr, "NOTHING LEFT: %" PRIu64 " objects were created on devices\n",
                created(self));
}

static int judge(command *self, kt_text *problem)
{
    int code = cli_wrapped_code(&self->wrapped, &self->guest, problem);
    if (code)
        return code;
    if (self->leftovers.count)
        return KT_EXIT_FAULTS;
    return self->leftovers.unknown_count ? KT_EXIT_UNUSABLE : KT_EXIT_EXPECTED;
}

// Runs the program with a file for what it leaves, and reads that.
//
// Returns: an exit code; other than 0 with a sentence in `problem`.
static int watch(command *self, kt_text *problem)
{
    if (!cli_wrapped_init(&self->wrapped, problem))
        return KT_EXIT_UNUSABLE;
    kt_text path = {0}, spec = {0};
    kt_text_format(&path, "%s/leftovers", self->wrapped.folder);
    kt_text_format(&spec, "leftovers=%s", path.bytes);
    int code = KT_EXIT_UNUSABLE;
    if (!kt_write_file(path.bytes, "", 0)) {
        kt_refuse(problem, "%s cannot be written: %s", path.bytes, strerror(errno));
    } else if (!cli_wrapped_run(&self->wrapped, &self->guest, spec.bytes, problem)) {
        code = KT_EXIT_USAGE;
    } else {
        self->text = kt_read_file(path.bytes, NULL);
        if (self->text && cli_leftovers_init(&self->leftovers, self->text))
            code = KT_EXIT_EXPECTED;
        else
            kt_refuse(problem, "%s is not what the proxy writes", path.bytes);
    }
    kt_text_finish(&path);
    kt_text_finish(&spec);
    return code;
}

static int run(command *self, kt_text *problem)
{
    if (!self->guest.word_count) {
        kt_refuse(problem, "behind '--' stands a program: kronos leaks -- PROGRAM [ARGUMENTS]");
        return KT_EXIT_USAGE;
    }
    int code = watch(self, problem);
    if (code != KT_EXIT_EXPECTED)
        return code;
    code = judge(self, problem);
    if (self->guest.prints_to_error)
        print_json(self, code);
    else if (cli_wrapped_was_reached(&self->wrapped))
        print(self);
    return code;
}

static bool has_program(int count, char **arguments)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(arguments[i], "--"))
            return true;
    return false;
}

int cli_leaks(int count, char **arguments)
{
    if (!has_program(count, arguments))
        return cli_leaks_suites(USAGE, count, arguments);
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
    if (cli_arguments(&line, &self, count, arguments, &code))
        code = run(&self, &problem);
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", problem.bytes);
    cli_leftovers_finish(&self.leftovers);
    free(self.text);
    cli_wrapped_finish(&self.wrapped);
    cli_guest_finish(&self.guest);
    kt_text_finish(&problem);
    return code;
}
