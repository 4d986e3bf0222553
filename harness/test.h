// What a test file includes: TEST, the checks, and things that a case owns.
//
//     // Every element the GPU adds is the element the host adds.
//     TEST(dispatch_adds_vectors)
//     {
//         …
//         CHECK_FLOATS(actual, expected, COUNT, .ulp = 0);
//     }
//
// A case is one function and one line in its suite's tests.def:
//
//     TEST_GROUP(arithmetic)
//     TEST_ENTRY(dispatch_adds_vectors, NEEDS_NOTHING, QUICK)
//     TEST_FAMILY(random_program, NEEDS_INT64, STANDARD, enumerate_programs)
//
// Its full name is suite/group/name, for a generated case suite/group/name/parameter. Prototypes
// come from tests.def alone, so a TEST without a line there does not compile
// (-Wmissing-prototypes), and a line without a TEST does not link.
//
// Checks return whether they held and never jump: a case goes on after a failed check, or returns
// itself where going on makes no sense. Every helper accepts the NULL that an earlier helper
// returned and the first failure decides the case, so most cases need no `if`.
#ifndef KT_TEST_H
#define KT_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/kronos.h>
#include <kronos/test.h>

#include "compare.h"
#include "needs.h"

typedef struct kt_test kt_test;     // one running case; the variable `t` of a TEST
typedef struct kt_params kt_params; // receives the parameter names of a family

// How much a run does; each tier includes the ones before.
typedef enum kt_tier {
    KT_TIER_QUICK = 0,    // seconds: every commit
    KT_TIER_STANDARD = 1, // minutes: before a merge
    KT_TIER_FULL = 2,     // hours: before a release
} kt_tier;

#define KT_PRINTF(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))

// Checks. `t` must be in scope; several threads of one case may check at once.

#define CHECK(condition) kt_check(t, KT_HERE, (condition), #condition)
#define CHECK_EQ_U64(actual, expected) \
    kt_check_u64(t, KT_HERE, #actual, #expected, (actual), (expected))
#define CHECK_EQ_I64(actual, expected) \
    kt_check_i64(t, KT_HERE, #actual, #expected, (actual), (expected))
#define CHECK_EQ_STRING(actual, expected) \
    kt_check_string(t, KT_HERE, #actual, #expected, (actual), (expected))
// `part` occurs in `string`; both may be NULL, which fails.
#define CHECK_CONTAINS(string, part) kt_check_contains(t, KT_HERE, #string, (string), (part))

// A Kronos call returns the expected status; a mismatch prints kro_error_detail().
#define CHECK_STATUS(call, expected) kt_check_status(t, KT_HERE, #call, (call), (expected))
#define CHECK_OK(call)               CHECK_STATUS(call, KRO_OK)

// Arrays: shows the first mismatch, its index and the number of mismatches.
#define CHECK_BYTES(actual, expected, size_bytes) \
    KT_CHECK_INTS(KRO_ELEMENT_U8, void, actual, expected, size_bytes)
#define CHECK_U16S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_U16, uint16_t, actual, expected, count)
#define CHECK_U32S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_U32, uint32_t, actual, expected, count)
#define CHECK_U64S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_U64, uint64_t, actual, expected, count)
#define CHECK_I8S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_I8, int8_t, actual, expected, count)
#define CHECK_I16S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_I16, int16_t, actual, expected, count)
#define CHECK_I32S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_I32, int32_t, actual, expected, count)
#define CHECK_I64S(actual, expected, count) \
    KT_CHECK_INTS(KRO_ELEMENT_I64, int64_t, actual, expected, count)

// Floating-point arrays, with options after the count: CHECK_FLOATS(actual, expected, n, .ulp = 2).
// Without options values must have the same bits, except that any NaN equals any NaN.
// Halves are arrays of uint16_t that hold their bits. The options are those of kro_tolerance.
#define CHECK_FLOATS(actual, expected, ...) \
    KT_CHECK_FLOATS(KRO_ELEMENT_F32, float, actual, expected, __VA_ARGS__)
#define CHECK_DOUBLES(actual, expected, ...) \
    KT_CHECK_FLOATS(KRO_ELEMENT_F64, double, actual, expected, __VA_ARGS__)
#define CHECK_HALVES(actual, expected, ...) \
    KT_CHECK_FLOATS(KRO_ELEMENT_F16, uint16_t, actual, expected, __VA_ARGS__)

// Whether a check has failed so far, on any thread: for a case that ends at its first failure.
bool kt_has_failed(const kt_test *t);

// For a case that compares by itself: what it compared, so that `kronos repro` can hand it on. A
// number is right that lies between those of `low` and `high`; any NaN is where `low` is one,
// anything is where only `high` is. Integers are right where they are those of both.
void kt_compared(kt_test *t, kro_element element, const void *actual, const void *low,
                 const void *high, size_t count);
// What every device that is right leaves, bit for bit, and nobody here knows beforehand:
// `kronos run --against` holds that of two devices against each other.
void kt_same_everywhere(kt_test *t, const void *bytes, size_t size_bytes);
// Whether anybody listens: bounds need not be computed otherwise.
bool kt_is_captured(kt_test *t);

// Fails the case with a sentence of its own.
#define FAILF(t, ...) kt_fail(t, KT_HERE, __VA_ARGS__)
// Right, but the reader should know: the case becomes Warn unless it fails.
#define WARN(t, ...) kt_warn(t, KT_HERE, __VA_ARGS__)
// The device lacks a feature or its limit is too small: names it; the case then returns itself.
#define SKIP(t, ...) kt_skip(t, __VA_ARGS__)
// A line in the case's log.
#define LOGF(t, ...) kt_log(t, __VA_ARGS__)

// The case's certificate: what it found out about the device, for programs and for `kronos diff`,
// which tells each value that changed, even where both cases pass. A key is of a-z, 0-9 and '_'; a
// later value replaces an earlier one; all together may have 64 KiB. What was certified before a
// crash stays. Values of several threads come in any order: one thread should certify.

// A whole number of at most 15 digits, more than which readers of JSON may lose.
void kt_certify_u64(kt_test *t, const char *key, uint64_t value);
void kt_certify_u64s(kt_test *t, const char *key, const uint64_t *values, size_t count);
// A number; one that is not finite stands as text ("inf", "-inf", "nan"), since JSON has none.
void kt_certify_number(kt_test *t, const char *key, double value);
void kt_certify_numbers(kt_test *t, const char *key, const double *values, size_t count);
void kt_certify_text(kt_test *t, const char *key, const char *format, ...) KT_PRINTF(3, 4);

// Things that a case owns
// They are released when the case ends, last first. Where one cannot be made the case fails with
// the reason and the result is NULL.

// The run's device, opened once per child process and shared by the cases that follow. A case may
// leave nothing behind on it but what this header owns.
kro_context *kt_context(kt_test *t);
// Likewise with all features of the device enabled (kro_context_config.enable_all_features), for
// what kro_features does not name.
kro_context *kt_full_context(kt_test *t);
// A context for this case alone. `config` may be NULL; device and driver default to the run's, and
// log to the case's log, where errors fail the case.
kro_context *kt_context_with(kt_test *t, const kro_context_config *config);
// What kt_context_with would open, for a case that checks kro_context_create itself.
kro_context_config kt_context_config(kt_test *t);
// Facts about the run's device.
const kro_device_info *kt_device(kt_test *t);

// Whether the run's device computes what it is told. Kronos' null driver does not: on it, calls are
// right or wrong, and numbers are neither.
bool kt_device_computes(kt_test *t);

// A buffer on kt_context(t) or on `ctx`. `data` may be NULL; contents are poison then.
kro_buffer *kt_buffer(kt_test *t, uint64_t size_bytes, const void *data);
kro_buffer *kt_buffer_in(kt_test *t, kro_context *ctx, const kro_buffer_config *config);
// A stream on kt_context(t) or on `ctx`. `config` may be NULL.
kro_stream *kt_stream(kt_test *t);
kro_stream *kt_stream_in(kt_test *t, kro_context *ctx, const kro_stream_config *config);
// A pipeline from an embedded shader, by its name without extension ("vector_add"). Constants and
// the rest come from `config`, whose spirv stays zero; NULL for none.
kro_pipeline *kt_pipeline(kt_test *t, const char *shader);
kro_pipeline *kt_pipeline_in(kt_test *t, kro_context *ctx, const char *shader,
                             const kro_pipeline_config *config);

// An output of `size_bytes` that starts as poison and lies between two guard bands. The kernel gets
// kt_output_binding(); kt_output_read() copies the bytes to `dst` and fails the case where a band
// has changed.
typedef struct kt_output {
    kro_buffer *buffer;
    uint64_t offset_bytes, size_bytes;
} kt_output;
kt_output kt_output_create(kt_test *t, kro_context *ctx, uint64_t size_bytes);
kro_binding kt_output_binding(const kt_output *output, uint32_t binding);
bool kt_output_read(kt_test *t, const kt_output *output, void *dst);

// Zeroed memory that lives as long as the case; never NULL.
void *kt_alloc(kt_test *t, size_t size_bytes);
// Sets an environment variable, or removes it (NULL), until the case ends. Not while other threads
// run.
void kt_set_environment(kt_test *t, const char *name, const char *value);
// Keeps a file for whoever looks into the case's failure: in the folder `kept` beside the results,
// or, where there are none (--out), in a new folder for temporary files.
//
// Returns: its path, which is the case's; where it could not be written, the case has said so.
const char *kt_keep(kt_test *t, const char *name, const void *bytes, size_t size_bytes);
// The command that makes a program of the case's fault, with the run's seed, for a failure's text.
const char *kt_repro_command(kt_test *t);
// Calls `release(object)` when the case ends.
void kt_defer(kt_test *t, void (*release)(void *object), void *object);
// Releases one owned object (of any kind above) now.
void kt_release(kt_test *t, const void *object);

// Random values: each case has its own sequence, made from the run's seed and the case's name. For
// one thread.

uint64_t kt_seed(const kt_test *t);
uint32_t kt_random_u32(kt_test *t);
uint64_t kt_random_u64(kt_test *t);
uint64_t kt_random_below(kt_test *t, uint64_t bound); // 0 .. bound - 1, unbiased; bound >= 1
void kt_fill_bytes(kt_test *t, void *out, size_t size_bytes);
void kt_fill_u32s(kt_test *t, uint32_t *out, size_t count);
// Finite values of mixed sign, -1000 .. 1000, with fractions.
void kt_fill_floats(kt_test *t, float *out, size_t count);
void kt_fill_doubles(kt_test *t, double *out, size_t count);

// The pattern of untouched outputs and guard bands: no small number, no common constant.
void kt_poison(void *out, size_t size_bytes);

// Adds a parameter name: lower-case letters, digits, '_', '-', '.'; the same names in the same
// order in every run. Called by a family's enumerate function, which touches no device.
void kt_param(kt_params *params, const char *format, ...) KT_PRINTF(2, 3);
// Position of a generated case in its family's enumeration.
size_t kt_param_index(const kt_test *t);

// Drivers of our own: paths for kro_context_config.driver; NULL where this build has none (cases
// with NEEDS_NULL and NEEDS_PROXY are not run then).
const char *kt_null_driver(kt_test *t);
const char *kt_proxy_driver(kt_test *t);

// What the macros call.

typedef struct kt_here {
    const char *file;
    int line;
} kt_here;
#define KT_HERE ((kt_here){__FILE__, __LINE__})

#define KT_CHECK_INTS(element, type, actual, expected, n)                  \
    kt_check_array(t, KT_HERE, KT_ARRAYS(element, type, actual, expected), \
                   (kro_tolerance){.count = (n)})
#define KT_CHECK_FLOATS(element, type, actual, expected, ...)              \
    kt_check_array(t, KT_HERE, KT_ARRAYS(element, type, actual, expected), \
                   (kro_tolerance){.count = __VA_ARGS__})
// The conditionals make the compiler refuse pointers to another type.
#define KT_ARRAYS(element, type, actual, expected)                              \
    ((kro__arrays){element, #actual, #expected, 1 ? (actual) : (const type *)0, \
                   1 ? (expected) : (const type *)0})

bool kt_check(kt_test *t, kt_here here, bool condition, const char *text);
bool kt_check_u64(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                  uint64_t actual, uint64_t expected);
bool kt_check_i64(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                  int64_t actual, int64_t expected);
bool kt_check_string(kt_test *t, kt_here here, const char *actual_text, const char *expected_text,
                     const char *actual, const char *expected);
bool kt_check_contains(kt_test *t, kt_here here, const char *text, const char *string,
                       const char *part);
bool kt_check_status(kt_test *t, kt_here here, const char *text, kro_status actual,
                     kro_status expected);
bool kt_check_array(kt_test *t, kt_here here, kro__arrays arrays, kro_tolerance tolerance);
void kt_fail(kt_test *t, kt_here here, const char *format, ...) KT_PRINTF(3, 4);
void kt_warn(kt_test *t, kt_here here, const char *format, ...) KT_PRINTF(3, 4);
void kt_skip(kt_test *t, const char *format, ...) KT_PRINTF(2, 3);
void kt_log(kt_test *t, const char *format, ...) KT_PRINTF(2, 3);

// KT_SUITE is the suite's name; kronos_add_suite defines it. The name keeps suites that share an
// executable apart.
#ifdef KT_SUITE
#define KT_JOIN_(a, b, c) a##b##c
#define KT_JOIN(a, b, c)  KT_JOIN_(a, b, c)
#define KT_CASE(name)     KT_JOIN(KT_SUITE, _case_, name)

#define TEST(name)             void KT_CASE(name)(kt_test * t)
#define TEST_FAMILY_CASE(name) void KT_CASE(name)(kt_test * t, const char *param)
#define TEST_PARAMS(name)      void KT_CASE(name)(kt_params * params)

#define TEST_GROUP(name)
#define TEST_ENTRY(name, needs, tier) void KT_CASE(name)(kt_test *);
#define TEST_FAMILY(name, needs, tier, enumerate) \
    void KT_CASE(name)(kt_test *, const char *);  \
    void KT_CASE(enumerate)(kt_params *);
#include "tests.def"
#undef TEST_GROUP
#undef TEST_ENTRY
#undef TEST_FAMILY
#endif

#endif
