// Modules that are no valid compute shader are refused before the driver sees them.
#include "contract.h"

#include <string.h>

#include "shaders.h"

// A SPIR-V module in memory of the case.
typedef struct module {
    uint32_t *words;
    uint64_t size_bytes;
} module;

static module copy_module(kt_test *t, const char *shader)
{
    const kronos_shader *found = kronos_shader_find(shader);
    if (!found) {
        FAILF(t, "there is no shader '%s'", shader);
        return (module){.words = kt_alloc(t, 64)};
    }
    module copy = {.words = kt_alloc(t, found->size_bytes), .size_bytes = found->size_bytes};
    memcpy(copy.words, found->words, found->size_bytes);
    return copy;
}

static kro_status create(kro_context *ctx, const void *spirv, uint64_t size_bytes,
                         kro_pipeline **out)
{
    *out = (kro_pipeline *)(uintptr_t)1;
    return kro_pipeline_create(
        ctx,
        &(kro_pipeline_config){.spirv = spirv, .spirv_bytes = size_bytes, .label = "the kernel"},
        out);
}

// Refused with INVALID_SHADER and these parts of a sentence.
#define REFUSES_MODULE(spirv, size_bytes, ...)                                \
    do {                                                                      \
        kro_pipeline *refused;                                                \
        CHECK_REFUSED(create(kt_context(t), spirv, size_bytes, &refused),     \
                      KRO_ERROR_INVALID_SHADER, "'the kernel'", __VA_ARGS__); \
        CHECK(refused == NULL);                                               \
    } while (0)

TEST(module_must_not_be_empty)
{
    static const uint32_t words[] = {0x07230203};
    REFUSES_MODULE(words, 0, "empty");
}

// A size that is no size, such as (size_t)-1, is not believed.
TEST(module_must_be_of_a_possible_size)
{
    static const uint32_t words[] = {0x07230203};
    REFUSES_MODULE(words, UINT64_MAX, "18446744073709551615");
    REFUSES_MODULE(words, UINT64_MAX - 3, "18446744073709551612");
    REFUSES_MODULE(words, UINT64_C(1) << 32, "4294967296");
}

TEST(module_must_begin_with_the_magic_number)
{
    module add = copy_module(t, "vector_add");
    add.words[0] ^= 1;
    REFUSES_MODULE(add.words, add.size_bytes, "SPIR-V");
    memset(add.words, 0, add.size_bytes);
    REFUSES_MODULE(add.words, add.size_bytes, "SPIR-V");
    static const char text[] = "#version 450\nlayout(local_size_x = 64) in; void main() {}\n";
    REFUSES_MODULE(text, sizeof text / 4 * 4, "SPIR-V");
}

// Every prefix, cut at any byte.
TEST(module_must_be_whole)
{
    module add = copy_module(t, "vector_add");
    for (uint64_t size = 1; size < add.size_bytes; size++) {
        // A copy of its own, so that a look past the end is seen by whoever watches memory.
        void *prefix = kt_alloc(t, size);
        memcpy(prefix, add.words, size);
        kro_pipeline *refused;
        if (!CHECK_REFUSED(create(kt_context(t), prefix, size, &refused), KRO_ERROR_INVALID_SHADER,
                           "'the kernel'")) {
            LOGF(t, "cut to %u of %u bytes", (unsigned)size, (unsigned)add.size_bytes);
            return;
        }
        CHECK(refused == NULL);
        kt_release(t, prefix);
    }
}

TEST(module_must_not_be_big_endian)
{
    module add = copy_module(t, "vector_add");
    for (uint64_t i = 0; i < add.size_bytes / 4; i++)
        add.words[i] = __builtin_bswap32(add.words[i]);
    REFUSES_MODULE(add.words, add.size_bytes, "big-endian");
}

TEST(module_version_must_be_known)
{
    static const struct {
        uint32_t word;
        const char *text;
    } versions[] = {{0x00010700, "1.7"}, {0x00020000, "2.0"}, {0x00ff0000, "255.0"}};
    module add = copy_module(t, "vector_add");
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        add.words[1] = versions[i].word;
        REFUSES_MODULE(add.words, add.size_bytes, versions[i].text);
    }
    add.words[1] = 0;
    REFUSES_MODULE(add.words, add.size_bytes, "0.0");
    add.words[1] = UINT32_MAX;
    REFUSES_MODULE(add.words, add.size_bytes, "version");
}

TEST(module_must_have_a_compute_entry_point)
{
    static const uint32_t fragment[] = {
        0x07230203, 0x00010000, 0,          6,          0, 0x00020011, 1, // OpCapability Shader
        0x0003000e, 0,          1,                         // OpMemoryModel Logical GLSL450
        0x0005000f, 4,          4,          0x6e69616d, 0, // OpEntryPoint Fragment %4 "main"
        0x00030010, 4,          7,                         // OpExecutionMode %4 OriginUpperLeft
        0x00020013, 2,                                     // %2 = OpTypeVoid
        0x00030021, 3,          2,                         // %3 = OpTypeFunction %2
        0x00050036, 2,          4,          0,          3, // %4 = OpFunction %2 None %3
        0x000200f8, 5,          0x000100fd, 0x00010038     // OpLabel, OpReturn, OpFunctionEnd
    };
    REFUSES_MODULE(fragment, sizeof fragment, "compute");
}

TEST(module_must_obey_the_specification)
{
    kro_pipeline *add = kt_pipeline(t, "vector_add");
    if (!add || kro_pipeline_get_info(add)->validated == KRO_VALIDATED_NO) {
        SKIP(t, "a build with a SPIR-V validator");
        return;
    }
    CHECK_EQ_U64(kro_pipeline_get_info(add)->validated, KRO_VALIDATED_YES);
    // vector_add without its last OpReturn: a block without an end.
    module cut = copy_module(t, "vector_add");
    uint64_t count = cut.size_bytes / 4;
    CHECK_EQ_U64(cut.words[count - 2], 0x000100fd);
    cut.words[count - 2] = cut.words[count - 1];
    REFUSES_MODULE(cut.words, cut.size_bytes - 4, "not valid SPIR-V");
}

// The caller's bytes need no alignment, and are not needed after the call.
TEST(module_bytes_are_borrowed_for_the_call)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    module add = copy_module(t, "vector_add");
    char *unaligned = kt_alloc(t, add.size_bytes + 1);
    memcpy(unaligned + 1, add.words, add.size_bytes);
    char *label = kt_alloc(t, 16), *entry = kt_alloc(t, 16);
    strcpy(label, "borrowed");
    strcpy(entry, "main");
    kro_pipeline *pipeline;
    if (!bench.ctx ||
        !CHECK_OK(kro_pipeline_create(bench.ctx,
                                      &(kro_pipeline_config){.spirv = unaligned + 1,
                                                             .spirv_bytes = add.size_bytes,
                                                             .entry_point = entry,
                                                             .label = label},
                                      &pipeline)))
        return;
    memset(unaligned, 0xee, add.size_bytes + 1);
    memset(label, 'x', 8);
    memset(entry, 'x', 4);
    CHECK_EQ_STRING(kro_pipeline_get_info(pipeline)->label, "borrowed");
    CHECK_EQ_STRING(kro_pipeline_get_info(pipeline)->entry_point, "main");
    bench.add = pipeline;
    contract_check_usable(t, &bench);
    kro_pipeline_destroy(pipeline);
}

// Any bytes may be handed in. On the null driver: what survives the checks is a valid module, but
// compiling it is a real driver's risk and not the point here.
TEST(module_with_flipped_bits_does_no_harm)
{
    enum { ROUNDS = 2000 };
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    const char *shaders[] = {"vector_add", "weighted_sum", "group_sums", "saxpy"};
    uint32_t counts[2] = {0}; // refused, accepted
    for (int round = 0; ctx && round < ROUNDS; round++) {
        const char *shader = shaders[round % 4];
        module flipped = copy_module(t, shader);
        uint64_t flips = 1 + kt_random_below(t, 4);
        for (uint64_t i = 0; i < flips; i++) {
            uint64_t bit = kt_random_below(t, flipped.size_bytes * 8);
            flipped.words[bit / 32] ^= UINT32_C(1) << (bit % 32);
        }
        kro_pipeline *pipeline;
        kro_status status = create(ctx, flipped.words, flipped.size_bytes, &pipeline);
        counts[status == KRO_OK]++;
        CHECK((pipeline != NULL) == (status == KRO_OK));
        bool fitting = status == KRO_OK || status == KRO_ERROR_INVALID_SHADER ||
                       status == KRO_ERROR_UNSUPPORTED || status == KRO_ERROR_INVALID_ARGUMENT;
        if (!fitting)
            FAILF(t, "%s, round %d: %s: %s", shader, round, kro_status_name(status),
                  kro_error_detail());
        kro_pipeline_destroy(pipeline);
        kt_release(t, flipped.words);
    }
    LOGF(t, "%u refused, %u accepted", counts[0], counts[1]);
    CHECK(counts[0] > 0 && counts[1] > 0);
}
