#include "selftest_known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "embedded.h"
#include "os/files.h"

extern const kt_embedded cli_selftest_files[];
extern const size_t cli_selftest_files_count;

// A file that is being read.
typedef struct reader {
    cli_trial *self;
    const char *path;
    unsigned line;
    bool ours; // the lines are of the driver that was tested
} reader;

// Gives every fault that the pattern matches the reason.
static bool explain(reader *at, const char *pattern, const char *reason, kt_text *problem)
{
    size_t count = 0;
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        cli_mutant *mutant = &at->self->mutants[i];
        if (!kt_match(pattern, mutant->fault->name))
            continue;
        count++;
        if (at->ours)
            mutant->reason = reason;
    }
    return count || kt_refuse(problem,
                              "%s:%u: there is no fault '%s'; 'kronos selftest --list' "
                              "prints them",
                              at->path, at->line, pattern);
}

static bool read_line(reader *at, char *line, kt_text *problem)
{
    char *name = line + strspn(line, " \t");
    if (!*name || *name == '#')
        return true;
    char *reason = name + strcspn(name, " \t");
    if (*reason)
        *reason++ = '\0';
    reason += strspn(reason, " \t");
    if (!*reason)
        return kt_refuse(problem, "%s:%u: '%s' has no reason behind it", at->path, at->line, name);
    if (strcmp(name, "driver") != 0)
        return explain(at, name, reason, problem);
    at->ours = !strcmp(reason, kt_text_string(&at->self->driver_name));
    return true;
}

// Cuts `text` into pieces that the mutants keep.
static bool read(cli_trial *self, const char *path, char *text, kt_text *problem)
{
    reader at = {.self = self, .path = path, .ours = true};
    bool right = true;
    for (char *line; right && (line = strsep(&text, "\n"));) {
        at.line++;
        right = read_line(&at, line, problem);
    }
    return right;
}

bool cli_trial_know(cli_trial *self, const char *path, kt_text *problem)
{
    kt_text all = {0};
    free(self->known_text);
    self->known_text = NULL;
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        self->mutants[i].reason = NULL;
    if (path) {
        self->known_text = kt_read_file(path, NULL);
        return self->known_text
                   ? read(self, path, self->known_text, problem)
                   : kt_refuse(problem, "--expect %s cannot be read: %s", path, strerror(errno));
    }
    // One file follows the other, each with its drivers.
    for (size_t i = 0; i < cli_selftest_files_count; i++)
        kt_text_format(&all, "%s\n", cli_selftest_files[i].text);
    self->known_text = all.bytes;
    return !all.bytes || read(self, "vendor-matrix/selftest", self->known_text, problem);
}
