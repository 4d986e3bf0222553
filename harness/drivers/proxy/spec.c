#include "spec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "planted.h"
#include "structs.h"

enum { WORD_BYTES = 1024 };

// A word being read: `name` or `name=value`, and why it is wrong.
typedef struct word {
    char name[WORD_BYTES];
    char *value; // behind the "=", or NULL
    char reason[256];
} word;

static bool wrong(word *in, const char *reason, const char *part)
{
    snprintf(in->reason, sizeof in->reason, "%s%s%.160s%s", reason, part ? " '" : "",
             part ? part : "", part ? "'" : "");
    return false;
}

static bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && !errno && *out >= low && *out <= high;
}

// Cuts the text before the first `separator` off; NULL when nothing is left.
static char *cut(char **rest, char separator)
{
    char *part = *rest;
    char *end = part ? strchr(part, separator) : NULL;
    if (end)
        *end = 0;
    *rest = end ? end + 1 : NULL;
    return part;
}

static bool read_number(word *in, uint64_t low, uint64_t high, uint64_t *out)
{
    if (in->value && parse_number(in->value, low, high, out))
        return true;
    char range[96];
    snprintf(range, sizeof range, "%llu to %llu", (unsigned long long)low,
             (unsigned long long)high);
    return wrong(in, "needs a number,", range);
}

static bool read_count(word *in, kro__spec *out)
{
    out->count = true;
    return !in->value || wrong(in, "takes no value", NULL);
}

static bool read_path(word *in, char out[KRO__SPEC_PATH])
{
    if (!in->value || !*in->value || strlen(in->value) >= KRO__SPEC_PATH)
        return wrong(in, "needs a path", NULL);
    snprintf(out, KRO__SPEC_PATH, "%s", in->value);
    return true;
}

static bool read_counts(word *in, kro__spec *out)
{
    return read_path(in, out->counts);
}

static bool read_leftovers(word *in, kro__spec *out)
{
    return read_path(in, out->leftovers);
}

static bool read_report(word *in, kro__spec *out)
{
    return read_path(in, out->report);
}

static bool read_capture(word *in, kro__spec *out)
{
    return read_path(in, out->capture);
}

// Any function may fail for a reason that the driver does not know.
static bool may_return(const kro__vk_call *call, const kro__vk_name *result)
{
    return kro__vk_has_word(call->successes, result->name) ||
           kro__vk_has_word(call->errors, result->name) || result->value == VK_ERROR_UNKNOWN;
}

// What follows FUNCTION:N:RESULT.
static bool read_fail_flags(word *in, char *rest, kro__fail_word *out, bool *unlisted)
{
    for (const char *flag; (flag = cut(&rest, ':'));) {
        bool is_from = !strcmp(flag, "from"), is_unlisted = !strcmp(flag, "unlisted");
        if (!is_from && !is_unlisted)
            return wrong(in, "ends with something else than 'from' or 'unlisted':", flag);
        out->from = out->from || is_from;
        *unlisted = *unlisted || is_unlisted;
    }
    return true;
}

static bool read_fail(word *in, kro__spec *out)
{
    char *rest = in->value;
    bool unlisted = false;
    const char *function = cut(&rest, ':'), *nth = cut(&rest, ':'), *result = cut(&rest, ':');
    if (!result)
        return wrong(in, "is fail=FUNCTION:N:RESULT, with :from behind it or not", NULL);
    kro__fail_word fail = {.call = kro__vk_call_find(function)};
    if (fail.call < 0 && strcmp(function, "any") != 0)
        return wrong(in, "names no Vulkan function:", function);
    const kro__vk_call *call = fail.call < 0 ? NULL : &kro__vk_calls[fail.call];
    if (call && !call->returns_result)
        return wrong(in, "names a function that returns no VkResult:", function);
    if (!parse_number(nth, 1, UINT64_MAX, &fail.nth))
        return wrong(in, "needs a number from 1 instead of", nth);
    const kro__vk_name *value = kro__vk_name_find(kro__vk_results, result);
    if (!value)
        return wrong(in, "names no VkResult:", result);
    if (!read_fail_flags(in, rest, &fail, &unlisted))
        return false;
    if (call && !unlisted && !may_return(call, value))
        return wrong(in, "names a result that the function never has (or add :unlisted):", result);
    fail.result = (VkResult)value->value;
    fail.result_name = value->name;
    if (out->fail_count == KRO__SPEC_FAILS)
        return wrong(in, "is one 'fail' too many", NULL);
    out->fails[out->fail_count++] = fail;
    return true;
}

static bool read_lose(word *in, kro__spec *out)
{
    return read_number(in, 1, UINT64_MAX, &out->lose);
}

static bool read_hide(word *in, kro__spec *out)
{
    if (!in->value)
        return wrong(in, "needs names", NULL);
    for (char *rest = in->value, *name; (name = cut(&rest, ','));)
        if (!kro__hidden_add(&out->hidden, name))
            return wrong(in, "knows no feature or extension", name);
    return true;
}

static bool read_noncoherent(word *in, kro__spec *out)
{
    out->noncoherent = true;
    return !in->value || wrong(in, "takes no value", NULL);
}

static bool read_api(word *in, kro__spec *out)
{
    const char *value = in->value ? in->value : "";
    if (strlen(value) != 3 || strncmp(value, "1.", 2) != 0 || value[2] < '1' || value[2] > '3')
        return wrong(in, "is 1.1, 1.2 or 1.3", NULL);
    out->api_version = VK_MAKE_API_VERSION(0, 1, (uint32_t)(value[2] - '0'), 0);
    return true;
}

static bool read_driver_id(word *in, kro__spec *out)
{
    uint64_t id;
    if (!read_number(in, 1, INT32_MAX, &id))
        return false;
    out->driver_id = (uint32_t)id;
    return true;
}

static bool read_limit(word *in, kro__spec *out)
{
    char *rest = in->value;
    const char *name = cut(&rest, ':');
    kro__limit_word limit = {0};
    if (!rest)
        return wrong(in, "is limit=NAME:VALUE", NULL);
    const kro__vk_member *member =
        kro__vk_member_any(kro__vk_properties, kro__vk_properties_count, name);
    if (!member && strcmp(name, "heap_bytes") != 0)
        return wrong(in, "knows no limit", name);
    limit.name = member ? member->name : NULL;
    if (!parse_number(rest, 0, UINT64_MAX, &limit.value))
        return wrong(in, "needs a number instead of", rest);
    if (out->limit_count == KRO__SPEC_LIMITS)
        return wrong(in, "is one 'limit' too many", NULL);
    out->limits[out->limit_count++] = limit;
    return true;
}

static bool read_budget(word *in, kro__spec *out)
{
    return read_number(in, 1, UINT64_MAX, &out->budget_bytes);
}

static bool read_dedicated(word *in, kro__spec *out)
{
    out->dedicated = true;
    return !in->value || wrong(in, "takes no value", NULL);
}

static bool read_split_queues(word *in, kro__spec *out)
{
    uint64_t count;
    if (!read_number(in, 2, 16, &count))
        return false;
    out->split_queues = (uint32_t)count;
    return true;
}

static bool read_delay(word *in, kro__spec *out)
{
    return read_number(in, 1, UINT64_MAX, &out->delay);
}

static bool read_reorder(word *in, kro__spec *out)
{
    out->reorder = true;
    return read_number(in, 0, UINT64_MAX, &out->seed);
}

static bool read_drop(word *in, kro__spec *out)
{
    static const char *const kinds[] = {
        [KRONOS_PROXY_BARRIER_LEVEL] = "level",
        [KRONOS_PROXY_BARRIER_ENTRY] = "entry",
        [KRONOS_PROXY_BARRIER_EXIT] = "exit",
    };
    char *rest = in->value;
    const char *kind = cut(&rest, ':');
    uint32_t k = 0;
    while (k < 3 && kind && strcmp(kind, kinds[k]) != 0)
        k++;
    if (!kind || k == 3)
        return wrong(in, "is level, entry or exit, with :N behind it or not", NULL);
    kro__drop_word drop = {.kind = (kronos_proxy_barrier)k};
    if (rest && !parse_number(rest, 1, UINT64_MAX, &drop.nth))
        return wrong(in, "needs a number from 1 instead of", rest);
    if (out->drop_count == KRO__SPEC_DROPS)
        return wrong(in, "is one 'drop' too many", NULL);
    out->drops[out->drop_count++] = drop;
    return true;
}

static bool read_exits(word *in, kro__spec *out)
{
    out->exits = true;
    out->exits_all = in->value != NULL;
    return !in->value || !strcmp(in->value, "all") || wrong(in, "takes only the value", "all");
}

static bool read_plant(word *in, kro__spec *out)
{
    const int fault = in->value ? kro__planted_find(in->value) : -1;
    out->plant = fault + 1;
    return fault >= 0 || wrong(in, "knows no fault", in->value ? in->value : "");
}

static bool read_reach(word *in, kro__spec *out)
{
    return read_path(in, out->reach);
}

static bool read_external(word *in, kro__spec *out)
{
    enum { SECOND_US = 1000000 };
    char *rest = in->value;
    const char *longest = cut(&rest, ':');
    out->external = true;
    if (longest && !parse_number(longest, 0, SECOND_US, &out->external_us))
        return wrong(in, "needs microseconds, 0 to 1000000, instead of", longest);
    return !rest || parse_number(rest, 0, UINT64_MAX, &out->external_seed) ||
           wrong(in, "needs a number as its seed instead of", rest);
}

static const struct {
    const char *name;
    bool (*read)(word *in, kro__spec *out);
} readers[] = {
    {"count", read_count},
    {"counts", read_counts},
    {"leftovers", read_leftovers},
    {"report", read_report},
    {"fail", read_fail},
    {"lose", read_lose},
    {"hide", read_hide},
    {"noncoherent", read_noncoherent},
    {"api", read_api},
    {"limit", read_limit},
    {"budget", read_budget},
    {"dedicated", read_dedicated},
    {"driver_id", read_driver_id},
    {"delay", read_delay},
    {"split_queues", read_split_queues},
    {"reorder", read_reorder},
    {"drop", read_drop},
    {"exits", read_exits},
    {"external", read_external},
    {"capture", read_capture},
    {"plant", read_plant},
    {"reach", read_reach},
};

static bool read_word(word *in, kro__spec *out)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (!strcmp(readers[i].name, in->name))
            return readers[i].read(in, out);
    return wrong(in, "is no word of a spec; see harness/drivers/proxy/proxy.h", NULL);
}

// Faults act where work is replayed or checked; elsewhere they would silently do nothing.
static bool check_drops(const kro__spec *spec, char *message, size_t message_bytes)
{
    for (uint32_t i = 0; i < spec->drop_count; i++) {
        bool exit = spec->drops[i].kind == KRONOS_PROXY_BARRIER_EXIT;
        if (exit ? spec->exits : spec->reorder)
            continue;
        snprintf(message, message_bytes, "KRONOS_PROXY: 'drop=%s' does nothing without '%s'",
                 exit ? "exit" : "level' or 'drop=entry", exit ? "exits" : "reorder=SEED");
        return false;
    }
    return true;
}

bool kro__spec_parse(const char *text, kro__spec *out, char *message, size_t message_bytes)
{
    kro__spec spec = {0};
    while (text && *text) {
        size_t length = strcspn(text, ";");
        word in = {.reason = ""};
        snprintf(in.name, sizeof in.name, "%.*s", (int)length, text);
        char whole[WORD_BYTES];
        memcpy(whole, in.name, sizeof whole);
        in.value = strchr(in.name, '=');
        if (in.value)
            *in.value++ = 0;
        bool ok = length < sizeof in.name ? read_word(&in, &spec) : wrong(&in, "is too long", NULL);
        if (!ok) {
            snprintf(message, message_bytes, "KRONOS_PROXY: '%.200s' %s", whole, in.reason);
            return false;
        }
        text += length + (text[length] == ';');
    }
    if (!check_drops(&spec, message, message_bytes))
        return false;
    *out = spec;
    return true;
}
