#include "earlier.h"

#include "difference_report.h"
#include "fuzz.h"

enum { MARKDOWN_BYTES = 4096 };

const char fuzz_earlier_lines[] =
    "{\"type\":\"run\",\"schema\":1,\"kronos\":\"0.1.0\",\"tier\":\"quick\","
    "\"selection\":\"cases:3:daa26a621fa7ebe2\",\"seed\":1,\"repeat\":1,"
    "\"device\":{\"name\":\"llvmpipe\",\"driver_name\":\"llvmpipe\",\"driver_info\":\"Mesa "
    "22.3.6\"}}\n"
    "{\"type\":\"case\",\"name\":\"suite/group/a\",\"status\":\"Pass\",\"duration_ns\":20000000}\n"
    "{\"type\":\"case\",\"name\":\"suite/group/b\",\"status\":\"Fail\",\"message\":\"1 is not "
    "2\"}\n"
    "{\"type\":\"case\",\"name\":\"suite/group/c\",\"status\":\"Waived\",\"outcome\":\"Crash\"}\n"
    "{\"type\":\"end\",\"duration_ns\":20000000}\n";

static const char CERTIFICATE[] =
    "{\"schema\":1,\"verdict\":\"1 fault\",\"kronos\":{\"git_hash\":\"1\",\"git_clean\":true},"
    "\"driver\":{\"name\":\"llvmpipe\",\"library\":\"libvulkan_lvp.so\"}}";

static void compare(const cli_results *a, const cli_results *b)
{
    cli_difference difference;
    kt_text markdown = {0};
    cli_difference_init(&difference, a, b, 2);
    cli_difference_markdown(&difference, MARKDOWN_BYTES, &markdown);
    fuzz_require(markdown.size_bytes < MARKDOWN_BYTES);
    char *printed = NULL;
    size_t printed_bytes;
    FILE *file = open_memstream(&printed, &printed_bytes);
    fuzz_require(file != NULL);
    cli_difference_print(&difference, file);
    fclose(file);
    fuzz_require(printed_bytes > 0);
    free(printed);
    cJSON *json = cli_difference_json(&difference);
    char *text = cJSON_Print(json);
    fuzz_require(text != NULL);
    cJSON_free(text);
    cJSON_Delete(json);
    kt_text_finish(&markdown);
    cli_difference_finish(&difference);
}

void fuzz_compare(const char *lines, const char *certificate)
{
    cli_results earlier, now;
    kt_text problem = {0};
    fuzz_require(cli_results_parse(&earlier, "earlier", fuzz_earlier_lines, CERTIFICATE, &problem));
    const bool right = cli_results_parse(&now, "now", lines, certificate, &problem);
    fuzz_require(right == !problem.size_bytes);
    if (right) {
        compare(&earlier, &now);
        compare(&now, &earlier);
        compare(&now, &now);
    }
    cli_results_finish(&now);
    cli_results_finish(&earlier);
    kt_text_finish(&problem);
}
