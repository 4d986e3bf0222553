#include "expect_update.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "markdown.h"

enum { MESSAGE_BYTES = 200, LISTED_CASES = 6 };

// Names of cases, borrowed.
typedef struct names {
    const char **items;
    size_t count;
} names;

// What results say of an entry.
typedef struct entry_state {
    names right, needed;
    char *version; // the lowest of a driver on which a case is right; NULL: none
    bool expired;
} entry_state;

// Cases that are to become one entry.
typedef struct fault {
    const cli_results *results;
    const cli_result *first;
    size_t prefix_bytes; // of suite/group/name
    kt_status status;
    names cases;
} fault;

typedef struct update {
    const cli_expect_file *file;
    cli_patch *patch;
    cli_expect_counts *counts;
    entry_state *states; // one for each entry
    fault *faults;
    size_t fault_count;
} update;

static void add_name(names *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i], name))
            return; // from another device with the same driver
    list->items = kt_memory_append(list->items, list->count, sizeof *list->items);
    list->items[list->count++] = name;
}

kt_driver cli_results_driver(const cli_results *results, kt_text *version)
{
    const cJSON *device = cli_results_device(results);
    kt_driver_version(kt_json_string(device, "driver_info"),
                      kt_json_string(device, "driver_version"), version);
    return (kt_driver){.name = kt_json_string(device, "driver_name"),
                       .version = kt_text_string(version)};
}

// The length of "suite/group/name" of a case; a family's parameter comes behind.
static size_t prefix_of(const char *name)
{
    size_t length = 0;
    for (int part = 0; part < 3 && name[length]; part++)
        length += strcspn(name + length + (part > 0), "/") + (part > 0);
    return length;
}

// What an entry has to forgive: a case that passed when it ran again fails at times.
static kt_status status_to_expect(const cli_result *result)
{
    const cJSON *again = cJSON_GetObjectItemCaseSensitive(result->json, "again");
    const double runs = cJSON_GetNumberValue(cJSON_GetObjectItem(result->json, "runs"));
    const double failed = cJSON_GetNumberValue(cJSON_GetObjectItem(result->json, "failed"));
    const char *second = kt_json_string(again, "status");
    const bool at_times = !strcmp(second, "Pass") || !strcmp(second, "Warn") || failed < runs;
    return at_times ? KT_FLAKE : result->outcome;
}

static const char *driver_name(const cli_results *results)
{
    return kt_json_string(cli_results_device(results), "driver_name");
}

static void add_fault(update *self, const cli_results *results, const cli_result *result)
{
    const size_t prefix_bytes = prefix_of(result->name);
    const kt_status status = status_to_expect(result);
    for (size_t i = 0; i < self->fault_count; i++) {
        fault *known = &self->faults[i];
        if (!strcmp(driver_name(known->results), driver_name(results)) && known->status == status &&
            known->prefix_bytes == prefix_bytes &&
            !memcmp(known->first->name, result->name, prefix_bytes)) {
            add_name(&known->cases, result->name);
            return;
        }
    }
    self->faults = kt_memory_append(self->faults, self->fault_count, sizeof *self->faults);
    fault *added = &self->faults[self->fault_count++];
    *added = (fault){
        .results = results, .first = result, .prefix_bytes = prefix_bytes, .status = status};
    add_name(&added->cases, result->name);
}

// Notes that an entry's case is right on a driver.
static void add_right(entry_state *state, const char *name, const char *version)
{
    add_name(&state->right, name);
    if (state->version && kt_compare_versions(state->version, version) <= 0)
        return;
    free(state->version);
    state->version = kt_copy_string(version);
}

static void judge(update *self, const cli_results *results, const cli_result *result,
                  const kt_driver *driver, const char *today)
{
    const kt_expectations *entries = &self->file->entries;
    const kt_case test_case = {.name = result->name, .old_names = result->old_names};
    const kt_expectation *entry = kt_expect_find(entries, driver, &test_case, result->outcome);
    entry_state *state = entry ? &self->states[entry - entries->items] : NULL;
    if (result->status == KT_SUSPECT || result->outcome == KT_INTERNAL_ERROR) {
        self->counts->left_out++;
    } else if (result->outcome == KT_PASS || result->outcome == KT_WARN) {
        if (entry && !(entry->statuses & (1u << KT_FLAKE)))
            add_right(state, result->name, driver->version);
    } else if (kt_status_is_failure(result->outcome)) {
        const unsigned forgiving = 1u << result->outcome | 1u << KT_FLAKE;
        if (!entry || !(entry->statuses & forgiving)) {
            add_fault(self, results, result);
            return;
        }
        add_name(&state->needed, result->name);
        state->expired = state->expired || kt_expectation_expired(entry, today);
    }
}

static bool starts_with(const char *line, const char *word)
{
    while (isspace((unsigned char)*line))
        line++;
    return !strncmp(line, word, strlen(word));
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t\r")] == '\0';
}

// The first and one past the last line of an entry, with the comment that stands right above it.
static void lines_of(const cli_patch *patch, const kt_expectation *entry, size_t *first,
                     size_t *end)
{
    *first = entry->line - 1;
    *end = *first + 1;
    for (size_t i = *end; i < patch->line_count && !starts_with(patch->lines[i], "["); i++)
        if (!is_blank(patch->lines[i]) && !starts_with(patch->lines[i], "#"))
            *end = i + 1;
    while (*first > 0 && starts_with(patch->lines[*first - 1], "#"))
        --*first;
}

// The line of an entry's key.
static size_t line_of(const cli_patch *patch, const kt_expectation *entry, const char *key)
{
    size_t line = entry->line;
    while (line < patch->line_count && !starts_with(patch->lines[line], key))
        line++;
    return line;
}

static void remove_entry(cli_patch *patch, const kt_expectation *entry)
{
    size_t first, end;
    lines_of(patch, entry, &first, &end);
    // One blank line stays between its neighbours, none at the end of the file.
    while (end < patch->line_count && is_blank(patch->lines[end]))
        end++;
    while (end == patch->line_count && first > 0 && is_blank(patch->lines[first - 1]))
        first--;
    cli_patch_edit(patch, first, end - first, "");
}

// An entry of which no case fails any more: the fault was mended by this version at the latest.
static void end_entry(update *self, const kt_expectation *entry, const char *version)
{
    self->counts->ended++;
    if (entry->first_version && kt_compare_versions(version, entry->first_version) <= 0) {
        remove_entry(self->patch, entry);
        return;
    }
    kt_text line = {0};
    kt_text_format(&line, "versions = %s%s.. %s\n",
                   entry->first_version ? entry->first_version : "",
                   entry->first_version ? " " : "", version);
    cli_patch_edit(self->patch, line_of(self->patch, entry, "versions"), 1, kt_text_string(&line));
    kt_text_finish(&line);
}

static bool matches_any(const char *pattern, const names *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        if (kt_match(pattern, cases->items[i]))
            return true;
    return false;
}

// Appends one more pattern of several.
static void append_pattern(kt_text *out, const char *pattern)
{
    kt_text_format(out, "%s%s", out->size_bytes ? "|" : "", pattern);
}

// An entry of which some cases fail: patterns that also match one that is right give way to the
// names of those that fail.
static void narrow_entry(update *self, const kt_expectation *entry, const entry_state *state)
{
    kt_text line = {0};
    char *copy = kt_copy_string(entry->pattern), *rest = copy;
    for (char *pattern; (pattern = strsep(&rest, ",|"));) {
        if (!matches_any(pattern, &state->right)) {
            append_pattern(&line, pattern);
            continue;
        }
        for (size_t i = 0; i < state->needed.count; i++)
            if (kt_match(pattern, state->needed.items[i]))
                append_pattern(&line, state->needed.items[i]);
    }
    kt_text whole = {0};
    kt_text_format(&whole, "[%s]\n", kt_text_string(&line));
    cli_patch_edit(self->patch, entry->line - 1, 1, kt_text_string(&whole));
    self->counts->ended++;
    kt_text_finish(&line);
    kt_text_finish(&whole);
    free(copy);
}

static void update_entries(update *self)
{
    for (size_t i = 0; i < self->file->entries.count; i++) {
        const kt_expectation *entry = &self->file->entries.items[i];
        const entry_state *state = &self->states[i];
        if (state->right.count && !state->needed.count)
            end_entry(self, entry, state->version);
        else if (state->right.count)
            narrow_entry(self, entry, state);
        if (state->expired) {
            cli_patch_edit(self->patch, line_of(self->patch, entry, "expires"), 1, "expires =\n");
            self->counts->renewed++;
        }
    }
}

// Whether every case of the family failed that way.
static bool is_whole_family(const fault *group)
{
    size_t count = 0;
    for (size_t i = 0; i < group->results->count; i++) {
        const char *name = group->results->items[i].name;
        count += prefix_of(name) == group->prefix_bytes &&
                 !memcmp(name, group->first->name, group->prefix_bytes);
    }
    return count == group->cases.count;
}

static void append_cases(const fault *group, kt_text *out)
{
    kt_text pattern = {0};
    if (group->cases.count > LISTED_CASES && is_whole_family(group))
        kt_text_format(&pattern, "%.*s/*", (int)group->prefix_bytes, group->first->name);
    else
        for (size_t i = 0; i < group->cases.count; i++)
            append_pattern(&pattern, group->cases.items[i]);
    kt_text_format(out, "[%s]\n", kt_text_string(&pattern));
    kt_text_finish(&pattern);
}

static void append_entry(const fault *group, kt_text *out)
{
    kt_text version = {0};
    const kt_driver driver = cli_results_driver(group->results, &version);
    const char *message = kt_json_string(group->first->json, "message");
    if (*message) {
        kt_text_format(out, "# ");
        kt_append_line(out, message, MESSAGE_BYTES);
        kt_text_format(out, "\n");
    }
    append_cases(group, out);
    kt_text_format(out, "status = %s\ndriver = ", kt_status_text(group->status));
    // What means something in a pattern stands for any character.
    for (const char *next = driver.name; *next; next++)
        kt_text_append(out, strchr(",|*[", *next) ? "?" : next, 1);
    kt_text_format(out, "\nversions = %s ..\nreason =\nlink =\nexpires =\n", driver.version);
    kt_text_finish(&version);
}

static void add_entries(update *self)
{
    kt_text added = {0};
    for (size_t i = 0; i < self->fault_count; i++) {
        if (i || self->patch->line_count)
            kt_text_format(&added, "\n");
        append_entry(&self->faults[i], &added);
    }
    if (self->fault_count)
        cli_patch_edit(self->patch, self->patch->line_count, 0, kt_text_string(&added));
    self->counts->added += self->fault_count;
    kt_text_finish(&added);
}

static void finish(update *self)
{
    for (size_t i = 0; i < self->file->entries.count; i++) {
        free(self->states[i].right.items);
        free(self->states[i].needed.items);
        free(self->states[i].version);
    }
    for (size_t i = 0; i < self->fault_count; i++)
        free(self->faults[i].cases.items);
    free(self->states);
    free(self->faults);
}

void cli_expect_update(const cli_expect_file *file, const cli_results *results, size_t result_count,
                       const char *today, cli_patch *patch, cli_expect_counts *counts)
{
    update self = {.file = file,
                   .patch = patch,
                   .counts = counts,
                   .states = kt_memory(file->entries.count, sizeof *self.states)};
    for (size_t i = 0; i < result_count; i++) {
        kt_text version = {0};
        const kt_driver driver = cli_results_driver(&results[i], &version);
        for (size_t j = 0; j < results[i].count; j++)
            judge(&self, &results[i], &results[i].items[j], &driver, today);
        kt_text_finish(&version);
    }
    update_entries(&self);
    add_entries(&self);
    finish(&self);
}
