// What a pipeline is asked for beyond its module: files, entry points, constants, sizes.
#include "contract.h"

#include <string.h>

#include "proxied.h"
#include "shaders.h"

// kro_pipeline_create with an embedded shader, labelled with its name unless the config has a
// label.
static kro_status create(kro_context *ctx, const char *shader, kro_pipeline_config config,
                         kro_pipeline **out)
{
    const kronos_shader *found = kronos_shader_find(shader);
    config.spirv = found ? found->words : NULL;
    config.spirv_bytes = found ? found->size_bytes : 0;
    if (!config.label)
        config.label = shader;
    *out = (kro_pipeline *)(uintptr_t)1;
    return kro_pipeline_create(ctx, &config, out);
}

#define REFUSES_PIPELINE(ctx, shader, status, config, ...)                                         \
    do {                                                                                           \
        kro_pipeline *refused;                                                                     \
        CHECK_REFUSED(create(ctx, shader, config, &refused), status, "'" shader "'", __VA_ARGS__); \
        CHECK(refused == NULL);                                                                    \
    } while (0)

TEST(entry_point_must_exist)
{
    REFUSES_PIPELINE(kt_context(t), "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.entry_point = "Main"}), "'Main'", "main");
    REFUSES_PIPELINE(kt_context(t), "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.entry_point = ""}), "main");
    kro_pipeline *add = kt_pipeline_in(t, kt_context(t), "vector_add",
                                       &(kro_pipeline_config){.entry_point = "main"});
    CHECK(add != NULL);
}

TEST(constants_must_be_declared_and_given_once)
{
    kro_context *ctx = kt_context(t);
    static const kro_constant unknown[] = {{.id = 1, .value.u32 = 64}, {.id = 7}};
    static const kro_constant repeated[] = {{.id = 1, .value.u32 = 64}, {.id = 1, .value.u32 = 64}};
    static const kro_constant last[] = {{.id = UINT32_MAX}};
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.constants = unknown, .constant_count = 2}), "constant",
                     "7");
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.constants = repeated, .constant_count = 2}),
                     "constant", "1");
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.constants = last, .constant_count = 1}), "4294967295");
    REFUSES_PIPELINE(ctx, "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.constants = unknown, .constant_count = 1}), "constant",
                     "1");
}

TEST(local_size_must_fit_the_device)
{
    kro_context *ctx = kt_context(t);
    const kro_device_info *info = kt_device(t);
    const uint32_t size = info->limits.max_group_size[0];
    kro_constant constants[] = {{.id = 0, .value.u32 = size + 1}};
    const kro_pipeline_config config = {.constants = constants, .constant_count = 1};
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_UNSUPPORTED, config,
                     contract_text(t, "%u", size + 1), contract_text(t, "%u", size), info->name);
    constants[0].value.u32 = 0;
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_INVALID_SHADER, config, "local_size_x", "0");
    constants[0].value.u32 = UINT32_MAX;
    REFUSES_PIPELINE(ctx, "group_sums", KRO_ERROR_UNSUPPORTED, config, "4294967295", info->name);
    constants[0].value.u32 = 32;
    kro_pipeline *sums = kt_pipeline_in(t, ctx, "group_sums", &config);
    if (sums)
        CHECK_EQ_U64(kro_pipeline_get_info(sums)->local_size[0], 32);
}

TEST(workgroup_memory_must_fit_the_device)
{
    const kro_device_info *info = kt_device(t);
    const uint32_t limit = info->limits.max_shared_bytes;
    const uint32_t counts[] = {limit / 4 + 1, UINT32_C(1) << 30, UINT32_MAX};
    for (int i = 0; i < 3; i++) {
        const kro_constant constants[] = {{.id = 1, .value.u32 = counts[i]}};
        REFUSES_PIPELINE(kt_context(t), "group_sums", KRO_ERROR_UNSUPPORTED,
                         ((kro_pipeline_config){.constants = constants, .constant_count = 1}),
                         contract_text(t, "%llu", 4ull * counts[i]), contract_text(t, "%u", limit),
                         info->name);
    }
}

TEST(push_constants_must_fit_the_device)
{
    const kro_device_info *info = kt_device(t);
    if (info->limits.max_push_bytes >= 4096) {
        SKIP(t, "limits.max_push_bytes below 4096");
        return;
    }
    REFUSES_PIPELINE(kt_context(t), "push_words", KRO_ERROR_UNSUPPORTED, (kro_pipeline_config){0},
                     "4096", contract_text(t, "%u", info->limits.max_push_bytes), info->name);
}

TEST(images_are_unsupported)
{
    REFUSES_PIPELINE(kt_context(t), "invert_image", KRO_ERROR_UNSUPPORTED, (kro_pipeline_config){0},
                     "image");
}

TEST(subgroup_size_must_be_one_of_the_devices)
{
    kro_context *ctx = kt_context(t);
    const kro_device_info *info = kt_device(t);
    const uint32_t wrong[] = {3, info->max_subgroup_size + 1, info->max_subgroup_size * 2,
                              UINT32_C(1) << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSES_PIPELINE(ctx, "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                         ((kro_pipeline_config){.subgroup_size = wrong[i]}),
                         contract_text(t, "%u", wrong[i]), info->name,
                         contract_text(t, "%u", info->min_subgroup_size),
                         contract_text(t, "%u", info->max_subgroup_size));
    if (info->max_subgroup_size >= 2 * info->min_subgroup_size && info->max_subgroup_size >= 4)
        REFUSES_PIPELINE( // between powers of two
            ctx, "vector_add", KRO_ERROR_INVALID_ARGUMENT,
            ((kro_pipeline_config){.subgroup_size = info->max_subgroup_size / 4 * 3}), info->name);
    if (info->min_subgroup_size > 1)
        REFUSES_PIPELINE(ctx, "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                         ((kro_pipeline_config){.subgroup_size = info->min_subgroup_size / 2}),
                         info->name);
}

// A device that cannot be asked for a size still has one.
TEST(subgroup_size_may_be_the_only_one)
{
    kro_context *ctx = proxied_context(t, "hide=subgroup_size_control", NULL);
    const kro_device_info *info = kro_context_info(ctx);
    if (!info)
        return;
    CHECK(!info->features.subgroup_size_control);
    const kro_pipeline_config config = {.subgroup_size = info->subgroup_size};
    CHECK(kt_pipeline_in(t, ctx, "vector_add", &config) != NULL);
    REFUSES_PIPELINE(ctx, "vector_add", KRO_ERROR_INVALID_ARGUMENT,
                     ((kro_pipeline_config){.subgroup_size = info->subgroup_size * 2}), info->name);
}

// Vulkan 1.1 takes SPIR-V 1.3, 1.2 takes 1.5, 1.3 takes 1.6.
TEST(spirv_version_must_be_the_devices)
{
    static const struct {
        const char *spec;
        uint32_t newest;
    } devices[] = {{"api=1.1;hide=VK_KHR_spirv_1_4", 3}, {"api=1.2", 5}};
    const kronos_shader *add = kronos_shader_find("vector_add");
    for (int i = 0; i < 2; i++) {
        kro_context *ctx = proxied_context(t, devices[i].spec, NULL);
        if (!ctx)
            return;
        uint32_t *words = kt_alloc(t, add->size_bytes);
        memcpy(words, add->words, add->size_bytes);
        bool validated = true;
        for (uint32_t minor = 3; minor <= 6; minor++) {
            // Newer modules must declare more. Where the library has no validator to say so, this
            // one is not for drivers.
            if (!validated && minor <= devices[i].newest)
                continue;
            const kro_pipeline_config config = {
                .spirv = words, .spirv_bytes = add->size_bytes, .label = "the kernel"};
            kro_pipeline *out;
            words[1] = 0x00010000 | minor << 8;
            kro_status status = kro_pipeline_create(ctx, &config, &out);
            if (minor > devices[i].newest)
                CHECK_REFUSED(
                    status, KRO_ERROR_UNSUPPORTED, "'the kernel'", contract_text(t, "1.%u", minor),
                    contract_text(t, "1.%u", devices[i].newest), kro_context_info(ctx)->name);
            else // taken, or refused for what the older module declares
                CHECK(status == KRO_OK || status == KRO_ERROR_INVALID_SHADER);
            if (out)
                validated = kro_pipeline_get_info(out)->validated != KRO_VALIDATED_NO;
            kro_pipeline_destroy(out);
        }
        kt_release(t, ctx);
    }
}

// vector_add with one more capability, and the extension that declares it, unless NULL.
static kro_pipeline_config with_capability(kt_test *t, uint32_t capability, const char *extension)
{
    enum { HEADER_WORDS = 5, CAPABILITY = 17, EXTENSION = 10 };
    const kronos_shader *add = kronos_shader_find("vector_add");
    const size_t length = extension ? strlen(extension) : 0;
    const uint32_t extension_words = extension ? (uint32_t)(2 + length / 4) : 0;
    const uint32_t *from = add->words, *end = from + add->size_bytes / 4;
    uint32_t *words = kt_alloc(t, add->size_bytes + (2 + extension_words) * 4), *to = words;
    for (; from < add->words + HEADER_WORDS; from++)
        *to++ = *from;
    *to++ = 2 << 16 | CAPABILITY;
    *to++ = capability;
    while (from < end && (*from & 0xffff) == CAPABILITY) {
        *to++ = *from++;
        *to++ = *from++;
    }
    if (extension) {
        *to++ = extension_words << 16 | EXTENSION;
        uint32_t *text = to;
        for (uint32_t i = 2; i <= extension_words; i++)
            *to++ = 0;
        for (size_t i = 0; i < length; i++) // lowest byte first on every machine
            text[i / 4] |= (uint32_t)extension[i] << i % 4 * 8;
    }
    while (from < end)
        *to++ = *from++;
    return (kro_pipeline_config){
        .spirv = words, .spirv_bytes = (uint64_t)(to - words) * 4, .label = "the kernel"};
}

// A device has a capability when it has the feature that Vulkan ties to it, and that feature alone
// counts.
TEST(capabilities_must_be_the_devices)
{
    static const struct {
        uint32_t capability;
        const char *name, *feature, *other, *extension;
    } cases[] = {
        {10, "Float64", "shaderFloat64", "shaderInt64", NULL},
        {4433, "StorageBuffer16BitAccess", "storageBuffer16BitAccess",
         "uniformAndStorageBuffer16BitAccess", "SPV_KHR_16bit_storage"},
        {4434, "UniformAndStorageBuffer16BitAccess", "uniformAndStorageBuffer16BitAccess",
         "storageBuffer16BitAccess", "SPV_KHR_16bit_storage"},
        {4448, "StorageBuffer8BitAccess", "storageBuffer8BitAccess",
         "uniformAndStorageBuffer8BitAccess", "SPV_KHR_8bit_storage"},
        {4449, "UniformAndStorageBuffer8BitAccess", "uniformAndStorageBuffer8BitAccess",
         "storageBuffer8BitAccess", "SPV_KHR_8bit_storage"},
        {6033, "AtomicFloat32AddEXT",
         "shaderBufferFloat32AtomicAdd,no_shaderSharedFloat32AtomicAdd",
         "shaderBufferFloat32AtomicAdd", "SPV_EXT_shader_atomic_float_add"},
        {6034, "AtomicFloat64AddEXT",
         "shaderBufferFloat64AtomicAdd,no_shaderSharedFloat64AtomicAdd",
         "shaderSharedFloat64AtomicAdd", "SPV_EXT_shader_atomic_float_add"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kro_pipeline_config config =
            with_capability(t, cases[i].capability, cases[i].extension);
        kro_pipeline *out;
        kt_set_environment(t, "KRONOS_NULL", contract_text(t, "no_%s", cases[i].feature));
        kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
        if (!ctx)
            return;
        CHECK_REFUSED(kro_pipeline_create(ctx, &config, &out), KRO_ERROR_UNSUPPORTED,
                      "'the kernel'", cases[i].name, kro_context_info(ctx)->name);
        CHECK(out == NULL);

        kt_set_environment(t, "KRONOS_NULL", contract_text(t, "no_%s", cases[i].other));
        kro_context *able = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
        CHECK_OK(kro_pipeline_create(able, &config, &out));
        kro_pipeline_destroy(out);
    }
}

// A feature that the device has is no use before somebody enables it.
TEST(capabilities_must_be_enabled)
{
    enum { ATOMIC_FLOAT16_ADD = 6095 };
    const kro_pipeline_config config =
        with_capability(t, ATOMIC_FLOAT16_ADD, "SPV_EXT_shader_atomic_float16_add");
    const char *driver = kt_null_driver(t);
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = driver});
    kro_context *all =
        kt_context_with(t, &(kro_context_config){.driver = driver, .enable_all_features = true});
    kro_pipeline *out;
    if (!ctx || !all)
        return;
    CHECK_REFUSED(kro_pipeline_create(ctx, &config, &out), KRO_ERROR_UNSUPPORTED, "'the kernel'",
                  "AtomicFloat16AddEXT", "shaderBufferFloat16AtomicAdd", "enable_all_features");
    CHECK_OK(kro_pipeline_create(all, &config, &out));
    kro_pipeline_destroy(out);
}

// A device may have atomics in workgroup memory only, or on buffers only.
TEST(atomics_must_be_the_devices_where_they_work)
{
    static const struct {
        const char *shader, *feature, *other;
    } cases[] = {
        {"atomic_u64_buffer", "shaderBufferInt64Atomics", "shaderSharedInt64Atomics"},
        {"atomic_u64_group", "shaderSharedInt64Atomics", "shaderBufferInt64Atomics"},
        {"atomic_f32_add_buffer", "shaderBufferFloat32AtomicAdd", "shaderSharedFloat32AtomicAdd"},
        {"atomic_f32_add_group", "shaderSharedFloat32AtomicAdd", "shaderBufferFloat32AtomicAdd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kro_pipeline *out;
        kt_set_environment(t, "KRONOS_NULL", contract_text(t, "no_%s", cases[i].feature));
        kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
        if (!ctx)
            return;
        CHECK_REFUSED(create(ctx, cases[i].shader, (kro_pipeline_config){0}, &out),
                      KRO_ERROR_UNSUPPORTED, cases[i].shader, cases[i].feature,
                      kro_context_info(ctx)->name);
        // Of two that are missing, that of the place where the kernel works is named.
        kt_set_environment(t, "KRONOS_NULL",
                           contract_text(t, "no_%s,no_%s", cases[i].feature, cases[i].other));
        kro_context *less = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
        CHECK_REFUSED(create(less, cases[i].shader, (kro_pipeline_config){0}, &out),
                      KRO_ERROR_UNSUPPORTED, cases[i].feature);
        kt_set_environment(t, "KRONOS_NULL", contract_text(t, "no_%s", cases[i].other));
        kro_context *able = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
        CHECK_OK(create(able, cases[i].shader, (kro_pipeline_config){0}, &out));
        kro_pipeline_destroy(out);
    }
}

// Constants are indices on every device; computed ones are not.
TEST(arrays_of_buffers_must_be_the_devices_to_index)
{
    kt_set_environment(t, "KRONOS_NULL", "no_shaderStorageBufferArrayDynamicIndexing");
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    kro_pipeline *out;
    if (!ctx)
        return;
    CHECK(!kro_context_info(ctx)->features.storage_array_indexing);
    CHECK_REFUSED(create(ctx, "pick_buffer", (kro_pipeline_config){0}, &out), KRO_ERROR_UNSUPPORTED,
                  "pick_buffer", "computed index", "shaderStorageBufferArrayDynamicIndexing",
                  kro_context_info(ctx)->name);
    CHECK_OK(create(ctx, "sum_buffer_array", (kro_pipeline_config){0}, &out));
    kro_pipeline_destroy(out);

    kt_set_environment(t, "KRONOS_NULL", "no_shaderUniformBufferArrayDynamicIndexing");
    kro_context *able = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    CHECK_OK(create(able, "pick_buffer", (kro_pipeline_config){0}, &out));
    kro_pipeline_destroy(out);
}

TEST(pipeline_files_must_be_readable)
{
    kro_context *ctx = kt_context(t);
    const char *folder = contract_folder(t);
    const char *path = contract_text(t, "%s/kernel.spv", folder);
    kro_pipeline *out = (kro_pipeline *)(uintptr_t)1;
    CHECK_REFUSED(kro_pipeline_load(ctx, path, NULL, &out), KRO_ERROR_IO, path, "No such file");
    CHECK(out == NULL);
    CHECK_REFUSED(kro_pipeline_load(ctx, "", NULL, &out), KRO_ERROR_IO, "''");
    CHECK_REFUSED(kro_pipeline_load(ctx, folder, NULL, &out), KRO_ERROR_IO, folder);
    contract_write_file(t, path, "", 0);
    CHECK_REFUSED(kro_pipeline_load(ctx, path, NULL, &out), KRO_ERROR_INVALID_SHADER, "kernel.spv",
                  "empty");
    contract_write_file(t, path, "garbage!", 8);
    CHECK_REFUSED(kro_pipeline_load(ctx, path, NULL, &out), KRO_ERROR_INVALID_SHADER, "kernel.spv");
    CHECK(out == NULL);
    CHECK_REFUSED(kro_pipeline_load(ctx, path, &(kro_pipeline_config){.spirv_bytes = 8}, &out),
                  KRO_ERROR_INVALID_ARGUMENT, "kro_pipeline_load", "spirv");
    CHECK_REFUSED(kro_pipeline_load(ctx, path, &(kro_pipeline_config){.spirv = folder}, &out),
                  KRO_ERROR_INVALID_ARGUMENT, "kro_pipeline_load", "spirv");
}

TEST(pipelines_load_from_files)
{
    const kronos_shader *add = kronos_shader_find("vector_add");
    contract_bench bench = contract_bench_create(t, kt_context(t));
    const char *path = contract_text(t, "%s/sum of vectors.spv", contract_folder(t));
    if (!bench.ctx || !add)
        return;
    contract_write_file(t, path, add->words, add->size_bytes);
    kro_pipeline *built_in = bench.add;
    if (!CHECK_OK(kro_pipeline_load(bench.ctx, path, NULL, &bench.add)))
        return;
    CHECK_EQ_STRING(kro_pipeline_get_info(bench.add)->label, "sum of vectors.spv");
    contract_check_usable(t, &bench);
    kro_pipeline_destroy(bench.add);
    const kro_pipeline_config config = {.label = "from a file", .entry_point = "main"};
    if (!CHECK_OK(kro_pipeline_load(bench.ctx, path, &config, &bench.add)))
        return;
    CHECK_EQ_STRING(kro_pipeline_get_info(bench.add)->label, "from a file");
    contract_check_usable(t, &bench);
    kro_pipeline_destroy(bench.add);
    bench.add = built_in;
    contract_check_usable(t, &bench);
}

// Unless asked for, a pipeline is called what its entry point is called.
TEST(pipeline_label_defaults_to_the_entry_point)
{
    const kronos_shader *add = kronos_shader_find("vector_add");
    kro_pipeline *out;
    if (!add ||
        !CHECK_OK(kro_pipeline_create(
            kt_context(t),
            &(kro_pipeline_config){.spirv = add->words, .spirv_bytes = add->size_bytes}, &out)))
        return;
    CHECK_EQ_STRING(kro_pipeline_get_info(out)->label, "main");
    kro_pipeline_destroy(out);
}
