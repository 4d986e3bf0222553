// certificate.json: any text is compared with a good certificate, or gives a sentence.
#include "fuzz.h"

#include "earlier.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    char *text = fuzz_text(bytes, size_bytes);
    fuzz_compare(fuzz_earlier_lines, text);
    free(text);
    return 0;
}
