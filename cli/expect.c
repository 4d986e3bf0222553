#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect_update.h"
#include "os/files.h"
#include "targets.h"

enum { UPDATE = 1 << 0, EXPECT = 1 << 1 };

static const kt_argument OPTIONS[] = {
    {UPDATE, "--update", NULL,
     "print a patch: entries for faults that are not known, which still\n"
     "want a reason, a link and a last day; without those of faults that\n"
     "have gone"},
    {EXPECT, "--expect", "FILE",
     "the file to change; default: that of the driver in vendor-matrix/expect"},
};

static const char FOLDER[] = "vendor-matrix/expect";

typedef struct command {
    unsigned given; // bits
    kt_cases cases;
    const char *folder, *expect;
    cli_results *results;
    size_t result_count;
    cli_expect_file *files;
    size_t file_count;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    self->given |= bit;
    if (bit == EXPECT)
        self->expect = value;
    if (bit != 0)
        return true;
    if (self->folder)
        return kt_refuse(problem, "expect takes one folder of results; '%s' is too much", value);
    self->folder = value;
    return true;
}

static bool read_results(void *user, const char *folder, kt_text *problem)
{
    command *self = user;
    self->results = kt_memory_append(self->results, self->result_count, sizeof *self->results);
    cli_results *results = &self->results[self->result_count++];
    if (!cli_results_init(results, folder, problem))
        return false;
    cli_results_rename(results, &self->cases);
    return cli_results_device(results) ||
           kt_refuse(problem, "%s: the run had no device, so it says nothing of a driver", folder);
}

// Takes `path` and `text` over.
static bool add_file(command *self, char *path, char *text, bool is_new, kt_text *problem)
{
    self->files = kt_memory_append(self->files, self->file_count, sizeof *self->files);
    cli_expect_file *file = &self->files[self->file_count++];
    *file = (cli_expect_file){.path = path, .text = text, .is_new = is_new};
    if (!kt_expect_parse(&file->entries, path, text, problem))
        return false;
    const size_t size_bytes = strlen(text);
    return !size_bytes || text[size_bytes - 1] == '\n' ||
           kt_refuse(problem, "%s does not end with a line break; give it one", path);
}

// The file that was named, or those that Kronos comes with: as they are here, or as it was built.
static bool read_files(command *self, kt_text *problem)
{
    if (self->expect) {
        char *text = kt_read_file(self->expect, NULL);
        if (!text)
            return kt_refuse(problem, "--expect %s cannot be read: %s", self->expect,
                             strerror(errno));
        return add_file(self, kt_copy_string(self->expect), text, false, problem);
    }
    bool right = true;
    for (size_t i = 0; right && i < kt_builtin_expectations_count; i++) {
        const kt_embedded *builtin = &kt_builtin_expectations[i];
        char *text = kt_read_file(builtin->path, NULL);
        right = add_file(self, kt_copy_string(builtin->path),
                         text ? text : kt_copy_string(builtin->text), false, problem);
    }
    return right;
}

static bool is_for(const cli_expect_file *file, const char *driver)
{
    for (size_t i = 0; i < file->entries.count; i++)
        if (kt_match(file->entries.items[i].driver, driver))
            return true;
    return false;
}

// The index of the file for a driver; one that is not there yet where none has an entry for it.
static size_t file_for(command *self, const char *driver)
{
    for (size_t i = 0; i < self->file_count; i++)
        if (self->expect || is_for(&self->files[i], driver))
            return i;
    kt_text path = {0}, slug = {0}, problem = {0};
    cli_append_slug(&slug, driver);
    kt_text_format(&path, "%s/%s.txt", FOLDER, kt_text_string(&slug));
    size_t i = 0;
    while (i < self->file_count && strcmp(self->files[i].path, kt_text_string(&path)) != 0)
        i++;
    if (i == self->file_count) // an empty text has nothing to refuse
        (void)add_file(self, kt_copy_string(kt_text_string(&path)), kt_copy_string(""), true,
                       &problem);
    kt_text_finish(&path);
    kt_text_finish(&slug);
    kt_text_finish(&problem);
    return i;
}

// Appends the changes to one file.
static void update_file(const command *self, size_t index, const size_t *file_of, kt_text *out,
                        cli_expect_counts *counts)
{
    const cli_expect_file *file = &self->files[index];
    cli_results *own = kt_memory(self->result_count, sizeof *own);
    size_t own_count = 0;
    for (size_t i = 0; i < self->result_count; i++)
        if (file_of[i] == index)
            own[own_count++] = self->results[i]; // borrowed
    char today[KT_DATE_CHARACTERS];
    kt_date(kt_unix_time(), today);
    cli_patch patch;
    cli_patch_init(&patch, file->text);
    cli_expect_update(file, own, own_count, today, &patch, counts);
    cli_patch_write(&patch, file->path, file->is_new, out);
    cli_patch_finish(&patch);
    free(own);
}

// What the patch does, beside it and not in it.
static void say(const cli_expect_counts *counts)
{
    if (!counts->added && !counts->ended && !counts->renewed)
        fputs("kronos: nothing changes\n", stderr);
    else
        fprintf(stderr,
                "kronos: %zu entries to add, %zu to end, %zu to look at again; 'git apply' or "
                "'patch -p1' takes them in, then fill in what is empty\n",
                counts->added, counts->ended, counts->renewed);
    if (counts->left_out)
        fprintf(stderr,
                "kronos: %zu faults are left out: an entry cannot forgive those of a test itself "
                "or of a machine that stopped answering\n",
                counts->left_out);
}

static void update(command *self)
{
    size_t *file_of = kt_memory(self->result_count, sizeof *file_of);
    for (size_t i = 0; i < self->result_count; i++) {
        kt_text version = {0};
        file_of[i] = file_for(self, cli_results_driver(&self->results[i], &version).name);
        kt_text_finish(&version);
    }
    kt_text out = {0};
    cli_expect_counts counts = {0};
    for (size_t i = 0; i < self->file_count; i++)
        update_file(self, i, file_of, &out, &counts);
    fputs(kt_text_string(&out), stdout);
    fflush(stdout);
    say(&counts);
    kt_text_finish(&out);
    free(file_of);
}

static void finish(command *self)
{
    for (size_t i = 0; i < self->result_count; i++)
        cli_results_finish(&self->results[i]);
    for (size_t i = 0; i < self->file_count; i++) {
        kt_expect_finish(&self->files[i].entries);
        free(self->files[i].path);
        free(self->files[i].text);
    }
    free(self->results);
    free(self->files);
    kt_cases_finish(&self->cases);
}

int cli_expect(int count, char **arguments)
{
    static const cli_command_line LINE = {
        .usage = "kronos expect --update [DIR] [options]\n\n"
                 "Says what the results in DIR, or in the folders in it, change in the files of\n"
                 "known faults. DIR: what 'kronos certify' or 'kronos run --out' has written;\n"
                 "default: out. Nothing is written.",
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    command self = {0};
    int code;
    if (!cli_arguments(&LINE, &self, count, arguments, &code))
        return code;
    if (!(self.given & UPDATE))
        return kt_usage_error("expect says what is to change only with --update");
    kt_text problem = {0};
    kt_cases_init(&self.cases, cli_suites, cli_suite_count);
    code = KT_EXIT_EXPECTED;
    if (read_files(&self, &problem) &&
        cli_results_each(self.folder ? self.folder : "out", read_results, &self, &problem))
        update(&self);
    else
        code = kt_usage_error(kt_text_string(&problem));
    finish(&self);
    kt_text_finish(&problem);
    return code;
}
