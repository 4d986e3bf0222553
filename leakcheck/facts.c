#include "facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_points(leak_facts *facts, const char *line)
{
    uint64_t failed, survived;
    if (sscanf(line, "points: %" SCNu64 " failed, %" SCNu64 " survived", &failed, &survived) != 2)
        return;
    facts->failed += failed;
    facts->survived += survived;
}

// False where the line is no slope.
static bool add_slope(leak_facts *facts, const char *case_name, const char *line)
{
    leak_slope read = {.case_name = case_name};
    if (sscanf(line, "%lf %63[^(\n](bound %lf)", &read.slope, read.what, &read.bound) != 3)
        return false;
    read.what[strlen(read.what) - 1] = '\0'; // the blank before the bound
    facts->slopes = kt_memory_append(facts->slopes, facts->slope_count, sizeof *facts->slopes);
    facts->slopes[facts->slope_count++] = read;
    facts->beyond_count += !(read.slope < read.bound);
    return true;
}

static void read_log(leak_facts *facts, const kt_result *result)
{
    // A soak is judged last: the slopes behind the last such line.
    static const char MARK[] = " times a ";
    const char *name = result->test_case->name, *last = NULL, *log;
    log = kt_text_string(&result->first.log);
    for (const char *line = log; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        add_points(facts, line);
        const char *mark = strstr(line, MARK);
        if (mark && mark < line + strcspn(line, "\n"))
            last = line;
    }
    for (const char *line = last ? strchr(last, '\n') : NULL; line; line = strchr(line, '\n')) {
        line++;
        if (!add_slope(facts, name, line))
            break;
    }
}

void leak_facts_init(leak_facts *facts, const kt_run *run)
{
    *facts = (leak_facts){0};
    for (size_t i = 0; i < run->config.cases->count; i++) {
        const kt_result *result = kt_run_result(run, &run->config.cases->items[i]);
        if (result)
            read_log(facts, result);
    }
}

void leak_facts_finish(leak_facts *facts)
{
    free(facts->slopes);
    *facts = (leak_facts){0};
}
