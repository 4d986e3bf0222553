#include "shader_edit.h"

#include <stdio.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "modules.h"

enum { HEADER_WORDS = 5, ACCESSES_BYTES = 1024 };

shader shader_copy(kt_test *t, const char *name)
{
    const unit_module *module = unit_module_find(name);
    if (!module) {
        FAILF(t, "there is no module %s", name);
        return (shader){kt_alloc(t, HEADER_WORDS * sizeof(uint32_t)), HEADER_WORDS};
    }
    shader copy = {kt_alloc(t, module->size_bytes), module->size_bytes / 4};
    memcpy(copy.words, module->words, module->size_bytes);
    return copy;
}

size_t shader_find(kt_test *t, const shader *module, uint32_t opcode, size_t n)
{
    for (size_t i = HEADER_WORDS; i < module->word_count; i += module->words[i] >> 16) {
        if ((module->words[i] & 0xffff) == opcode && n-- == 0)
            return i;
    }
    FAILF(t, "the module has no instruction with opcode %u", opcode);
    return HEADER_WORDS;
}

void shader_insert(kt_test *t, shader *module, size_t at, const uint32_t *words, size_t count)
{
    shader longer = {kt_alloc(t, (module->word_count + count) * 4), module->word_count + count};
    memcpy(longer.words, module->words, at * 4);
    memcpy(longer.words + at, words, count * 4);
    memcpy(longer.words + at + count, module->words + at, (module->word_count - at) * 4);
    *module = longer;
}

uint32_t shader_id(shader *module)
{
    return module->words[3]++;
}

uint32_t shader_named(kt_test *t, const shader *module, char name)
{
    for (size_t i = HEADER_WORDS; i < module->word_count; i += module->words[i] >> 16) {
        if (module->words[i] == (3u << 16 | SpvOpName) && module->words[i + 2] == (uint32_t)name)
            return module->words[i + 1];
    }
    FAILF(t, "the module names nothing %c", name);
    return 1;
}

static void finish(void *reflection)
{
    kro__reflection_finish(reflection);
}

const kro__reflection *shader_reflect(kt_test *t, const shader *module)
{
    kro__reflection *out = kt_alloc(t, sizeof *out);
    kt_defer(t, finish, out);
    CHECK_OK(kro__reflect(module->words, module->word_count * 4, NULL, NULL, 0, "test", out));
    return out;
}

const char *shader_accesses(kt_test *t, const kro__reflection *reflection)
{
    char *text = kt_alloc(t, ACCESSES_BYTES);
    size_t length = 0;
    for (uint32_t i = 0; i < reflection->binding_count && length < ACCESSES_BYTES; i++) {
        const kro_binding_info *binding = &reflection->bindings[i];
        if (binding->reads || binding->writes)
            length += (size_t)snprintf(text + length, ACCESSES_BYTES - length, "%s%s=%s%s",
                                       length ? " " : "", binding->name, binding->reads ? "r" : "",
                                       binding->writes ? "w" : "");
    }
    return text;
}
