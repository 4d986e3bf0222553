#include "circumstances.h"

#include <string.h>

#include "json.h"

// Facts that are told first, by where they stand.
typedef struct fact {
    const char *what;
    const char *object; // "run", "device", or an object of the certificate
    const char *member;
} fact;

static const fact FACTS[] = {
    {"device", "device", "name"},
    {"device uuid", "device", "uuid"},
    {"driver", "device", "driver_name"},
    {"driver information", "device", "driver_info"},
    {"driver version", "device", "driver_version"},
    {"driver library", "driver", "library"},
    {"driver library SHA-256", "driver", "library_sha256"},
    {"driver code SHA-256", "driver", "code_library_sha256"},
    {"Vulkan version", "device", "api_version"},
    {"problem with the device", "run", "device_problem"},
    {"Kronos", "run", "kronos"},
    {"Kronos commit", "kronos", "git_hash"},
    {"Kronos commit unchanged", "kronos", "git_clean"},
    {"tier", "run", "tier"},
    {"filters", "run", "filters"},
    {"shard", "run", "shard"},
    {"cases selected", "run", "selected"},
    {"hash of the selection", "run", "selection"},
    {"seed", "run", "seed"},
    {"runs of each case", "run", "repeat"},
    {"processes at once", "run", "jobs"},
};

enum { FACT_COUNT = sizeof FACTS / sizeof FACTS[0] };

static const cJSON *find_fact(const cli_results *results, const fact *wanted)
{
    const cJSON *object;
    if (!strcmp(wanted->object, "run"))
        object = results->run;
    else if (!strcmp(wanted->object, "device"))
        object = cli_results_device(results);
    else
        object = cJSON_GetObjectItemCaseSensitive(results->certificate, wanted->object);
    return cJSON_GetObjectItemCaseSensitive(object, wanted->member);
}

char *cli_value_text(const cJSON *value)
{
    if (cJSON_IsString(value))
        return kt_copy_string(value->valuestring);
    if (!value || cJSON_IsNull(value))
        return kt_copy_string("-");
    if (cJSON_IsBool(value))
        return kt_copy_string(cJSON_IsTrue(value) ? "yes" : "no");
    char *json = cJSON_PrintUnformatted(value);
    char *copy = kt_copy_string(json ? json : "");
    cJSON_free(json);
    return copy;
}

static void add(cli_difference *self, const char *what, char *a, char *b)
{
    self->circumstances = kt_memory_append(self->circumstances, self->circumstance_count,
                                           sizeof *self->circumstances);
    self->circumstances[self->circumstance_count++] =
        (cli_circumstance){.what = kt_copy_string(what), .a = a, .b = b};
}

static void compare_values(cli_difference *self, const char *what, const cJSON *a, const cJSON *b)
{
    if (a && b ? !cJSON_Compare(a, b, true) : a != b)
        add(self, what, cli_value_text(a), cli_value_text(b));
}

static bool is_told_first(const char *member)
{
    for (int i = 0; i < FACT_COUNT; i++)
        if (!strcmp(FACTS[i].object, "device") && !strcmp(FACTS[i].member, member))
            return true;
    return false;
}

// Every member that is in `a`, in `b` or in both: features, limits and the like.
static void compare_members(cli_difference *self, const char *prefix, const cJSON *a,
                            const cJSON *b)
{
    for (int side = 0; side < 2; side++) {
        const cJSON *object = side ? b : a;
        for (const cJSON *next = object ? object->child : NULL; next; next = next->next) {
            const cJSON *other = cJSON_GetObjectItemCaseSensitive(side ? a : b, next->string);
            if ((side && other) || (!*prefix && is_told_first(next->string)))
                continue;
            kt_text name = {0};
            kt_text_format(&name, "%s%s", prefix, next->string);
            if (cJSON_IsObject(next)) {
                kt_text_format(&name, ".");
                compare_members(self, kt_text_string(&name), side ? other : next,
                                side ? next : other);
            } else {
                compare_values(self, kt_text_string(&name), side ? other : next,
                               side ? next : other);
            }
            kt_text_finish(&name);
        }
    }
}

void cli_circumstances(cli_difference *difference)
{
    const cli_results *a = difference->a, *b = difference->b;
    compare_values(difference, "unusable", cJSON_GetObjectItemCaseSensitive(a->end, "unusable"),
                   cJSON_GetObjectItemCaseSensitive(b->end, "unusable"));
    if (!a->end != !b->end)
        add(difference, "run to its end", kt_copy_string(a->end ? "yes" : "no"),
            kt_copy_string(b->end ? "yes" : "no"));
    for (int i = 0; i < FACT_COUNT; i++) {
        // `kronos run` writes no certificate: what only one of them can know tells nothing.
        const bool of_certificate =
            strcmp(FACTS[i].object, "run") != 0 && strcmp(FACTS[i].object, "device") != 0;
        if (!of_certificate || (a->certificate && b->certificate))
            compare_values(difference, FACTS[i].what, find_fact(a, &FACTS[i]),
                           find_fact(b, &FACTS[i]));
    }
    if (cli_results_device(a) && cli_results_device(b))
        compare_members(difference, "", cli_results_device(a), cli_results_device(b));
}

bool cli_same_suite(const cli_results *a, const cli_results *b)
{
    const cJSON *a_kronos = cJSON_GetObjectItemCaseSensitive(a->certificate, "kronos");
    const cJSON *b_kronos = cJSON_GetObjectItemCaseSensitive(b->certificate, "kronos");
    return !strcmp(kt_json_string(a->run, "kronos"), kt_json_string(b->run, "kronos")) &&
           (!a_kronos || !b_kronos ||
            !strcmp(kt_json_string(a_kronos, "git_hash"), kt_json_string(b_kronos, "git_hash")));
}
