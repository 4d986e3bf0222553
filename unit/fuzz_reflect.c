// libFuzzer target: reflection on any bytes. unit/CMakeLists.txt builds it where the compiler is
// clang:
//
//     fuzz-reflect -max_len=4096 CORPUS
//
// The first byte chooses the specialization, the rest is the module.
#include "reflect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const kro_constant constant = {.id = data[0] & 7, .value.u64 = data[0] >> 3};
    kro__reflection out;
    kro_status status =
        kro__reflect(data + 1, size - 1, NULL, &constant, data[0] >> 7, "fuzz", &out);
    for (uint32_t i = 0; i < out.binding_count; i++) {
        const kro_binding_info *binding = &out.bindings[i];
        if (!binding->name || binding->count == 0)
            abort();
    }
    if (status < 0 && (out.bindings || out.entry_point))
        abort();
    kro__reflection_finish(&out);
    return 0;
}
