// Driver manifests: what the loader writes and reads, and everything else refused with a sentence.
#include "vk/manifest.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static kro_status parse(const char *text, kro__manifest *out)
{
    return kro__manifest_parse(text, strlen(text), "driver.json", out);
}

TEST(a_manifest_gives_path_and_version)
{
    kro__manifest manifest;
    CHECK_OK(parse("{\n    \"ICD\": {\n        \"api_version\": \"1.3.230\",\n"
                   "        \"library_path\": \"/usr/lib/libvulkan_lvp.so\"\n    },\n"
                   "    \"file_format_version\": \"1.0.0\"\n}\n",
                   &manifest));
    CHECK_EQ_STRING(manifest.library_path, "/usr/lib/libvulkan_lvp.so");
    CHECK_EQ_U64(manifest.api_major, 1);
    CHECK_EQ_U64(manifest.api_minor, 3);
    CHECK_EQ_U64(manifest.api_patch, 230);
}

TEST(members_that_do_not_count_may_hold_any_json)
{
    kro__manifest manifest;
    CHECK_OK(parse("{\"a\":[1,-0.5e+3,{\"ICD\":{}},[],{},true,false,null,\"\\\"}\"],"
                   "\"ICD\":{\"x\":{\"library_path\":3},\"library_path\":\"l.so\","
                   "\"library_arch\":\"64\",\"api_version\":\"1.1\"},"
                   "\"a_key_that_is_longer_than_any_that_counts\":0}",
                   &manifest));
    CHECK_EQ_STRING(manifest.library_path, "l.so");
    CHECK_EQ_U64(manifest.api_minor, 1);
}

TEST(escapes_in_strings_are_decoded)
{
    kro__manifest manifest;
    CHECK_OK(parse("{\"\\u0049CD\":{\"api_version\":\"1.2.0\","
                   "\"library_path\":\"\\/a\\\\b\\\"\\u00e9\\u20ac\\ud83d\\ude00\\t\"}}",
                   &manifest));
    CHECK_EQ_STRING(manifest.library_path, "/a\\b\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\t");
}

// Each text differs from a good one in one thing.
TEST(what_is_no_manifest_is_refused_with_a_reason)
{
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "expected an object"},
        {"[]", "expected an object"},
        {"{\"ICD\":", "ICD must be an object"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.0\"}", "expected ',' or '}'"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.0\"}}x", "text after the end"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.0\"},}", "expected a string"},
        {"{\"ICD\":{\"library_path\":\"l\" \"api_version\":\"1.3.0\"}}", "expected ',' or '}'"},
        {"{\"ICD\":{\"library_path\" \"l\",\"api_version\":\"1.3.0\"}}", "expected ':'"},
        {"{\"ICD\":{\"library_path\":l,\"api_version\":\"1.3.0\"}}", "expected a string"},
        {"{\"ICD\":{\"library_path\":\"\",\"api_version\":\"1.3.0\"}}", "library_path is empty"},
        {"{\"ICD\":{\"library_path\":\"l\"}}", "needs library_path and api_version"},
        {"{\"ICD\":{\"api_version\":\"1.3.0\"}}", "needs library_path and api_version"},
        {"{\"ICD\":{}}", "needs library_path and api_version"},
        {"{\"layer\":{}}", "no ICD object"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1\"}}", "must look like"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.\"}}", "must look like"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.0.1\"}}", "must look like"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.-3.0\"}}", "must look like"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.999999\"}}", "must look like"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":1.3}}", "expected a string"},
        {"{\"ICD\":{\"library_path\":\"l\",\"library_path\":\"l\",\"api_version\":\"1.3.0\"}}",
         "library_path stands there twice"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3\",\"api_version\":\"1.3\"}}",
         "api_version stands there twice"},
        {"{\"ICD\":{\"library_path\":\"l\",\"api_version\":\"1.3.0\"},\"ICD\":{}}",
         "ICD stands there twice"},
        {"{\"ICD\":{\"library_path\":\"a\nb\",\"api_version\":\"1.3.0\"}}", "control character"},
        {"{\"ICD\":{\"library_path\":\"\\q\",\"api_version\":\"1.3.0\"}}", "unknown escape"},
        {"{\"ICD\":{\"library_path\":\"\\u12g4\",\"api_version\":\"1.3.0\"}}", "hexadecimal"},
        {"{\"ICD\":{\"library_path\":\"\\u0000\",\"api_version\":\"1.3.0\"}}", "\\u0000"},
        {"{\"ICD\":{\"library_path\":\"\\ud83d\",\"api_version\":\"1.3.0\"}}", "surrogate"},
        {"{\"ICD\":{\"library_path\":\"\\ude00\",\"api_version\":\"1.3.0\"}}", "surrogate"},
        {"{\"ICD\":{\"library_path\":\"l", "the text ends inside a string"},
        {"{\"ICD\":{\"library_path\":\"l\\", "the text ends inside a string"},
        {"{\"ICD\":{\"library_path\":\"l\\u00", "the text ends inside a string"},
        {"{\"a\":01}", "expected ',' or '}'"},
        {"{\"a\":1.}", "expected a digit"},
        {"{\"a\":-}", "expected a digit"},
        {"{\"a\":1e}", "expected a digit"},
        {"{\"a\":tru}", "expected a value"},
        {"{\"a\":[1 2]}", "expected ',' or ']'"},
        {"{\"a\":", "the text ends where a value should be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kro__manifest manifest;
        LOGF(t, "%s", cases[i].text);
        CHECK_STATUS(parse(cases[i].text, &manifest), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_CONTAINS(kro_error_detail(), cases[i].reason);
        CHECK_EQ_STRING(manifest.library_path, "");
    }
}

TEST(a_sentence_names_file_and_line)
{
    kro__manifest manifest;
    CHECK_STATUS(parse("{\n\"ICD\": {\n\"library_path\": 7\n}}", &manifest),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_EQ_STRING(kro_error_detail(), "driver manifest 'driver.json', line 3: expected a string");
}

TEST(depth_and_length_have_limits)
{
    enum { DEEP = 100000 };
    kro__manifest manifest;
    char *deep = kt_alloc(t, DEEP + 16);
    int prefix = sprintf(deep, "{\"a\":");
    memset(deep + prefix, '[', DEEP);
    CHECK_STATUS(parse(deep, &manifest), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "nested too deeply");

    char *lengthy = kt_alloc(t, KRO__MANIFEST_PATH_BYTES + 256);
    for (int length = KRO__MANIFEST_PATH_BYTES - 1; length <= KRO__MANIFEST_PATH_BYTES; length++) {
        int at = sprintf(lengthy, "{\"ICD\":{\"api_version\":\"1.3.0\",\"library_path\":\"");
        memset(lengthy + at, 'x', (size_t)length);
        strcpy(lengthy + at + length, "\"}}");
        kro_status expected =
            length < KRO__MANIFEST_PATH_BYTES ? KRO_OK : KRO_ERROR_INVALID_ARGUMENT;
        CHECK_STATUS(parse(lengthy, &manifest), expected);
    }
    CHECK_CONTAINS(kro_error_detail(), "library_path is too long");
}

// Every prefix and every changed byte of a good manifest: no read past the end (sanitizers look),
// and a status either way.
TEST(damaged_bytes_never_lead_astray)
{
    static const char good[] = "{\"a\":[1.5e-3,\"\\u20ac\",null],\"ICD\":{\"library_path\":"
                               "\"\\ud83d\\ude00.so\",\"api_version\":\"1.3.0\"}}";
    enum { GOOD_BYTES = sizeof good - 1 };
    kro__manifest manifest;
    for (size_t bytes = 0; bytes < GOOD_BYTES; bytes++) {
        char *copy = kt_alloc(t, bytes ? bytes : 1); // exactly as long, so that an overrun is seen
        memcpy(copy, good, bytes);
        CHECK_STATUS(kro__manifest_parse(copy, bytes, "cut", &manifest),
                     KRO_ERROR_INVALID_ARGUMENT);
        kt_release(t, copy);
    }
    for (int round = 0; round < 20000; round++) {
        char copy[GOOD_BYTES];
        memcpy(copy, good, GOOD_BYTES);
        copy[kt_random_below(t, GOOD_BYTES)] = (char)kt_random_below(t, 256);
        kro_status status = kro__manifest_parse(copy, GOOD_BYTES, "changed", &manifest);
        CHECK(status == KRO_OK || status == KRO_ERROR_INVALID_ARGUMENT);
    }
}

TEST(paths_are_relative_to_the_manifest)
{
    char out[64];
    CHECK(kro__manifest_resolve("/etc/icd.d/x.json", "../lib/l.so", out, sizeof out));
    CHECK_EQ_STRING(out, "/etc/icd.d/../lib/l.so");
    CHECK(kro__manifest_resolve("/etc/icd.d/x.json", "./l.so", out, sizeof out));
    CHECK_EQ_STRING(out, "/etc/icd.d/./l.so");
    CHECK(kro__manifest_resolve("/etc/icd.d/x.json", "/lib/l.so", out, sizeof out));
    CHECK_EQ_STRING(out, "/lib/l.so");
    CHECK(kro__manifest_resolve("/etc/icd.d/x.json", "l.so.0", out, sizeof out));
    CHECK_EQ_STRING(out, "l.so.0");
    CHECK(!kro__manifest_resolve("/etc/icd.d/x.json", "../lib/l.so", out, 22));
    CHECK(kro__manifest_resolve("/etc/icd.d/x.json", "../lib/l.so", out, 23));
}
