#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

#include "difference_report.h"

enum {
    MAX_MARKDOWN_BYTES = 60 * 1024, // a comment on GitHub holds 64 KiB
    MAX_MARGIN = 1000,
};

// How many times as long a case takes is noise, where nothing else is said.
static const double DEFAULT_MARGIN = 2;

enum { MARKDOWN = 1 << 0, JSON = 1 << 1, SLOWER = 1 << 2 };

static const kt_argument OPTIONS[] = {
    {MARKDOWN, "--markdown", NULL, "Markdown below 60 KiB, the worst first, for a comment"},
    {JSON, "--json", NULL, "everything, as JSON"},
    {SLOWER, "--slower", "X",
     "a case is slower from X times as long on, if it is 250 ms more, too;\n"
     "default: 2; 0 judges no times"},
};

typedef struct command {
    const char *folders[2];
    size_t folder_count;
    unsigned given; // bits
    double margin;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    char *end;
    self->given |= bit;
    switch (bit) {
    case 0:
        if (self->folder_count == 2)
            return kt_refuse(problem, "diff takes two folders, A and B; '%s' is too much", value);
        self->folders[self->folder_count++] = value;
        return true;
    case SLOWER:
        self->margin = strtod(value, &end);
        return (end > value && !*end && (self->margin == 0 || self->margin > 1) &&
                self->margin <= MAX_MARGIN) ||
               kt_refuse(problem, "--slower is 0 or a number above 1, up to %d, not '%s'",
                         MAX_MARGIN, value);
    default:
        return true;
    }
}

static void print_json(const cli_difference *difference)
{
    cJSON *json = cli_difference_json(difference);
    char *text = cJSON_Print(json);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_markdown(const cli_difference *difference)
{
    kt_text text = {0};
    cli_difference_markdown(difference, MAX_MARKDOWN_BYTES, &text);
    fputs(kt_text_string(&text), stdout);
    kt_text_finish(&text);
}

// Compares and prints.
//
// Returns: an exit code.
static int compare(const command *self, const cli_results *a, const cli_results *b)
{
    cli_difference difference;
    cli_difference_init(&difference, a, b, self->margin);
    if (self->given & JSON)
        print_json(&difference);
    else if (self->given & MARKDOWN)
        print_markdown(&difference);
    else
        cli_difference_print(&difference, stdout);
    const int code = difference.worse ? KT_EXIT_FAULTS : KT_EXIT_EXPECTED;
    cli_difference_finish(&difference);
    return code;
}

// The folders of results that a named folder stands for.
typedef struct found {
    kt_text first, names;
    size_t count;
} found;

static bool add_found(void *user, const char *folder, kt_text *problem)
{
    (void)problem;
    found *self = user;
    if (!self->count)
        kt_text_format(&self->first, "%s", folder);
    kt_text_format(&self->names, "%s%s", self->count ? ", " : "", folder);
    self->count++;
    return true;
}

// Reads a folder of results, or the only one in a folder of such: `kronos certify --out` makes one
// for each device.
static bool read_results(cli_results *results, const char *folder, kt_text *problem)
{
    *results = (cli_results){0};
    found self = {0};
    bool right = cli_results_each(folder, add_found, &self, problem);
    if (self.count > 1)
        right = kt_refuse(problem, "%s holds the results of %zu devices, one has to be named: %s",
                          folder, self.count, kt_text_string(&self.names));
    right = right && cli_results_init(results, kt_text_string(&self.first), problem);
    kt_text_finish(&self.first);
    kt_text_finish(&self.names);
    return right;
}

int cli_diff(int count, char **arguments)
{
    command self = {.margin = DEFAULT_MARGIN};
    const cli_command_line line = {
        .usage = "kronos diff A B [options]\n\nCompares two folders of results, as 'kronos run "
                 "--out' and 'kronos certify' write them,\neach with the results of one device. "
                 "Exit code 1: B is worse than A. Something is worse\nwhere it was right in A and "
                 "in B fails, is skipped, is gone or is slower.",
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    int code;
    if (!cli_arguments(&line, &self, count, arguments, &code))
        return code;
    if (self.folder_count < 2)
        return kt_usage_error("diff takes two folders of results, A and B");
    if (self.given & MARKDOWN && self.given & JSON)
        return kt_usage_error("--markdown and --json exclude each other");

    cli_results a, b = {0};
    kt_cases cases;
    kt_text problem = {0};
    kt_cases_init(&cases, cli_suites, cli_suite_count);
    if (read_results(&a, self.folders[0], &problem) &&
        read_results(&b, self.folders[1], &problem)) {
        cli_results_rename(&a, &cases);
        cli_results_rename(&b, &cases);
        code = compare(&self, &a, &b);
    } else {
        code = kt_usage_error(kt_text_string(&problem));
    }
    cli_results_finish(&a);
    cli_results_finish(&b);
    kt_cases_finish(&cases);
    kt_text_finish(&problem);
    return code;
}
