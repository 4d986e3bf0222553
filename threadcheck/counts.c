#include "counts.h"

#include <stdio.h>
#include <string.h>

static void add_line(explore_counts *counts, const char *line)
{
    explore_counts more;
    if (sscanf(line, "schedules %" SCNu64 ", steps %" SCNu64 ", switches %" SCNu64, &more.schedules,
               &more.steps, &more.switches) != 3)
        return;
    counts->schedules += more.schedules;
    counts->steps += more.steps;
    counts->switches += more.switches;
}

explore_counts explore_counts_of(const kt_run *run)
{
    explore_counts counts = {0};
    for (size_t i = 0; i < run->config.cases->count; i++) {
        const kt_result *result = kt_run_result(run, &run->config.cases->items[i]);
        const char *line = result ? strstr(kt_text_string(&result->first.log), "schedules ") : NULL;
        for (; line; line = strstr(line + 1, "schedules "))
            add_line(&counts, line);
    }
    return counts;
}
