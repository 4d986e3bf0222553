// `kronos bind`: any bytes give a header or a sentence.
#include "fuzz.h"

#include "bind_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    kt_text out = {0}, problem = {0};
    const kro_status status = cli_bind_header(
        &(cli_bind_request){
            .file = "fuzz.spv", .name = "fuzz", .spirv = bytes, .spirv_bytes = size_bytes},
        &out, &problem);
    fuzz_require((status < 0) == (problem.size_bytes > 0));
    kt_text_finish(&problem);
    kt_text_finish(&out);
    return 0;
}
