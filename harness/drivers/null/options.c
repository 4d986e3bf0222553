#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The position of `value` in a NULL-ended list, or -1.
static int position(const char *value, const char *const *list)
{
    for (int i = 0; list[i]; i++)
        if (!strcmp(list[i], value))
            return i;
    return -1;
}

static bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    char *end;
    *out = strtoull(text, &end, 10);
    return end != text && !*end && *text != '-' && *out >= low && *out <= high;
}

// One family, "GC16": letters and a number.
static bool parse_family(const char *text, kro__null_family *out)
{
    static const struct {
        char letter;
        VkQueueFlagBits flag;
    } letters[] = {
        {'G', VK_QUEUE_GRAPHICS_BIT}, {'C', VK_QUEUE_COMPUTE_BIT}, {'T', VK_QUEUE_TRANSFER_BIT}};
    uint64_t number;
    *out = (kro__null_family){0};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (*text == letters[i].letter) {
            out->flags |= (VkQueueFlags)letters[i].flag;
            text++;
        }
    bool ok = out->flags && parse_number(text, 1, KRO__NULL_MAX_QUEUES, &number);
    out->queue_count = ok ? (uint32_t)number : 0;
    return ok;
}

static bool parse_families(const char *text, kro__null_options *options)
{
    options->family_count = 0;
    do {
        char word[16];
        size_t length = strcspn(text, "+");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (length >= sizeof word || options->family_count == KRO__NULL_MAX_FAMILIES ||
            !parse_family(word, &options->families[options->family_count++]))
            return false;
        text += length;
    } while (*text++ == '+');
    return true;
}

static bool parse_setting(const char *name, const char *value, kro__null_options *options)
{
    static const char *const versions[] = {"1.1", "1.2", "1.3", NULL};
    static const char *const types[] = {"other", "integrated", "discrete", "virtual", "cpu", NULL};
    uint64_t number;
    if (!strcmp(name, "api") && position(value, versions) >= 0) {
        options->api_version =
            VK_MAKE_API_VERSION(0, 1, (uint32_t)position(value, versions) + 1, 0);
    } else if (!strcmp(name, "type") && position(value, types) >= 0) {
        options->type = (VkPhysicalDeviceType)position(value, types);
    } else if (!strcmp(name, "queues") && parse_number(value, 1, KRO__NULL_MAX_QUEUES, &number)) {
        options->families[0].queue_count = (uint32_t)number;
    } else if (!strcmp(name, "families")) {
        return parse_families(value, options);
    } else if (!strcmp(name, "driver_id") && parse_number(value, 0, INT32_MAX, &number)) {
        options->driver_id = (uint32_t)number;
    } else if (!strcmp(name, "devices") && parse_number(value, 0, KRO__NULL_MAX_DEVICES, &number)) {
        options->device_count = (uint32_t)number;
    } else if (!strcmp(name, "heap_mib") && parse_number(value, 1, 1 << 30, &number)) {
        options->heap_bytes = number << 20;
    } else {
        return false;
    }
    return true;
}

static bool parse_word(char *word, kro__null_options *options)
{
    if (!strncmp(word, "no_", 3))
        return kro__hidden_add(&options->hidden, word + 3);
    char *equals = strchr(word, '=');
    if (!equals)
        return false;
    *equals = 0;
    bool ok = parse_setting(word, equals + 1, options);
    *equals = '=';
    return ok;
}

bool kro__null_options_parse(const char *text, kro__null_options *out, char *message,
                             size_t message_bytes)
{
    *out = (kro__null_options){
        .api_version = VK_API_VERSION_1_3,
        .families = {{VK_QUEUE_COMPUTE_BIT | VK_QUEUE_TRANSFER_BIT, 4}},
        .family_count = 1,
        .device_count = 1,
        .type = VK_PHYSICAL_DEVICE_TYPE_OTHER,
        .heap_bytes = (VkDeviceSize)16 << 30,
    };
    while (text && *text) {
        char word[128];
        size_t length = strcspn(text, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (length >= sizeof word || !parse_word(word, out)) {
            snprintf(message, message_bytes, "KRONOS_NULL: '%s' means nothing here; see %s", word,
                     "harness/drivers/null/options.h");
            return false;
        }
        text += length + (text[length] == ',');
    }
    return true;
}
