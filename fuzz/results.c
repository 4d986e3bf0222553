// results.jsonl: any text is compared with a good run, or gives a sentence.
#include "fuzz.h"

#include "earlier.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    char *text = fuzz_text(bytes, size_bytes);
    fuzz_compare(text, NULL);
    free(text);
    return 0;
}
