#include "difference.h"

#include <stdlib.h>
#include <string.h>

#include "difference_certified.h"
#include "circumstances.h"
#include "json.h"
#include "worst.h"

// What a result means for a comparison.
typedef enum verdict { RIGHT, KNOWN, FAULT, SKIPPED } verdict;

static verdict judge(const cli_result *result)
{
    switch (result->status) {
    case KT_PASS:
    case KT_WARN:
    case KT_XPASS: // right; that its entry must go is the run's own business
        return RIGHT;
    case KT_WAIVED:
    case KT_FLAKE:
        return KNOWN;
    case KT_NOT_SUPPORTED:
    case KT_NOT_RUN:
        return SKIPPED;
    default:
        return FAULT;
    }
}

static void add_change(cli_difference *self, cli_change_kind kind, bool worse, const cli_result *a,
                       const cli_result *b)
{
    self->changes = kt_memory_append(self->changes, self->change_count, sizeof *self->changes);
    self->changes[self->change_count++] =
        (cli_change){.kind = kind, .worse = worse, .name = b ? b->name : a->name, .a = a, .b = b};
    self->counts[kind]++;
    self->worse = self->worse || worse;
}

static bool is_slower(const cli_difference *self, const cli_result *a, const cli_result *b)
{
    // What slowed everything down is told once, not for each case.
    const bool known = self->times.count >= CLI_TIMED_MIN_COUNT && self->times.median > 1;
    const double usual = known ? self->times.median : 1;
    const double expected_ns = (double)a->duration_ns * usual;
    return self->margin > 0 && (double)b->duration_ns > expected_ns * self->margin &&
           (double)b->duration_ns > expected_ns + CLI_SLOWER_MIN_NS;
}

static void compare(cli_difference *self, const cli_result *a, const cli_result *b)
{
    const verdict before = judge(a), now = judge(b);
    if (now == FAULT && before != FAULT)
        add_change(self, CLI_NEW_FAULT, true, a, b);
    else if (now == FAULT && a->status != b->status)
        add_change(self, CLI_CHANGED_FAULT, kt_badness(b->status) > kt_badness(a->status), a, b);
    else if (now == SKIPPED && before != SKIPPED)
        add_change(self, CLI_SKIPPED_NOW, before == RIGHT, a, b);
    else if (now == KNOWN && before != KNOWN)
        add_change(self, CLI_KNOWN_NOW, false, a, b);
    else if (now == RIGHT && (before == FAULT || before == KNOWN))
        add_change(self, CLI_FIXED, false, a, b);
    else if (now == RIGHT && before == SKIPPED)
        add_change(self, CLI_RUNS_NOW, false, a, b);
    else if (now == RIGHT && is_slower(self, a, b))
        add_change(self, CLI_SLOWER, true, a, b);
}

// Cases of both, in the order of their names.
static void compare_all(cli_difference *self)
{
    const cli_result *a = self->a->items, *a_end = a + self->a->count;
    const cli_result *b = self->b->items, *b_end = b + self->b->count;
    // Another version may have other cases; the same one has them all.
    const bool same_suite = cli_same_suite(self->a, self->b);
    while (a < a_end || b < b_end) {
        const int order = a == a_end ? 1 : b == b_end ? -1 : strcmp(a->name, b->name);
        if (order < 0)
            add_change(self, CLI_GONE, same_suite && judge(a) == RIGHT, a, NULL);
        else if (order == 0)
            compare(self, a, b);
        else if (judge(b) == FAULT)
            add_change(self, CLI_NEW_FAULT, true, NULL, b);
        else
            add_change(self, CLI_NEW_CASE, false, NULL, b);
        a += order <= 0;
        b += order >= 0;
    }
}

static double ratio(const cli_change *change)
{
    return change->kind == CLI_SLOWER
               ? (double)change->b->duration_ns / (double)(change->a->duration_ns + 1)
               : 0;
}

static int worst_first(const void *x, const void *y)
{
    const cli_change *a = x, *b = y;
    if (a->worse != b->worse)
        return a->worse ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    const int a_badness = a->b ? kt_badness(a->b->status) : 0;
    const int b_badness = b->b ? kt_badness(b->b->status) : 0;
    if (a_badness != b_badness)
        return a_badness > b_badness ? -1 : 1;
    if (ratio(a) < ratio(b) || ratio(a) > ratio(b))
        return ratio(a) > ratio(b) ? -1 : 1;
    return strcmp(a->name, b->name);
}

static int by_size(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static void compare_times(cli_difference *self)
{
    cli_times *times = &self->times;
    double *ratios = kt_memory(self->a->count, sizeof *ratios);
    for (size_t i = 0; i < self->a->count; i++) {
        const cli_result *a = &self->a->items[i], *b = cli_results_find(self->b, a->name);
        if (!b || judge(a) != RIGHT || judge(b) != RIGHT || !a->duration_ns || !b->duration_ns)
            continue;
        // Neither alone may decide: that would favour one side.
        const double a_ns = (double)a->duration_ns, b_ns = (double)b->duration_ns;
        if (a_ns * b_ns >= (double)CLI_TIMED_MIN_NS * CLI_TIMED_MIN_NS)
            ratios[times->count++] = b_ns / a_ns;
    }
    if (times->count) {
        qsort(ratios, times->count, sizeof *ratios, by_size);
        times->low = ratios[times->count / 4];
        times->median = ratios[times->count / 2];
        times->high = ratios[times->count - 1 - times->count / 4];
    }
    times->slower =
        self->margin > 0 && times->count >= CLI_TIMED_MIN_COUNT && times->median > self->margin;
    self->worse = self->worse || times->slower;
    free(ratios);
}

void cli_difference_init(cli_difference *difference, const cli_results *a, const cli_results *b,
                         double margin)
{
    // That another device takes longer is no fault.
    const char *a_device = kt_json_string(cli_results_device(a), "name");
    const char *b_device = kt_json_string(cli_results_device(b), "name");
    *difference =
        (cli_difference){.a = a, .b = b, .margin = !strcmp(a_device, b_device) ? margin : 0};
    cli_circumstances(difference);
    compare_times(difference);
    compare_all(difference);
    cli_certified_compare(difference);
    if (difference->change_count)
        qsort(difference->changes, difference->change_count, sizeof *difference->changes,
              worst_first);
}

void cli_difference_finish(cli_difference *difference)
{
    for (size_t i = 0; i < difference->circumstance_count; i++) {
        cli_circumstance *item = &difference->circumstances[i];
        free(item->what);
        free(item->a);
        free(item->b);
    }
    free(difference->circumstances);
    cli_certified_finish(difference);
    free(difference->changes);
    *difference = (cli_difference){0};
}
