// Driver manifests: any bytes name a library and a version, or give a sentence.
#include "fuzz.h"

#include "fail.h"
#include "vk/manifest.h"

// Where the library is, beside a manifest.
static void resolve(const char *library_path)
{
    static const char FOLDER[] = "/usr/share/vulkan/icd.d/fuzz.json";
    char path[KRO__MANIFEST_PATH_BYTES];
    if (kro__manifest_resolve(FOLDER, library_path, path, sizeof path))
        fuzz_require(strlen(path) >= strlen(library_path));
    else
        fuzz_require(strlen(library_path) + sizeof FOLDER > sizeof path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    static const kro__manifest EMPTY;
    kro__manifest out;
    // A copy, so that reading past the end is seen.
    char *text = malloc(size_bytes ? size_bytes : 1);
    fuzz_require(text != NULL);
    if (size_bytes)
        memcpy(text, bytes, size_bytes);
    if (kro__manifest_parse(text, size_bytes, "fuzz.json", &out) >= 0) {
        const size_t length = strnlen(out.library_path, sizeof out.library_path);
        fuzz_require(length > 0 && length < sizeof out.library_path);
        fuzz_require(out.api_major <= 99999 && out.api_minor <= 99999 && out.api_patch <= 99999);
        resolve(out.library_path);
    } else {
        fuzz_require(kro_error_detail()[0] && memcmp(&out, &EMPTY, sizeof out) == 0);
    }
    free(text);
    return 0;
}
