// What cJSON lacks.
#ifndef KT_JSON_H
#define KT_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

// Adds a number with every digit; cJSON's own are doubles.
void kt_json_add_u64(cJSON *object, const char *name, uint64_t value);

// Adds text that may hold any bytes, as kt_text_append_clean leaves it.
void kt_json_add_text(cJSON *object, const char *name, const char *text);

// A member, or NULL.
const cJSON *kt_json_item(const cJSON *object, const char *name);

// A member's number, as a double; 0 where there is none.
double kt_json_number(const cJSON *object, const char *name);

// The same as a whole number; also 0 where it is negative, or 2^64 or more. What is above 2^53 has
// lost its last digits.
uint64_t kt_json_u64(const cJSON *object, const char *name);

// The number of an array's item.
double kt_json_number_at(const cJSON *array, int index);

// A member's string; "" where there is none.
const char *kt_json_string(const cJSON *object, const char *name);

#endif
