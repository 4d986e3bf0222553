#include "selftest_report.h"

#include <string.h>

#include "json.h"
#include "main.h"
#include "run.h"
#include "table.h"

// At least this share of the faults that some case could notice must be noticed.
enum { LEAST_PERCENT = 95 };

// What came of the faults of a class, or of all.
typedef struct tally {
    size_t killed, survived, explained, unreached, unknown; // `survived` has those explained too
} tally;

static const char *const FATES[] = {
    [CLI_FATE_UNREACHED] = "unreached",
    [CLI_FATE_KILLED] = "killed",
    [CLI_FATE_SURVIVED] = "survived",
    [CLI_FATE_UNKNOWN] = "unknown",
};

// The class of a fault is its name up to the first '/'.
static size_t class_length(const cli_mutant *mutant)
{
    return strcspn(mutant->fault->name, "/");
}

static bool is_of_class(const cli_mutant *mutant, const cli_mutant *class)
{
    const size_t length = class_length(class);
    return class_length(mutant) == length &&
           !strncmp(mutant->fault->name, class->fault->name, length);
}

// Of the class of `class`, or of all where that is NULL.
static tally count(const cli_trial *self, const cli_mutant *class)
{
    tally sum = {0};
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        const cli_mutant *mutant = &self->mutants[i];
        if (!mutant->selected || (class && !is_of_class(mutant, class)))
            continue;
        const cli_fate fate = cli_mutant_fate(mutant);
        sum.killed += fate == CLI_FATE_KILLED;
        sum.survived += fate == CLI_FATE_SURVIVED;
        sum.explained += fate == CLI_FATE_SURVIVED && mutant->reason;
        sum.unreached += fate == CLI_FATE_UNREACHED;
        sum.unknown += fate == CLI_FATE_UNKNOWN;
    }
    return sum;
}

// Tenths of a percent, rounded down.
static unsigned rate(const tally *of)
{
    const size_t judged = of->killed + of->survived;
    return judged ? (unsigned)(of->killed * 1000 / judged) : 1000;
}

static bool is_first_of_class(const cli_trial *self, const cli_mutant *mutant)
{
    for (const cli_mutant *at = self->mutants; at < mutant; at++)
        if (is_of_class(at, mutant))
            return false;
    return true;
}

// The first mutant of the class that comes next; NULL where there is none.
static const cli_mutant *next_class(const cli_trial *self, const cli_mutant *class)
{
    const cli_mutant *end = self->mutants + KRO__PLANTED_COUNT;
    const cli_mutant *at = class ? class + 1 : self->mutants;
    while (at < end && !is_first_of_class(self, at))
        at++;
    return at < end ? at : NULL;
}

// What is wrong with a mutant; NULL: nothing.
static const char *find_wrong(const cli_mutant *mutant)
{
    const cli_fate fate = cli_mutant_fate(mutant);
    if (!mutant->selected)
        return NULL;
    if (fate == CLI_FATE_SURVIVED && !mutant->reason)
        return "survived, and no reason is known: a case is missing";
    if (fate == CLI_FATE_KILLED && mutant->reason)
        return "was killed, and the file of known ones says that no case can notice";
    return NULL;
}

int cli_trial_verdict(const cli_trial *self)
{
    const tally all = count(self, NULL);
    if (!all.killed && !all.survived && self->pass_count == 0)
        return KT_EXIT_UNUSABLE;
    bool right = rate(&all) >= LEAST_PERCENT * 10 && !self->unknown_opcode && !all.unknown;
    for (int i = 0; right && i < KRO__PLANTED_COUNT; i++)
        right = !find_wrong(&self->mutants[i]);
    return right ? KT_EXIT_EXPECTED : KT_EXIT_FAULTS;
}

static void add_counts(cJSON *object, const tally *of)
{
    cJSON_AddNumberToObject(object, "killed", (double)of->killed);
    cJSON_AddNumberToObject(object, "survived", (double)of->survived);
    cJSON_AddNumberToObject(object, "explained", (double)of->explained);
    cJSON_AddNumberToObject(object, "unreached", (double)of->unreached);
    cJSON_AddNumberToObject(object, "percent", rate(of) / 10.0);
}

static cJSON *mutant_json(const cli_trial *self, const cli_mutant *mutant)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", mutant->fault->name);
    cJSON_AddStringToObject(object, "fate", FATES[cli_mutant_fate(mutant)]);
    cJSON_AddNumberToObject(object, "reached_by", (double)mutant->reach_count);
    cJSON_AddNumberToObject(object, "ran", (double)mutant->run_count);
    kt_json_add_u64(object, "duration_ns", mutant->duration_ns);
    cJSON_AddBoolToObject(object, "reordered", mutant->reordered);
    if (mutant->reason)
        cJSON_AddStringToObject(object, "reason", mutant->reason);
    if (!mutant->killer_count)
        return object;
    cJSON *killers = cJSON_AddArrayToObject(object, "killed_by");
    for (size_t i = 0; i < mutant->killer_count; i++)
        cJSON_AddItemToArray(killers,
                             cJSON_CreateString(self->judges[mutant->killers[i]].test_case->name));
    cJSON_AddStringToObject(object, "status", kt_status_text(mutant->status));
    kt_json_add_text(object, "message", kt_text_string(&mutant->message));
    return object;
}

static cJSON *judge_json(const cli_judge *judge)
{
    size_t reached = 0;
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        reached += judge->reaches[i];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", judge->test_case->name);
    cJSON_AddStringToObject(object, "status", kt_status_text(judge->status));
    cJSON_AddNumberToObject(object, "reaches", (double)reached);
    cJSON_AddNumberToObject(object, "noticed", (double)judge->noticed_count);
    kt_json_add_u64(object, "duration_ns", judge->duration_ns);
    return object;
}

cJSON *cli_trial_json(const cli_trial *self)
{
    const tally all = count(self, NULL);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "type", "selftest");
    cJSON_AddStringToObject(json, "tier", kt_tier_text(self->options->selection.tier));
    kt_json_add_u64(json, "seed", self->options->seed);
    kt_json_add_text(json, "driver_name", kt_text_string(&self->driver_name));
    cJSON_AddBoolToObject(json, "matrix", self->options->given & KT_OPTION_MATRIX);
    kt_json_add_u64(json, "duration_ns", self->duration_ns);
    add_counts(json, &all);
    cJSON *classes = cJSON_AddObjectToObject(json, "classes");
    for (const cli_mutant *at = NULL; (at = next_class(self, at));) {
        const tally of = count(self, at);
        kt_text name = {0};
        kt_text_append(&name, at->fault->name, class_length(at));
        add_counts(cJSON_AddObjectToObject(classes, name.bytes), &of);
        kt_text_finish(&name);
    }
    cJSON *faults = cJSON_AddArrayToObject(json, "faults");
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        if (self->mutants[i].selected)
            cJSON_AddItemToArray(faults, mutant_json(self, &self->mutants[i]));
    cJSON *cases = cJSON_AddArrayToObject(json, "cases");
    for (size_t i = 0; i < self->judge_count; i++)
        cJSON_AddItemToArray(cases, judge_json(&self->judges[i]));
    return json;
}

static void add_row(cli_table *table, const char *name, size_t length, const tally *of)
{
    cli_table_add(table, "%.*s", (int)length, name);
    cli_table_add(table, "%zu", of->killed);
    cli_table_add(table, "%zu", of->survived);
    cli_table_add(table, "%zu", of->explained);
    cli_table_add(table, "%zu", of->unreached);
    cli_table_add(table, "%u.%u %%", rate(of) / 10, rate(of) % 10);
}

static void print_table(const cli_trial *self, FILE *file)
{
    static const char *const HEAD[] = {"FAULTS",    "KILLED",    "SURVIVED",
                                       "EXPLAINED", "UNREACHED", "KILL RATE"};
    enum { COLUMNS = sizeof HEAD / sizeof HEAD[0] };
    cli_table table;
    cli_table_init(&table, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++)
        cli_table_add(&table, "%s", HEAD[i]);
    for (const cli_mutant *at = NULL; (at = next_class(self, at));) {
        const tally of = count(self, at);
        if (of.killed + of.survived + of.unreached + of.unknown)
            add_row(&table, at->fault->name, class_length(at), &of);
    }
    const tally all = count(self, NULL);
    add_row(&table, "all", strlen("all"), &all);
    cli_table_print(&table, file);
    cli_table_finish(&table);
}

void cli_trial_print(const cli_trial *self, FILE *file)
{
    const tally all = count(self, NULL);
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        const char *wrong = find_wrong(&self->mutants[i]);
        if (wrong)
            fprintf(file, "%s %s (%zu cases ran)\n", self->mutants[i].fault->name, wrong,
                    self->mutants[i].run_count);
    }
    if (self->unknown_opcode)
        fprintf(file, "SPIR-V opcode %u is used, and planted_spirv.def has no fault of it\n",
                self->unknown_opcode);
    if (self->options->given & KT_OPTION_IDLE)
        for (size_t i = 0; i < self->judge_count; i++)
            if (self->judges[i].status <= KT_WARN && !self->judges[i].noticed_count)
                fprintf(file, "%s notices no fault\n", self->judges[i].test_case->name);
    if (all.unknown)
        fprintf(file, "%zu faults were not planted: the run was interrupted\n", all.unknown);
    print_table(self, file);
    fprintf(file, "%s: %zu of %zu faults were noticed, by %zu cases, in %.0f s\n",
            cli_trial_verdict(self) == KT_EXIT_EXPECTED ? "THE SUITE NOTICES" : "THE SUITE MISSES",
            all.killed, all.killed + all.survived, self->pass_count,
            (double)self->duration_ns / (double)KT_NS_PER_S);
}
