#include "comparison.h"

#include <string.h>

#include "json.h"

static void print_ratio(const cJSON *item, const char *time, double margin, FILE *file)
{
    const double before = kt_json_number(item, "before"), now = kt_json_number(item, "now");
    fprintf(file, "%s: %s time is %.3f of that of %s, was %.3f (%+.0f %%, %.0f %% are let pass)\n",
            kt_json_string(item, "workload"), time, now, kt_json_string(item, "figure"), before,
            (now / before - 1) * 100, margin * 100);
}

// Beside another build, see against.h.
static void print_slower(const cJSON *item, const char *time, double margin, FILE *file)
{
    const bool as_graph = strcmp(kt_json_string(item, "figure"), "before") != 0;
    fprintf(file, "%s: takes %.0f %% more %s time %sthan before (%.0f %% are let pass)\n",
            kt_json_string(item, "workload"), (kt_json_number(item, "now") - 1) * 100, time,
            as_graph ? "as a graph " : "", margin * 100);
}

static void print_item(const cJSON *item, FILE *file)
{
    const char *kind = kt_json_string(item, "kind");
    if (!strcmp(kind, "count"))
        fprintf(file, "%s: %s is %.0f for a batch, was %.0f\n", kt_json_string(item, "workload"),
                kt_json_string(item, "figure"), kt_json_number(item, "now"),
                kt_json_number(item, "before"));
    else if (!strcmp(kind, "ratio"))
        print_ratio(item, "CPU", KP_MARGIN, file);
    else if (!strcmp(kind, "wall-ratio"))
        print_ratio(item, "wall", KP_WALL_MARGIN, file);
    else if (!strcmp(kind, "slower"))
        print_slower(item, "CPU", KP_MARGIN, file);
    else if (!strcmp(kind, "wall-slower"))
        print_slower(item, "wall", KP_WALL_MARGIN, file);
    else
        fprintf(file, "%s: %s\n", kt_json_string(item, "workload"),
                !strcmp(kind, "gone") ? "is not measured any more"
                                      : "there is nothing to compare it with");
}

void kp_comparison_print(const kp_comparison *comparison, const char *what, FILE *file)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, comparison->better)
    {
        fputs(strcmp(kt_json_string(item, "kind"), "new") != 0 ? "BETTER: " : "NEW: ", file);
        print_item(item, file);
    }
    cJSON_ArrayForEach(item, comparison->worse)
    {
        fputs("WORSE: ", file);
        print_item(item, file);
    }
    const char *untimed = kt_text_string(&comparison->untimed);
    if (*untimed)
        fprintf(file, "Only counts were compared: %s\n", untimed);
    if (!cJSON_GetArraySize(comparison->worse))
        fprintf(file, "No worse than %s\n", what);
}
