// What each target defines, and what targets share.
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// libFuzzer's interface, which replay.c serves too. Always returns 0.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);

// Ends the process where a promise is not kept, which makes the input a finding.
static inline void fuzz_require(bool kept)
{
    if (!kept)
        abort();
}

// The bytes as readers of text get them: with a terminator, and no byte of memory behind it. The
// caller frees them.
static inline char *fuzz_text(const uint8_t *bytes, size_t size_bytes)
{
    char *text = malloc(size_bytes + 1);
    fuzz_require(text != NULL);
    if (size_bytes)
        memcpy(text, bytes, size_bytes);
    text[size_bytes] = '\0';
    return text;
}

#endif
