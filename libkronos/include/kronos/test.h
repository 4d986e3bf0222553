// Tests of kernels: a table of cases, checks that read a buffer back, a main that ctest
// understands.
//
//     #include <kronos/test.h>
//
//     static const uint32_t saxpy_spirv[] =
//     #include "saxpy.spv.inc"
//         ;
//
//     KRO_TEST(saxpy_adds_what_it_scales)
//     {
//         …
//         kro_buffer *y_buffer = kro_test_buffer(t, sizeof y, y);
//         kro_pipeline *saxpy = kro_test_pipeline(t, saxpy_spirv, sizeof saxpy_spirv, NULL, 0);
//         KRO_CHECK_OK(kro_dispatch(kro_test_stream(t), saxpy, &args));
//         KRO_CHECK_NEAR(y_buffer, want, COUNT, .ulp = 1);
//     }
//
//     static const kro_test_case CASES[] = {
//         {"saxpy_adds_what_it_scales", saxpy_adds_what_it_scales},
//     };
//     KRO_TEST_MAIN(CASES)
//
// In C11 and in C++17, linked with kronos::test (pkg-config: kronos-test). The program's exit code:
//
//     0   every test passed
//     1   at least one failed
//     2   wrong usage
//     3   the device cannot be opened, or the one that KRONOS_DEVICE asks for is not there
//     77  nothing ran: there is no device, or every test skipped itself
//
// so in CMake: add_test(NAME kernels COMMAND kernels) and
// set_tests_properties(kernels PROPERTIES SKIP_RETURN_CODE 77).
//
// Checks return whether they held and never jump: a test goes on after a failed check, or returns
// where going on makes no sense. Helpers accept the NULL that an earlier helper returned, and a
// test that failed stays failed, so most tests need no `if`. A test that checks nothing fails. What
// a case's work logs as an error, such as a message of the validation layer (KRONOS_VALIDATION=1),
// fails it, too. All tests run in one process on one device, one after the other.
#ifndef KRONOS_TEST_H
#define KRONOS_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/kronos.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
// The compiler checks the arguments of a format.
#define KRO_TEST_PRINTF(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))
#else
#define KRO_TEST_PRINTF(format_index, first_index)
#endif
#define KRO_TEST_API // a function of libkronos_test.a

typedef struct kro_test kro_test; // one running test; the variable `t` of a KRO_TEST

// A row of the table of tests.
typedef struct kro_test_case {
    const char *name;         // as filters and reports say it
    void (*run)(kro_test *t); // the function that KRO_TEST began
} kro_test_case;

// Begins a test: a function of that name with the parameter `t`. One that no table names is
// reported by compilers as an unused function.
#define KRO_TEST(name) static void name(kro_test *t)

// Defines main() for a table, which is an array.
#define KRO_TEST_MAIN(cases)                                                         \
    int main(int argc, char **argv)                                                  \
    {                                                                                \
        return kro_test_main(argc, argv, (cases), sizeof(cases) / sizeof(*(cases))); \
    }

// Reads `count` numbers from the start of a buffer, after everything submitted or recorded on the
// default stream, and compares them with an array of float, double, or uint16_t that holds the bits
// of halves. Options follow the count:
//
//     KRO_CHECK_NEAR(buffer, want, count)                 the same bits; any NaN equals any NaN
//     KRO_CHECK_NEAR(buffer, want, count, .ulp = 2)       2 units in the last place away, or less
//     KRO_CHECK_NEAR(buffer, want, count, .absolute = e)  e away, or less
//     KRO_CHECK_NEAR(buffer, want, count, .any_zero_sign = true)
//
// Where several are given it is enough that one of them is met. A failure prints the first wrong
// element: its index, both values, how many ulp are between them, and how many elements differ.
#define KRO_CHECK_NEAR(buffer, want, ...)                                  \
    kro_test_check_buffer(t, __FILE__, __LINE__, #buffer, #want, (buffer), \
                          KRO_TEST_FLOAT_ELEMENT(want), (want), KRO_TEST_TOLERANCE(__VA_ARGS__))

// The same for an array of any integer type: every element is the same number.
#define KRO_CHECK_EQ(buffer, want, count)                                  \
    kro_test_check_buffer(t, __FILE__, __LINE__, #buffer, #want, (buffer), \
                          KRO_TEST_INTEGER_ELEMENT(want), (want), KRO_TEST_TOLERANCE(count))

// A Kronos call succeeds; otherwise prints its status and kro_error_detail().
#define KRO_CHECK_OK(call) kro_test_check_ok(t, __FILE__, __LINE__, #call, (call))

// Anything else.
#define KRO_CHECK(condition) kro_test_check(t, __FILE__, __LINE__, #condition, (condition))

// How far apart floating-point numbers may be; zero everywhere but in `count` asks for equal bits.
typedef struct kro_tolerance {
    size_t count;       // elements in both arrays
    uint64_t ulp;       // distance allowed, in units in the last place of the type
    double absolute;    // or: absolute difference allowed
    bool any_zero_sign; // +0 equals -0; so it does with either of the above
} kro_tolerance;

// Runs tests and prints how they went; KRO_TEST_MAIN calls it. `--list` prints their names,
// `--help` tells the rest; other arguments are parts of names, and tests without one of them are
// left out.
//
// Returns: the exit code (see above).
// Threads: one call at a time in a process.
KRO_TEST_API int kro_test_main(int argc, char **argv, const kro_test_case *cases, size_t count);

// The device that all tests share, opened before the first. A test leaves nothing behind on it:
// what the calls below make is destroyed when the test ends, and its default stream is finished
// then.
//
// Returns:   never NULL.
// Ownership: the run's.
// Threads:   safe.
KRO_TEST_API kro_context *kro_test_context(kro_test *t);

// The default stream of that device.
//
// Returns:   never NULL.
// Ownership: the run's.
// Threads:   safe.
KRO_TEST_API kro_stream *kro_test_stream(kro_test *t);

// A buffer with `data`, which is copied. Where `data` is NULL every bit is set, which no kernel
// that forgets to write will get right by chance: floats are NaN, integers -1.
//
// Returns:   the buffer; NULL where it cannot be made, which fails the test and says why.
// Ownership: the test's.
// Threads:   one thread at a time for a test.
KRO_TEST_API kro_buffer *kro_test_buffer(kro_test *t, uint64_t size_bytes, const void *data);

// A pipeline from a module's words, and values for its specialization constants (NULL, 0: none).
//
// Returns:   the pipeline; NULL where it cannot be made, which fails the test and says why. A test
//            whose kernel needs a feature asks kro_context_info() first, and skips itself.
// Ownership: the test's.
// Threads:   one thread at a time for a test.
KRO_TEST_API kro_pipeline *kro_test_pipeline(kro_test *t, const void *spirv, uint64_t spirv_bytes,
                                             const kro_constant *constants,
                                             uint32_t constant_count);

// Marks the test as skipped and prints why, for example "the device has no float64"; the test then
// returns. A test that failed stays failed.
//
// Threads: safe.
KRO_TEST_API void kro_test_skip(kro_test *t, const char *format, ...) KRO_TEST_PRINTF(2, 3);

// Fails the test with a sentence of its own; `file` and `line` are __FILE__ and __LINE__.
//
// Threads: safe.
KRO_TEST_API void kro_test_fail(kro_test *t, const char *file, int line, const char *format, ...)
    KRO_TEST_PRINTF(4, 5);

// What the macros call.

// What an array is made of.
typedef enum kro_element {
    KRO_ELEMENT_U8,
    KRO_ELEMENT_U16,
    KRO_ELEMENT_U32,
    KRO_ELEMENT_U64,
    KRO_ELEMENT_I8,
    KRO_ELEMENT_I16,
    KRO_ELEMENT_I32,
    KRO_ELEMENT_I64,
    KRO_ELEMENT_F16,
    KRO_ELEMENT_F32,
    KRO_ELEMENT_F64,
} kro_element;

// See KRO_CHECK_NEAR and KRO_CHECK_EQ. The texts are the caller's expressions.
//
// Returns: whether the check held.
// Threads: safe.
// Blocks:  as kro_buffer_read.
KRO_TEST_API bool kro_test_check_buffer(kro_test *t, const char *file, int line,
                                        const char *buffer_text, const char *want_text,
                                        kro_buffer *buffer, kro_element element, const void *want,
                                        kro_tolerance tolerance);

// See KRO_CHECK_OK.
//
// Returns: whether the check held.
// Threads: safe.
KRO_TEST_API bool kro_test_check_ok(kro_test *t, const char *file, int line, const char *text,
                                    kro_status status);

// See KRO_CHECK.
//
// Returns: whether the check held.
// Threads: safe.
KRO_TEST_API bool kro_test_check(kro_test *t, const char *file, int line, const char *text,
                                 bool condition);

#ifdef __cplusplus
}

// C++17 has no designated initializers: each option becomes an assignment.
#define KRO_TEST_PICK(first, second, third, fourth, pick, ...) pick
#define KRO_TEST_SET1(n)                                       kro_test_tolerance.count = (n)
#define KRO_TEST_SET2(n, a)                                    KRO_TEST_SET1(n), kro_test_tolerance a
#define KRO_TEST_SET3(n, a, b)                                 KRO_TEST_SET2(n, a), kro_test_tolerance b
#define KRO_TEST_SET4(n, a, b, c)                              KRO_TEST_SET3(n, a, b), kro_test_tolerance c
#define KRO_TEST_TOLERANCE(...)                                                                   \
    [&] {                                                                                         \
        kro_tolerance kro_test_tolerance = {};                                                    \
        KRO_TEST_PICK(__VA_ARGS__, KRO_TEST_SET4, KRO_TEST_SET3, KRO_TEST_SET2, KRO_TEST_SET1, 0) \
        (__VA_ARGS__);                                                                            \
        return kro_test_tolerance;                                                                \
    }()

#define KRO_TEST_FLOAT_ELEMENT(want)   kro_test_float_element(want)
#define KRO_TEST_INTEGER_ELEMENT(want) kro_test_integer_element(want)

constexpr kro_element kro_test_float_element(const float *)
{
    return KRO_ELEMENT_F32;
}

constexpr kro_element kro_test_float_element(const double *)
{
    return KRO_ELEMENT_F64;
}

constexpr kro_element kro_test_float_element(const uint16_t *)
{
    return KRO_ELEMENT_F16;
}

template <typename type> constexpr kro_element kro_test_integer_element(const type *)
{
    static_assert(static_cast<type>(0.5) == 0, "KRO_CHECK_EQ takes integers");
    constexpr bool has_sign = static_cast<type>(-1) < static_cast<type>(1);
    return sizeof(type) == 8   ? (has_sign ? KRO_ELEMENT_I64 : KRO_ELEMENT_U64)
           : sizeof(type) == 4 ? (has_sign ? KRO_ELEMENT_I32 : KRO_ELEMENT_U32)
           : sizeof(type) == 2 ? (has_sign ? KRO_ELEMENT_I16 : KRO_ELEMENT_U16)
                               : (has_sign ? KRO_ELEMENT_I8 : KRO_ELEMENT_U8);
}

#else

// The options of a check, from its count on.
#define KRO_TEST_TOLERANCE(...) ((kro_tolerance){.count = __VA_ARGS__})

// What a floating-point array is made of; the compiler refuses others.
#define KRO_TEST_FLOAT_ELEMENT(want) \
    _Generic(*(want), float : KRO_ELEMENT_F32, double : KRO_ELEMENT_F64, uint16_t : KRO_ELEMENT_F16)
// What an array of integers is made of; the compiler refuses others.
#define KRO_TEST_INTEGER_ELEMENT(want)                                                   \
    _Generic(*(want), unsigned char                                                      \
             : KRO_ELEMENT_U8, signed char                                               \
             : KRO_ELEMENT_I8, unsigned short                                            \
             : KRO_ELEMENT_U16, short                                                    \
             : KRO_ELEMENT_I16, unsigned                                                 \
             : KRO_ELEMENT_U32, int                                                      \
             : KRO_ELEMENT_I32, unsigned long                                            \
             : sizeof(long) == 8 ? KRO_ELEMENT_U64 : KRO_ELEMENT_U32, long               \
             : sizeof(long) == 8 ? KRO_ELEMENT_I64 : KRO_ELEMENT_I32, unsigned long long \
             : KRO_ELEMENT_U64, long long                                                \
             : KRO_ELEMENT_I64)

#endif

#endif
