#include "vk/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

enum { MAX_DEPTH = 32, KEY_BYTES = 32, VERSION_BYTES = 32 };

// A position in the text and the first thing that was wrong with it.
typedef struct reader {
    const char *begin, *at, *end;
    const char *problem; // NULL while all is well
    kro__manifest *manifest;
    bool has_icd, has_library_path, has_api_version;
} reader;

// What to do with one member of an object; reads the member's value.
typedef bool (*member_function)(reader *r, const char *key, int depth);

static bool read_value(reader *r, int depth);

// The first problem is the one that is told: later ones follow from it.
static bool refuse(reader *r, const char *problem)
{
    if (!r->problem)
        r->problem = problem;
    return false;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

// Steps over one character if it is the next.
static bool accept(reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool read_hex4(reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        if (r->at == r->end)
            return refuse(r, "the text ends inside a string");
        char c = *r->at++;
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A') + 10;
        else
            return refuse(r, "\\u needs four hexadecimal digits");
        *out = *out << 4 | digit;
    }
    return true;
}

// The rest of a \u escape, with the second half of a surrogate pair.
static bool read_code_point(reader *r, uint32_t *out)
{
    uint32_t low;
    if (!read_hex4(r, out))
        return false;
    if (*out < 0xd800 || *out > 0xdfff)
        return *out != 0 || refuse(r, "a string may not hold \\u0000 here");
    if (*out > 0xdbff || !accept(r, '\\') || !accept(r, 'u') || !read_hex4(r, &low) ||
        low < 0xdc00 || low > 0xdfff)
        return refuse(r, "half of a surrogate pair");
    *out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

// The bytes of a code point, up to 0x10ffff.
static size_t encode_utf8(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t bytes = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = bytes - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(leads[bytes] | code);
    return bytes;
}

// One character of a string, decoded.
static bool read_character(reader *r, char out[4], size_t *out_bytes)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    char c = *r->at++;
    *out_bytes = 1;
    out[0] = c;
    if ((unsigned char)c < 0x20)
        return refuse(r, "a control character inside a string");
    if (c != '\\')
        return true;
    if (r->at == r->end)
        return refuse(r, "the text ends inside a string");
    c = *r->at++;
    if (c == 'u') {
        uint32_t code;
        if (!read_code_point(r, &code))
            return false;
        *out_bytes = encode_utf8(code, out);
        return true;
    }
    for (const char *escape = escapes; *escape; escape += 2)
        if (c == *escape) {
            out[0] = escape[1];
            return true;
        }
    return refuse(r, "an unknown escape inside a string");
}

// Reads a string into `out`, which receives "" and `*fits` false where it is too small.
static bool read_string(reader *r, char *out, size_t capacity, bool *fits)
{
    size_t length = 0;
    *fits = true;
    if (!accept(r, '"'))
        return refuse(r, "expected a string");
    while (r->at < r->end && *r->at != '"') {
        char character[4];
        size_t bytes;
        if (!read_character(r, character, &bytes))
            return false;
        if (length + bytes >= capacity)
            *fits = false;
        if (*fits)
            memcpy(out + length, character, bytes);
        length += *fits ? bytes : 0;
    }
    out[*fits ? length : 0] = '\0';
    return accept(r, '"') || refuse(r, "the text ends inside a string");
}

static bool read_digits(reader *r)
{
    const char *first = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > first || refuse(r, "expected a digit");
}

// RFC 8259: no leading zeros, no plus, digits on both sides of a point.
static bool read_number(reader *r)
{
    (void)accept(r, '-');
    if (!accept(r, '0') && !read_digits(r))
        return false;
    if (accept(r, '.') && !read_digits(r))
        return false;
    if (accept(r, 'e') || accept(r, 'E')) {
        if (!accept(r, '+'))
            (void)accept(r, '-');
        return read_digits(r);
    }
    return true;
}

// A literal name; what follows it is the caller's to look at.
static bool read_word(reader *r, const char *word)
{
    size_t bytes = strlen(word);
    if ((size_t)(r->end - r->at) < bytes || memcmp(r->at, word, bytes) != 0)
        return refuse(r, "expected a value");
    r->at += bytes;
    return true;
}

// `depth` counts the containers around a value: recursion is bounded by it.
static bool read_array(reader *r, int depth)
{
    r->at++;
    skip_space(r);
    if (accept(r, ']'))
        return true;
    do {
        if (!read_value(r, depth))
            return false;
        skip_space(r);
    } while (accept(r, ','));
    return accept(r, ']') || refuse(r, "expected ',' or ']'");
}

// Reads an object and hands each member to a function.
static bool read_object(reader *r, int depth, member_function member)
{
    r->at++;
    skip_space(r);
    if (accept(r, '}'))
        return true;
    do {
        char key[KEY_BYTES];
        bool fits;
        skip_space(r);
        if (!read_string(r, key, sizeof key, &fits))
            return false;
        skip_space(r);
        if (!accept(r, ':'))
            return refuse(r, "expected ':'");
        skip_space(r);
        if (!member(r, key, depth))
            return false;
        skip_space(r);
    } while (accept(r, ','));
    return accept(r, '}') || refuse(r, "expected ',' or '}'");
}

static bool skip_member(reader *r, const char *key, int depth)
{
    (void)key;
    return read_value(r, depth);
}

// Reads any value and forgets it.
static bool read_value(reader *r, int depth)
{
    char ignored[1];
    bool fits;
    skip_space(r);
    if (depth >= MAX_DEPTH)
        return refuse(r, "nested too deeply");
    if (r->at == r->end)
        return refuse(r, "the text ends where a value should be");
    switch (*r->at) {
    case '{':
        return read_object(r, depth + 1, skip_member);
    case '[':
        return read_array(r, depth + 1);
    case '"':
        return read_string(r, ignored, sizeof ignored, &fits);
    case 't':
        return read_word(r, "true");
    case 'f':
        return read_word(r, "false");
    case 'n':
        return read_word(r, "null");
    default:
        return read_number(r);
    }
}

// Two or three numbers of at most five digits, between dots.
static bool parse_version(const char *text, uint32_t parts[3])
{
    for (int i = 0; i < 3; i++) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 5)
            return false;
        parts[i] = (uint32_t)strtoul(text, NULL, 10);
        text += digits;
        if (*text == '\0')
            return i > 0;
        if (*text++ != '.')
            return false;
    }
    return false;
}

static bool read_version(reader *r)
{
    char text[VERSION_BYTES];
    bool fits;
    uint32_t parts[3] = {0};
    if (!read_string(r, text, sizeof text, &fits))
        return false;
    if (!fits || !parse_version(text, parts))
        return refuse(r, "api_version must look like \"1.3.0\"");
    r->manifest->api_major = parts[0];
    r->manifest->api_minor = parts[1];
    r->manifest->api_patch = parts[2];
    return true;
}

// Twice the same member is refused: readers differ in which one they take.
static bool read_icd_member(reader *r, const char *key, int depth)
{
    bool fits;
    if (strcmp(key, "library_path") == 0) {
        if (r->has_library_path)
            return refuse(r, "library_path stands there twice");
        r->has_library_path = true;
        if (!read_string(r, r->manifest->library_path, sizeof r->manifest->library_path, &fits))
            return false;
        return r->manifest->library_path[0] ||
               refuse(r, fits ? "library_path is empty" : "library_path is too long");
    }
    if (strcmp(key, "api_version") == 0) {
        if (r->has_api_version)
            return refuse(r, "api_version stands there twice");
        r->has_api_version = true;
        return read_version(r);
    }
    return read_value(r, depth);
}

static bool read_top_member(reader *r, const char *key, int depth)
{
    if (strcmp(key, "ICD") != 0)
        return read_value(r, depth);
    if (r->has_icd)
        return refuse(r, "ICD stands there twice");
    r->has_icd = true;
    if (r->at == r->end || *r->at != '{')
        return refuse(r, "ICD must be an object");
    return read_object(r, depth + 1, read_icd_member);
}

static bool read_manifest(reader *r)
{
    skip_space(r);
    if (r->at == r->end || *r->at != '{')
        return refuse(r, "expected an object");
    if (!read_object(r, 1, read_top_member))
        return false;
    skip_space(r);
    if (r->at != r->end)
        return refuse(r, "text after the end");
    if (!r->has_icd)
        return refuse(r, "no ICD object: this is no driver manifest");
    if (!r->has_library_path || !r->has_api_version)
        return refuse(r, "ICD needs library_path and api_version");
    return true;
}

kro_status kro__manifest_parse(const char *text, size_t text_bytes, const char *name,
                               kro__manifest *out)
{
    *out = (kro__manifest){0};
    reader r = {.begin = text, .at = text, .end = text + text_bytes, .manifest = out};
    if (read_manifest(&r))
        return KRO_OK;
    // Lines are counted only now: good manifests need none.
    unsigned line = 1;
    for (const char *c = r.begin; c < r.at; c++)
        line += *c == '\n';
    *out = (kro__manifest){0};
    return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "driver manifest '%s', line %u: %s", name, line,
                     r.problem);
}

bool kro__manifest_resolve(const char *manifest_path, const char *library_path, char *out,
                           size_t out_bytes)
{
    const char *slash = strrchr(manifest_path, '/');
    bool relative = library_path[0] != '/' && strchr(library_path, '/');
    int folder_bytes = relative && slash ? (int)(slash + 1 - manifest_path) : 0;
    int written = snprintf(out, out_bytes, "%.*s%s", folder_bytes, manifest_path, library_path);
    return written >= 0 && (size_t)written < out_bytes;
}
