// Expectation files: any text gives entries that can be asked, or a sentence.
#include "fuzz.h"

#include "expect.h"

// The entries for drivers and cases that the corpus names.
static void ask(const kt_expectations *list)
{
    static const kt_driver DRIVERS[] = {
        {"llvmpipe", "22.3.6"}, {"NVIDIA", "580.159.04"}, {"SwiftShader driver", ""}};
    static const char *const CASES[] = {"conformance/floats/exp", "suite/group/a", ""};
    for (size_t i = 0; i < sizeof DRIVERS / sizeof DRIVERS[0]; i++)
        for (size_t n = 0; n < sizeof CASES / sizeof CASES[0]; n++) {
            const kt_case test_case = {.name = CASES[n]};
            const kt_expectation *found = kt_expect_find(list, &DRIVERS[i], &test_case, KT_FAIL);
            fuzz_require(!found || kt_expectation_concerns(found, &DRIVERS[i], &test_case));
            const kt_status status = kt_expect_apply(found, KT_FAIL, "2026-06-30");
            fuzz_require(status == KT_FAIL || (found && found->statuses));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    char *text = fuzz_text(bytes, size_bytes);
    kt_expectations list = {0};
    kt_text problem = {0};
    const bool right = kt_expect_parse(&list, "fuzz.txt", text, &problem);
    fuzz_require(right == !problem.size_bytes);
    for (size_t i = 0; right && i < list.count; i++) {
        const kt_expectation *entry = &list.items[i];
        fuzz_require(entry->pattern && entry->statuses && entry->driver && entry->reason &&
                     entry->link && entry->line);
        fuzz_require(!entry->first_version || kt_is_version(entry->first_version));
        fuzz_require(!entry->fixed_version || kt_is_version(entry->fixed_version));
        fuzz_require(entry->expires || entry->fixed_version);
    }
    if (right)
        ask(&list);
    kt_expect_finish(&list);
    kt_text_finish(&problem);
    free(text);
    return 0;
}
