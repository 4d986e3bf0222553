#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "run.h"

enum { DEFAULT_SEED = 1 };

static const kt_argument OPTIONS[] = {
    {KT_OPTION_LIST, "--list", NULL, "print the selected cases and run nothing"},
    {KT_OPTION_FILTER, "--filter", "GLOB",
     "only cases whose name matches, such as 'conformance/copies/*'; may be\n"
     "repeated, and join several with ',' or '|'"},
    {KT_OPTION_TIER, "--tier", "TIER", "quick (default), standard or full"},
    {KT_OPTION_DEVICE, "--device", "D",
     "index:1, vendor:nvidia, type:cpu, uuid:..., or part of a name; default:\n"
     "the best device"},
    {KT_OPTION_DRIVER, "--driver", "PATH",
     "a driver library or manifest, opened without the loader"},
    {KT_OPTION_AGAINST, "--against", "D",
     "run the cases there, too, and compare what they read back: a device as\n"
     "--device takes it, or, with a '/', a driver as --driver does"},
    {KT_OPTION_OUT, "--out", "DIR", "write results.jsonl and junit.xml there"},
    {KT_OPTION_RESUME, "--resume", "DIR",
     "go on from the results there: what is decided stays, the rest runs"},
    {KT_OPTION_JSON, "--json", NULL, "JSON on standard output"},
    {KT_OPTION_TAP, "--tap", NULL, "TAP 13 on standard output, a terminal or not"},
    {KT_OPTION_EXPECT, "--expect", "FILE", "known faults; default: those that Kronos comes with"},
    {KT_OPTION_STRICT, "--strict", NULL, "a known fault is a fault"},
    {KT_OPTION_REQUIRE, "--require", "EXPR",
     "exit 3 unless device=GLOB, vendor=GLOB, driver=GLOB, version>=V (of the\n"
     "driver), type=T or type!=T (cpu, integrated, discrete, virtual, other),\n"
     "executed>=N, skipped<=N; may be repeated"},
    {KT_OPTION_JOBS, "--jobs", "N", "processes at once; default: 1"},
    {KT_OPTION_REPEAT, "--repeat", "N", "run each case N times and count its failures; default: 1"},
    {KT_OPTION_SEED, "--seed", "S", "where random values come from; default: 1"},
    {KT_OPTION_TIMEOUT, "--timeout", "S",
     "seconds that one case may take; default: 60, of the\ntier full 1800"},
    {KT_OPTION_SCHEDULES, "--schedules", "N",
     "how many orders each scene is played in; default: 60 on the null driver,\n12 elsewhere"},
    {KT_OPTION_SCHEDULE, "--schedule", "N",
     "only that one of them, after number 0, which tells how many steps to expect"},
    {KT_OPTION_FAULT, "--fault", "GLOB",
     "only faults whose name matches, such as 'glsl/*'; several joined by ','"},
    {KT_OPTION_CASES, "--cases", "N",
     "give a fault up for a survivor after N cases, of as many groups as\nthere are; default: 200"},
    {KT_OPTION_IDLE, "--idle", NULL,
     "at the end try the cases that noticed nothing on each fault that they\nreach, and list those "
     "that notice none"},
    {KT_OPTION_MATRIX, "--matrix", NULL,
     "go on after the first case that fails: which case notices which fault?"},
    {KT_OPTION_SHARD, "--shard", "I/N", "part I, from 0, of N parts of the cases"},
    {KT_OPTION_HERE, "--here", NULL, "no child processes, for a debugger"},
};

enum { OPTION_COUNT = sizeof OPTIONS / sizeof OPTIONS[0] };

static bool parse_tier(const char *value, kt_tier *out)
{
    for (int tier = KT_TIER_QUICK; tier <= KT_TIER_FULL; tier++) {
        if (!strcmp(value, kt_tier_text((kt_tier)tier))) {
            *out = (kt_tier)tier;
            return true;
        }
    }
    return false;
}

static bool parse_shard(const char *value, kt_selection *selection)
{
    char index[24];
    const char *slash = strchr(value, '/');
    if (!slash || (size_t)(slash - value) >= sizeof index)
        return false;
    memcpy(index, value, (size_t)(slash - value));
    index[slash - value] = '\0';
    return kt_parse_number(index, UINT64_MAX, &selection->shard_index) &&
           kt_parse_number(slash + 1, UINT64_MAX, &selection->shard_count) &&
           selection->shard_index < selection->shard_count;
}

static bool is_count(const char *value)
{
    uint64_t number;
    return kt_parse_number(value, UINT64_MAX, &number) && number > 0;
}

static void add_filter(kt_options *options, const char *filter)
{
    const char **first = options->words + options->selection.filter_count;
    memmove(first + 1, first, options->requirement_count * sizeof *first);
    *first = filter;
    options->selection.filter_count++;
}

// Applies one option, or a word, which is a filter.
static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    enum { MAX_TIMEOUT_S = 1000000, MAX_REPEAT = 1000000 };
    kt_options *options = user;
    options->given |= bit;
    switch (bit) {
    case 0:
    case KT_OPTION_FILTER:
        add_filter(options, value);
        return true;
    case KT_OPTION_TIER:
        return parse_tier(value, &options->selection.tier) ||
               kt_refuse(problem, "--tier is quick, standard or full, not '%s'", value);
    case KT_OPTION_SHARD:
        return parse_shard(value, &options->selection) ||
               kt_refuse(problem, "--shard is I/N with I below N, not '%s'", value);
    case KT_OPTION_SEED:
        return kt_parse_number(value, UINT64_MAX, &options->seed) ||
               kt_refuse(problem, "--seed is a number, not '%s'", value);
    case KT_OPTION_TIMEOUT:
        return (kt_parse_number(value, MAX_TIMEOUT_S, &options->timeout_s) && options->timeout_s) ||
               kt_refuse(problem, "--timeout is a number of seconds from 1, not '%s'", value);
    case KT_OPTION_JOBS:
        return (kt_parse_number(value, KT_MAX_JOBS, &options->jobs) && options->jobs) ||
               kt_refuse(problem, "--jobs is a number from 1 to %d, not '%s'", KT_MAX_JOBS, value);
    case KT_OPTION_REPEAT:
        return (kt_parse_number(value, MAX_REPEAT, &options->repeat) && options->repeat) ||
               kt_refuse(problem, "--repeat is a number from 1 to %d, not '%s'", MAX_REPEAT, value);
    case KT_OPTION_SCHEDULES:
        options->schedules = value;
        return is_count(value) ||
               kt_refuse(problem, "--schedules is a number from 1, not '%s'", value);
    case KT_OPTION_SCHEDULE:
        options->schedule = value;
        return is_count(value) ||
               kt_refuse(problem, "--schedule is a number from 1, not '%s'", value);
    case KT_OPTION_REQUIRE:
        // Filters grow from the front of the words, requirements behind them.
        options->words[options->selection.filter_count + options->requirement_count++] = value;
        return kt_is_requirement(value) ||
               kt_refuse(problem, "--require does not understand '%s'; --help lists what it takes",
                         value);
    case KT_OPTION_DEVICE:
        options->device = value;
        return true;
    case KT_OPTION_AGAINST:
        options->against = value;
        return true;
    case KT_OPTION_DRIVER:
        options->driver = value;
        return true;
    case KT_OPTION_EXPECT:
        options->expect = value;
        return true;
    case KT_OPTION_OUT:
        options->out = value;
        return true;
    case KT_OPTION_CASES:
        return (kt_parse_number(value, UINT64_MAX, &options->cases) && options->cases) ||
               kt_refuse(problem, "--cases is a number from 1, not '%s'", value);
    case KT_OPTION_FAULT:
        options->fault = value;
        return true;
    case KT_OPTION_RESUME:
        options->resume = value;
        return true;
    default:
        return true;
    }
}

// Options that would contradict each other.
static bool check(const kt_options *options, kt_text *problem)
{
    const unsigned given = options->given;
    if ((given & KT_OPTION_HERE) && (given & KT_OPTION_JOBS))
        return kt_refuse(problem, "--here runs everything in one process, without --jobs");
    if ((given & KT_OPTION_JSON) && (given & KT_OPTION_TAP))
        return kt_refuse(problem, "standard output is JSON or TAP: --json or --tap");
    return true;
}

static kt_argument_table make_table(unsigned accepted)
{
    return (kt_argument_table){.options = OPTIONS,
                               .option_count = OPTION_COUNT,
                               .accepted = accepted,
                               .takes_words = accepted & KT_OPTION_FILTER,
                               .take = take};
}

bool kt_options_init(kt_options *options, unsigned accepted, int count, char **arguments,
                     kt_text *problem)
{
    *options = (kt_options){.seed = DEFAULT_SEED, .jobs = 1, .repeat = 1};
    options->words = kt_memory((size_t)count + 1, sizeof *options->words);
    const kt_argument_table table = make_table(accepted);
    if (!kt_arguments_read(&table, options, count, arguments, problem))
        return false;
    if (!(options->given & KT_OPTION_TIMEOUT))
        options->timeout_s = kt_default_timeout_s(options->selection.tier);
    options->selection.filters = options->words;
    options->requirements = options->words + options->selection.filter_count;
    return check(options, problem);
}

void kt_options_finish(kt_options *options)
{
    free(options->words);
    *options = (kt_options){0};
}

void kt_options_help(unsigned accepted, FILE *file)
{
    const kt_argument_table table = make_table(accepted);
    kt_arguments_help(&table, file);
}
