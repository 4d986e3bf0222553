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
        options->queue_count = (uint32_t)number;
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
        .queue_count = 4,
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
