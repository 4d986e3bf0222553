#include "selection.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static int type_rank(kro_device_type type)
{
    switch (type) {
    case KRO_DEVICE_TYPE_DISCRETE:
        return 0;
    case KRO_DEVICE_TYPE_INTEGRATED:
        return 1;
    case KRO_DEVICE_TYPE_VIRTUAL:
        return 2;
    case KRO_DEVICE_TYPE_CPU:
        return 4;
    case KRO_DEVICE_TYPE_OTHER:
        break;
    }
    return 3;
}

static bool is_better(const kro_device_info *a, const kro_device_info *b)
{
    if (type_rank(a->type) != type_rank(b->type))
        return type_rank(a->type) < type_rank(b->type);
    return a->device_memory_bytes > b->device_memory_bytes;
}

void kro__rank_devices(const kro_device_info *infos, uint32_t count, uint32_t *order)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = i;
        for (; place > 0 && is_better(&infos[i], &infos[order[place - 1]]); place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
}

// ASCII only: device names and requests are not prose.
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts_with(const char *text, const char *part)
{
    while (*part && lower(*text) == lower(*part)) {
        text++;
        part++;
    }
    return *part == '\0';
}

static bool contains(const char *text, const char *part)
{
    for (; *text; text++)
        if (starts_with(text, part))
            return true;
    return false;
}

static bool equals(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && starts_with(a, b);
}

static const char *const type_names[] = {"other", "integrated", "discrete", "virtual", "cpu"};
enum { TYPE_COUNT = sizeof type_names / sizeof *type_names };

static const char *type_name(kro_device_type type)
{
    return (unsigned)type < TYPE_COUNT ? type_names[type] : "other";
}

static bool is_type(const char *name)
{
    bool found = false;
    for (unsigned i = 0; i < TYPE_COUNT; i++)
        found |= equals(type_names[i], name);
    return found;
}

typedef enum request_form { BY_NAME, BY_INDEX, BY_VENDOR, BY_TYPE, BY_UUID } request_form;

static const struct {
    const char *prefix;
    request_form form;
} forms[] = {{"index:", BY_INDEX}, {"vendor:", BY_VENDOR}, {"type:", BY_TYPE}, {"uuid:", BY_UUID}};

static bool fits(const kro_device_info *info, uint32_t position, request_form form,
                 const char *value, uint32_t index)
{
    switch (form) {
    case BY_INDEX:
        return position == index;
    case BY_VENDOR:
        return equals(info->vendor, value);
    case BY_TYPE:
        return equals(type_name(info->type), value);
    case BY_UUID:
        return equals(info->uuid, value);
    case BY_NAME:
        break;
    }
    return contains(info->name, value);
}

static kro_status fail_none_fits(const kro_device_info *const *ranked, uint32_t count,
                                 const char *request)
{
    char list[640] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < count && used < sizeof list; i++)
        used +=
            (size_t)snprintf(list + used, sizeof list - used, "%s%u '%s' (%s, %s)", i ? ", " : "",
                             i, ranked[i]->name, ranked[i]->vendor, type_name(ranked[i]->type));
    return kro__fail(KRO_ERROR_NO_DEVICE,
                     "no device fits '%s'; there %s %u: %s; if one is missing, "
                     "run 'kronos doctor'",
                     request, count == 1 ? "is" : "are", count, list);
}

kro_status kro__select_device(const kro_device_info *const *ranked, uint32_t count,
                              const char *request, uint32_t *out)
{
    if (count == 0)
        return kro__fail(KRO_ERROR_NO_DEVICE,
                         "the Vulkan drivers on this machine offer no device with a compute queue "
                         "and Vulkan 1.1; run 'kronos doctor'");
    request_form form = BY_NAME;
    const char *value = request ? request : "";
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (starts_with(value, forms[i].prefix)) {
            form = forms[i].form;
            value += strlen(forms[i].prefix);
            break;
        }
    }
    if (form == BY_NAME && !*value) {
        *out = 0;
        return KRO_OK;
    }
    uint32_t index = 0;
    if (form == BY_INDEX) {
        char *end;
        unsigned long number = strtoul(value, &end, 10);
        if (*value < '0' || *value > '9' || *end || number > UINT32_MAX)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "device request '%s' is not index: and a number", request);
        index = (uint32_t)number;
    } else if (!*value) {
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "device request '%s' names nothing", request);
    } else if (form == BY_TYPE && !is_type(value)) {
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "device request '%s': types are other, integrated, discrete, virtual "
                         "and cpu",
                         request);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (fits(ranked[i], i, form, value, index)) {
            *out = i;
            return KRO_OK;
        }
    }
    return fail_none_fits(ranked, count, request);
}
