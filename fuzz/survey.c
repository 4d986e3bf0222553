// What `kronos perf --compare` reads: any text is held against a good survey, or gives a sentence.
#include "fuzz.h"

#include <math.h>
#include <stdio.h>

#include "comparison.h"
#include "json.h"

static const char GOOD[] =
    "{\"kronos_perf\":1,\"device\":{\"name\":\"llvmpipe\",\"driver\":\"llvmpipe\"},"
    "\"machine\":{\"cpu\":\"cpu\"},\"tier\":\"quick\",\"workloads\":["
    "{\"name\":\"chain/16\",\"counts\":{\"submits\":1,\"dispatches\":16},"
    "\"ratios\":{\"naive\":{\"cpu\":[0.5,0.4,0.6],\"wall\":[0.9,0.8,1]}}},"
    "{\"name\":\"mix\",\"counts\":{\"submits\":2}}],\"skipped\":[{\"name\":\"big\"}]}";

// What is called worse has grown.
static void check_worse(const cJSON *worse)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, worse)
    {
        const double before = kt_json_number(item, "before"), now = kt_json_number(item, "now");
        fuzz_require(!strcmp(kt_json_string(item, "kind"), "gone") ||
                     (isfinite(before) && now > before));
    }
}

static void compare(const cJSON *before, const cJSON *now)
{
    kp_comparison comparison;
    kt_text problem = {0};
    char *printed = NULL;
    size_t printed_bytes;
    const bool right = kp_compare(before, now, true, &comparison, &problem);
    fuzz_require(right == !problem.size_bytes);
    if (right) {
        FILE *file = open_memstream(&printed, &printed_bytes);
        fuzz_require(file != NULL);
        check_worse(comparison.worse);
        kp_comparison_print(&comparison, "fuzz", file);
        fclose(file);
        fuzz_require(printed_bytes > 0);
    }
    free(printed);
    kp_comparison_finish(&comparison);
    kt_text_finish(&problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    char *text = fuzz_text(bytes, size_bytes);
    cJSON *good = cJSON_Parse(GOOD), *survey = cJSON_Parse(text);
    fuzz_require(good != NULL);
    if (survey) {
        compare(survey, good);
        compare(good, survey);
        compare(survey, survey);
    }
    cJSON_Delete(survey);
    cJSON_Delete(good);
    free(text);
    return 0;
}
