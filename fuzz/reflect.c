// Reflection: any bytes give facts in order, or a sentence and nothing.
//
// The input is a module; a byte more than whole words chooses a specialization and an entry point.
#include "fuzz.h"

#include "fail.h"
#include "reflect.h"

static void check_facts(const kro__reflection *out)
{
    for (uint32_t i = 0; i < out->binding_count; i++) {
        const kro_binding_info *binding = &out->bindings[i], *before = binding - 1;
        fuzz_require(binding->name && binding->count >= 1);
        fuzz_require(i == 0 || before->set < binding->set ||
                     (before->set == binding->set && before->binding < binding->binding));
    }
    for (uint32_t i = 1; i < out->constant_count; i++)
        fuzz_require(out->constants[i - 1].id < out->constants[i].id);
    fuzz_require(out->local_size[0] && out->local_size[1] && out->local_size[2]);
    fuzz_require(out->entry_point && (out->capabilities || !out->capability_count));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    const size_t chosen = size_bytes % 4 == 1;
    const uint8_t choice = chosen ? bytes[size_bytes - 1] : 0;
    const kro_constant constant = {.id = choice & 7, .value.u64 = choice >> 3 & 15};
    const char *entry_point = choice & 0x80 ? "main" : NULL;
    kro__reflection out;
    const kro_status status = kro__reflect(bytes, size_bytes - chosen, entry_point, &constant,
                                           (uint32_t)chosen, "fuzz", &out);
    if (status >= 0)
        check_facts(&out);
    else
        fuzz_require(kro_error_detail()[0] && !out.bindings && !out.entry_point && !out.names &&
                     !out.constants && !out.capabilities);
    kro__reflection_finish(&out);
    return 0;
}
