#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hash.h"
#include "json.h"
#include "os/files.h"
#include "repro_files.h"
#include "tool.h"
#include "wrapped.h"

enum { OUT = 1 << 0, DISPATCH = 1 << 1, DEVICE = 1 << 2, SEED = 1 << 3, TIMEOUT = 1 << 4 };

static const kt_argument OPTIONS[] = {
    {OUT, "--out", "TAR", "the archive that is written"},
    {OUT, "-o", "TAR", "the same"},
    {DISPATCH, "--dispatch", "N",
     "that dispatch of the case, from 1; default: the one that wrote\nwhat the case found wrong "
     "first, or compared last"},
    {DEVICE, "--device", "D", "as 'kronos run' takes it; default: the best device"},
    {SEED, "--seed", "S", "where random values come from; default: 1"},
    {TIMEOUT, "--timeout", "S", "seconds that the case may take; default: 60"},
};

static const char USAGE[] =
    "kronos repro CASE -o TAR [options]\n\n"
    "Makes of one case a program that shows without Kronos what it shows: the case is run\n"
    "with its Vulkan commands recorded, and the dispatch whose result was wrong is written\n"
    "down with all that it needs. The archive holds a C file for plain Vulkan, the kernel as\n"
    "SPIR-V and as text, what its buffers held before and after, what was expected, the\n"
    "device, an AmberScript, and a README with the commands:\n\n"
    "  kronos repro conformance/loops/loop_trip_count/65536 -o loop.tar\n"
    "  tar -xf loop.tar && cd loop && cc repro.c -o repro -lvulkan && ./repro\n\n"
    "The program ends with 1 where the result is wrong again, with 0 where it is right. A case\n"
    "that passes gives a program that passes.\n\n"
    "Exit code: 0 the archive is written, 2 wrong usage, or a case that has nothing to write,\n"
    "3 no device, 77 the case was skipped.";

typedef struct command {
    const char *case_name, *out;
    uint64_t dispatch;
    kt_text words; // of `kronos run`, terminated strings
    size_t word_count;
    // What the run was.
    bool ran, failed;
    kt_status status;
    kt_text message;
    uint64_t seed;
    cJSON *device;
} command;

static void add_word(command *self, const char *word)
{
    kt_text_append(&self->words, word, strlen(word) + 1);
    self->word_count++;
}

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    switch (bit) {
    case 0:
        if (self->case_name)
            return kt_refuse(problem, "repro takes one case; '%s' is too much", value);
        self->case_name = value;
        return true;
    case OUT:
        self->out = value;
        return true;
    case DISPATCH:
        return (kt_parse_number(value, UINT32_MAX, &self->dispatch) && self->dispatch) ||
               kt_refuse(problem, "--dispatch is a number from 1, not '%s'", value);
    default:
        add_word(self, bit == DEVICE ? "--device" : bit == SEED ? "--seed" : "--timeout");
        add_word(self, value);
        return true;
    }
}

// A file that cannot be written is told of before the case has run for nothing.
static bool check_out(const char *path, kt_text *problem)
{
    kt_text folder = {0};
    const char *slash = strrchr(path, '/');
    kt_text_append(&folder, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    const char *place = kt_file_exists(path) ? path : folder.bytes;
    const bool right = access(place, W_OK) == 0 ||
                       kt_refuse(problem, "-o %s cannot be written: %s", path, strerror(errno));
    kt_text_finish(&folder);
    return right;
}

// Whether the command line names a case and a file.
static bool check(command *self, const kt_cases *cases, kt_text *problem)
{
    if (!self->case_name)
        return kt_refuse(problem, "repro takes a case; 'kronos list' lists them");
    if (!self->out)
        return kt_refuse(problem, "repro needs -o TAR, the archive that is to be written");
    const kt_case *test_case = kt_cases_find(cases, self->case_name);
    if (test_case) {
        self->case_name = test_case->name; // as it is called now
        return check_out(self->out, problem);
    }
    const size_t length = strlen(self->case_name);
    for (size_t i = 0; i < cases->count; i++) {
        const char *name = cases->items[i].name;
        if (!strncmp(name, self->case_name, length) && name[length] == '/')
            return kt_refuse(problem, "%s is several cases, one has to be named, such as %s",
                             self->case_name, name);
    }
    return kt_refuse(problem, "there is no case '%s'; 'kronos list' lists them", self->case_name);
}

// Takes over what the run found. The driver that it names is the proxy; beside it stands which one
// it was in front of.
static void finished(void *user, const kt_run *run)
{
    command *self = user;
    const kt_result *result = run->result_count ? &run->results[0] : NULL;
    self->seed = run->config.seed;
    self->device = cJSON_Duplicate(run->device, true);
    if (!result)
        return;
    self->ran = true;
    self->status = result->first.status;
    self->failed = kt_status_is_failure(result->first.status);
    kt_text_format(&self->message, "%s", kt_text_string(&result->first.message));

    char hash[CLI_HASH_CHARACTERS];
    kt_text beside = {0};
    kt_text_format(&beside, "%s.driver", kt_json_string(self->device, "driver_library"));
    char *library = kt_read_file(kt_text_string(&beside), NULL);
    cJSON_DeleteItemFromObjectCaseSensitive(self->device, "driver_library");
    cJSON_DeleteItemFromObjectCaseSensitive(self->device, "driver_code_library");
    cJSON_DeleteItemFromObjectCaseSensitive(self->device, "loader_library");
    if (library) {
        cJSON_AddStringToObject(self->device, "driver_library", library);
        if (cli_hash_file(library, hash))
            cJSON_AddStringToObject(self->device, "driver_library_sha256", hash);
    }
    free(library);
    kt_text_finish(&beside);
}

// Runs the case with a proxy in front of each driver that records it into a file.
//
// Returns: an exit code, with a sentence in `problem` where nothing can be made of it.
static int run_case(command *self, const char *capture, kt_text *problem)
{
    cli_wrapped wrapped;
    if (!cli_wrapped_init(&wrapped, problem))
        return KT_EXIT_UNUSABLE;
    kt_text drivers = {0}, old_drivers = {0}, spec = {0};
    kt_text_format(&drivers, "VK_DRIVER_FILES=%s", kt_text_string(&wrapped.manifests));
    kt_text_format(&old_drivers, "VK_ICD_FILENAMES=%s", kt_text_string(&wrapped.manifests));
    kt_text_format(&spec, "KRONOS_PROXY=report=/dev/null;capture=%s", capture);
    const char *const environment[] = {drivers.bytes,
                                       old_drivers.bytes,
                                       "VK_ADD_DRIVER_FILES",
                                       "KRONOS_PROXY_DRIVER",
                                       "KRONOS_DRIVER",
                                       spec.bytes,
                                       NULL};
    char **words = kt_memory(self->word_count + 1, sizeof *words);
    const char *word = kt_text_string(&self->words);
    for (size_t i = 0; i < self->word_count; i++, word += strlen(word) + 1)
        words[i] = (char *)word;
    kt_options options;
    int code = KT_EXIT_USAGE;
    if (kt_options_init(&options, KT_OPTIONS_ALL, (int)self->word_count, words, problem))
        code = kt_job_run(&(kt_job){.program = "kronos run",
                                    .suites = cli_suites,
                                    .suite_count = cli_suite_count,
                                    .options = &options,
                                    .environment = environment,
                                    .brief = true,
                                    .finished = finished,
                                    .user = self});
    kt_options_finish(&options);
    free(words);
    kt_text_finish(&drivers);
    kt_text_finish(&old_drivers);
    kt_text_finish(&spec);
    cli_wrapped_finish(&wrapped);
    return code;
}

// The name of the archive without folder and ".tar": the folder that is in it.
static void append_stem(kt_text *out, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strstr(name, ".tar");
    kt_text_append(out, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

// Packs a folder: the same files give the same bytes.
static bool pack(const command *self, const char *above, const char *stem, kt_text *problem)
{
    kt_text file = {0};
    char *here = realpath(".", NULL);
    kt_text_format(&file, "%s%s%s", *self->out == '/' || !here ? "" : here,
                   *self->out == '/' || !here ? "" : "/", self->out);
    const char *const arguments[] = {"tar",
                                     "--format=ustar",
                                     "--sort=name",
                                     "--mtime=@0",
                                     "--owner=0",
                                     "--group=0",
                                     "--mode=u=rwX,go=rX",
                                     "--numeric-owner",
                                     "-C",
                                     above,
                                     "-cf",
                                     file.bytes,
                                     "--",
                                     stem,
                                     NULL};
    const int code = cli_tool_run(&(cli_tool){.arguments = arguments}, problem);
    if (code > 0)
        kt_refuse(problem, "%s cannot be written by tar", self->out);
    free(here);
    kt_text_finish(&file);
    return code == 0;
}

// A sentence about what the archive shows.
static void append_summary(kt_text *out, const command *self, const cli_capture *capture,
                           const cli_choice *choice)
{
    kt_text_format(out, "dispatch %zu of %zu", choice->number, capture->dispatch_count);
    if (!choice->dispatch->after)
        kt_text_format(out, " never came to its end");
    else if (choice->arrays)
        kt_text_format(out, ", whose result the case found %s",
                       choice->arrays->head.right ? "right" : "wrong");
    else if (self->failed)
        kt_text_format(out, ", after which the case failed: what it should have written is known "
                            "to the case alone");
    else
        kt_text_format(out, ", after which the case passed");
}

static int write_archive(command *self, const char *folder, const cli_capture *capture,
                         kt_text *problem)
{
    cli_choice choice;
    kt_text stem = {0}, inner = {0}, summary = {0};
    int code = KT_EXIT_USAGE;
    append_stem(&stem, self->out);
    kt_text_format(&inner, "%s/%s", folder, kt_text_string(&stem));
    if (!capture->dispatch_count) {
        kt_refuse(problem, "%s dispatches nothing that could be recorded", self->case_name);
    } else if (!cli_choose(capture, (size_t)self->dispatch, &choice, problem)) {
        ; // the sentence is there
    } else if (!kt_make_folder(inner.bytes)) {
        kt_refuse(problem, "%s cannot be made: %s", inner.bytes, strerror(errno));
        code = KT_EXIT_UNUSABLE;
    } else {
        append_summary(&summary, self, capture, &choice);
        const cli_repro_run run = {
            .case_name = self->case_name,
            .seed = self->seed,
            .failed = self->failed,
            .message = kt_text_string(&self->message),
            .device = self->device,
            .summary = kt_text_string(&summary),
        };
        if (cli_repro_write(capture, &choice, &run, inner.bytes, problem) &&
            pack(self, folder, kt_text_string(&stem), problem)) {
            printf("%s: %s\n", self->out, kt_text_string(&summary));
            code = KT_EXIT_EXPECTED;
        }
    }
    kt_text_finish(&stem);
    kt_text_finish(&inner);
    kt_text_finish(&summary);
    return code;
}

static int reproduce(command *self, kt_text *problem)
{
    const char *base = getenv("TMPDIR");
    kt_text folder = {0}, file = {0};
    // The proxy is told of the file in a list joined by ';'.
    const bool usable = base && *base == '/' && !strchr(base, ';');
    kt_text_format(&folder, "%s/kronos-XXXXXX", usable ? base : "/tmp");
    if (!mkdtemp(folder.bytes)) {
        kt_refuse(problem, "%s cannot be made: %s", folder.bytes, strerror(errno));
        kt_text_finish(&folder);
        return KT_EXIT_UNUSABLE;
    }
    kt_text_format(&file, "%s/capture", folder.bytes);
    int code = run_case(self, file.bytes, problem);
    if (self->ran && self->status != KT_NOT_SUPPORTED && self->device) {
        cli_capture capture;
        size_t size_bytes = 0;
        char *bytes = kt_read_file(file.bytes, &size_bytes);
        cli_capture_init(&capture, bytes, size_bytes);
        code = write_archive(self, folder.bytes, &capture, problem);
        cli_capture_finish(&capture);
    } else if (!problem->size_bytes && code == KT_EXIT_EXPECTED) {
        code = KT_EXIT_UNUSABLE;
    }
    kt_remove_folder(folder.bytes);
    kt_text_finish(&folder);
    kt_text_finish(&file);
    return code;
}

int cli_repro(int count, char **arguments)
{
    const cli_command_line line = {
        .usage = USAGE,
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    command self = {0};
    kt_cases cases;
    kt_text problem = {0};
    int code;
    kt_cases_init(&cases, cli_suites, cli_suite_count);
    if (cli_arguments(&line, &self, count, arguments, &code)) {
        code = KT_EXIT_USAGE;
        if (check(&self, &cases, &problem)) {
            add_word(&self, "--tier");
            add_word(&self, "full");
            add_word(&self, self.case_name);
            code = reproduce(&self, &problem);
        }
        if (problem.size_bytes)
            fprintf(stderr, "kronos: %s\n", kt_text_string(&problem));
    }
    kt_cases_finish(&cases);
    kt_text_finish(&self.words);
    kt_text_finish(&self.message);
    cJSON_Delete(self.device);
    kt_text_finish(&problem);
    return code;
}
