// Text that grows, and small string helpers. Memory that runs out ends the process with a sentence:
// a test runner has nothing better to do.
#ifndef KT_TEXT_H
#define KT_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "test.h"

// Always terminated once anything was appended; zero is empty text.
typedef struct kt_text {
    char *bytes;
    size_t size_bytes, capacity_bytes;
} kt_text;

void kt_text_append(kt_text *text, const void *bytes, size_t size_bytes);
void kt_text_format(kt_text *text, const char *format, ...) KT_PRINTF(2, 3);
void kt_text_format_list(kt_text *text, const char *format, va_list list) KT_PRINTF(2, 0);
// The text as a string; "" where it is empty.
const char *kt_text_string(const kt_text *text);
void kt_text_clear(kt_text *text);
void kt_text_finish(kt_text *text);

// Appends bytes of unknown origin as valid UTF-8 without control characters but tab and line break;
// what is neither becomes U+FFFD.
void kt_text_append_clean(kt_text *text, const void *bytes, size_t size_bytes);

// Zeroed memory and copies; never NULL.
void *kt_memory(size_t count, size_t size_bytes);
void *kt_memory_grow(void *memory, size_t count, size_t size_bytes);
// Room for one item behind the `count` that an array has; every one of them came by this call.
void *kt_memory_append(void *memory, size_t count, size_t size_bytes);
char *kt_copy_string(const char *string);

// FNV-1a, 64 bits: the hash behind shards and seeds. It never changes.
uint64_t kt_hash_string(const char *string);

// Reads a whole unsigned decimal number up to `max`; false where `string` is anything else.
bool kt_parse_number(const char *string, uint64_t max, uint64_t *out);

#endif
