#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
    fputs("kronos: out of host memory in the test harness\n", stderr);
    abort();
}

void *kt_memory(size_t count, size_t size_bytes)
{
    void *memory = calloc(count ? count : 1, size_bytes ? size_bytes : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

void *kt_memory_grow(void *memory, size_t count, size_t size_bytes)
{
    void *grown =
        size_bytes && count > SIZE_MAX / size_bytes ? NULL : realloc(memory, count * size_bytes);
    if (!grown)
        out_of_memory();
    return grown;
}

void *kt_memory_append(void *memory, size_t count, size_t size_bytes)
{
    const bool is_full = !(count & (count - 1)); // room doubles at 0, 1, 2, 4, 8 ...
    return is_full ? kt_memory_grow(memory, count ? 2 * count : 1, size_bytes) : memory;
}

char *kt_copy_string(const char *string)
{
    size_t size_bytes = strlen(string) + 1;
    return memcpy(kt_memory(size_bytes, 1), string, size_bytes);
}

// Makes room for more bytes and the terminator.
static void reserve(kt_text *text, size_t more_bytes)
{
    size_t needed = text->size_bytes + more_bytes + 1;
    if (needed <= text->capacity_bytes)
        return;
    size_t capacity = text->capacity_bytes ? text->capacity_bytes : 64;
    while (capacity < needed)
        capacity *= 2;
    text->bytes = kt_memory_grow(text->bytes, capacity, 1);
    text->capacity_bytes = capacity;
}

void kt_text_append(kt_text *text, const void *bytes, size_t size_bytes)
{
    reserve(text, size_bytes);
    if (size_bytes)
        memcpy(text->bytes + text->size_bytes, bytes, size_bytes);
    text->size_bytes += size_bytes;
    text->bytes[text->size_bytes] = '\0';
}

void kt_text_format_list(kt_text *text, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int size_bytes = vsnprintf(NULL, 0, format, list);
    if (size_bytes > 0) {
        reserve(text, (size_t)size_bytes);
        vsnprintf(text->bytes + text->size_bytes, (size_t)size_bytes + 1, format, again);
        text->size_bytes += (size_t)size_bytes;
    }
    va_end(again);
}

void kt_text_format(kt_text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    kt_text_format_list(text, format, list);
    va_end(list);
}

const char *kt_text_string(const kt_text *text)
{
    return text->bytes ? text->bytes : "";
}

void kt_text_clear(kt_text *text)
{
    text->size_bytes = 0;
    if (text->bytes)
        text->bytes[0] = '\0';
}

void kt_text_finish(kt_text *text)
{
    free(text->bytes);
    *text = (kt_text){0};
}

// Length of the valid UTF-8 sequence at `bytes`, 0 if there is none.
static size_t utf8_length(const unsigned char *bytes, size_t size_bytes)
{
    unsigned first = bytes[0];
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length > size_bytes)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
    unsigned second = bytes[1];
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    // U+FFFE and U+FFFF are valid UTF-8 but no XML characters.
    bool noncharacter = first == 0xef && second == 0xbf && bytes[2] >= 0xbe;
    return overlong || beyond || noncharacter ? 0 : length;
}

void kt_text_append_clean(kt_text *text, const void *bytes, size_t size_bytes)
{
    const unsigned char *next = bytes;
    while (size_bytes) {
        size_t length = utf8_length(next, size_bytes);
        bool control = length == 1 &&
                       (next[0] == 0x7f || (next[0] < 0x20 && next[0] != '\t' && next[0] != '\n'));
        if (length && !control)
            kt_text_append(text, next, length);
        else
            kt_text_append(text, "\xef\xbf\xbd", 3);
        size_t used = length ? length : 1;
        next += used;
        size_bytes -= used;
    }
}

uint64_t kt_hash_string(const char *string)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const unsigned char *byte = (const unsigned char *)string; *byte; byte++)
        hash = (hash ^ *byte) * UINT64_C(0x100000001b3);
    return hash;
}

bool kt_parse_number(const char *string, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (!*string)
        return false;
    for (; *string; string++) {
        if (*string < '0' || *string > '9')
            return false;
        uint64_t digit = (uint64_t)(*string - '0');
        if (value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}
