// The list of devices, choosing one of them in every form, and what the environment says.
#include "contract.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Every device behind the null driver, made as KRONOS_NULL says.
static kro_devices *list_null(kt_test *t, const char *options)
{
    kro_devices *devices = NULL;
    kt_set_environment(t, "KRONOS_NULL", options);
    CHECK_OK(kro_devices_create(&(kro_context_config){.driver = kt_null_driver(t)}, &devices));
    return devices;
}

static int type_rank(kro_device_type type)
{
    static const int ranks[] = {[KRO_DEVICE_TYPE_DISCRETE] = 0,
                                [KRO_DEVICE_TYPE_INTEGRATED] = 1,
                                [KRO_DEVICE_TYPE_VIRTUAL] = 2,
                                [KRO_DEVICE_TYPE_OTHER] = 3,
                                [KRO_DEVICE_TYPE_CPU] = 4};
    return ranks[type];
}

static void check_info(kt_test *t, const kro_device_info *info)
{
    CHECK(*info->name && *info->vendor && *info->api_version && *info->driver_version);
    CHECK(info->driver_name != NULL && info->driver_info != NULL);
    CHECK_EQ_U64(strlen(info->uuid), 32);
    CHECK_EQ_U64(strspn(info->uuid, "0123456789abcdef"), 32);
    CHECK_EQ_STRING(info->api_version,
                    contract_text(t, "%u.%u.%u", info->api_version_number >> 22 & 0x7f,
                                  info->api_version_number >> 12 & 0x3ff,
                                  info->api_version_number & 0xfff));
    CHECK(info->queue_count >= 1);
    CHECK(info->device_memory_bytes + info->host_memory_bytes > 0);
    CHECK(info->min_subgroup_size >= 1 && info->min_subgroup_size <= info->subgroup_size &&
          info->subgroup_size <= info->max_subgroup_size);
    CHECK(info->subgroup_operations & KRO_SUBGROUP_BASIC);
    const kro_limits *limits = &info->limits;
    // What Vulkan promises of every device.
    CHECK(limits->max_binding_bytes >= UINT64_C(1) << 27);
    CHECK(limits->max_buffer_bytes >= limits->max_uniform_bytes);
    CHECK(limits->max_uniform_bytes >= 16384);
    CHECK(limits->max_push_bytes >= 128);
    CHECK(limits->max_shared_bytes >= 16384);
    CHECK(limits->max_group_invocations >= 128);
    CHECK(limits->max_bindings >= 4);
    CHECK(limits->offset_alignment >= 1 && limits->offset_alignment <= 256);
    CHECK(limits->uniform_alignment >= 1 && limits->uniform_alignment <= 256);
    for (int i = 0; i < 3; i++)
        CHECK(limits->max_groups[i] >= 65535 && limits->max_group_size[i] >= 64);
}

TEST(devices_are_listed_best_first)
{
    const kro_context_config config = kt_context_config(t);
    kro_devices *devices;
    if (!CHECK_OK(kro_devices_create(&config, &devices)))
        return;
    const uint32_t count = kro_devices_count(devices);
    CHECK(count >= 1);
    for (uint32_t i = 0; i < count; i++) {
        const kro_device_info *info = kro_devices_info(devices, i);
        CHECK_EQ_U64(info->index, i);
        check_info(t, info);
        if (i == 0)
            continue;
        const kro_device_info *better = kro_devices_info(devices, i - 1);
        CHECK(type_rank(better->type) < type_rank(info->type) ||
              (better->type == info->type &&
               better->device_memory_bytes >= info->device_memory_bytes));
    }
    CHECK(kro_devices_info(devices, count) == NULL);
    CHECK(kro_devices_info(devices, UINT32_MAX) == NULL);
    kro_devices_destroy(devices);
}

TEST(context_tells_its_device)
{
    const kro_device_info *info = kt_device(t);
    if (!info)
        return;
    check_info(t, info);
    CHECK(info->limits.staging_bytes >= 65536);
}

// A context on the null driver's three devices, asked for with `request`.
static kro_status open_null(kt_test *t, const char *request, kro_context **out)
{
    return kro_context_create(&(kro_context_config){.device = request,
                                                    .driver = kt_null_driver(t),
                                                    .log = contract_log_line,
                                                    .log_user = contract_log_create(t)},
                              out);
}

TEST(devices_are_found_by_every_form)
{
    kro_devices *devices = list_null(t, "devices=3,type=integrated");
    if (!devices || !CHECK_EQ_U64(kro_devices_count(devices), 3))
        return;
    for (uint32_t i = 0; i < 3; i++) {
        const kro_device_info *info = kro_devices_info(devices, i);
        char part[8] = "";
        snprintf(part, sizeof part, "%.4s", info->name + 1);
        const struct {
            const char *request;
            uint32_t index;
        } requests[] = {
            {contract_text(t, "index:%u", i), i},
            {contract_text(t, "uuid:%s", info->uuid), i},
            {contract_text(t, "vendor:%s", info->vendor), 0},
            {"type:integrated", 0},
            {"TYPE:Integrated", 0},
            {info->name, i},
            {part, 0},
            {"", 0},
            {NULL, 0},
        };
        for (size_t k = 0; k < sizeof requests / sizeof *requests; k++) {
            kro_context *ctx;
            if (!CHECK_OK(open_null(t, requests[k].request, &ctx)))
                continue;
            const kro_device_info *opened = kro_context_info(ctx);
            CHECK_EQ_U64(opened->index, requests[k].index);
            CHECK_EQ_STRING(opened->uuid, kro_devices_info(devices, requests[k].index)->uuid);
            kro_context_destroy(ctx);
        }
    }
    kro_devices_destroy(devices);
}

TEST(devices_that_are_not_there_are_named)
{
    kro_devices *devices = list_null(t, "devices=2");
    static const char *const requests[] = {
        "index:2",  "index:4294967295",    "vendor:nobody",
        "type:cpu", "a device of no name", "uuid:00112233445566778899aabbccddeeff"};
    if (!devices)
        return;
    const char *name = kro_devices_info(devices, 0)->name;
    const char *second = kro_devices_info(devices, 1)->name;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        kro_context *ctx = (kro_context *)(uintptr_t)1;
        CHECK_REFUSED(open_null(t, requests[i], &ctx), KRO_ERROR_NO_DEVICE, requests[i],
                      "there are 2", contract_text(t, "0 '%s'", name),
                      contract_text(t, "1 '%s'", second));
        CHECK(ctx == NULL);
    }
    kro_devices_destroy(devices);
}

TEST(device_requests_of_no_form_are_refused)
{
    static const char *const requests[] = {"index:",   "index:one", "index:1x",
                                           "index:-1", "index: 1",  "vendor:",
                                           "type:",    "uuid:",     "index:99999999999999999999"};
    kt_set_environment(t, "KRONOS_NULL", "devices=2");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        kro_context *ctx = (kro_context *)(uintptr_t)1;
        CHECK_REFUSED(open_null(t, requests[i], &ctx), KRO_ERROR_INVALID_ARGUMENT, requests[i]);
        CHECK(ctx == NULL);
    }
}

TEST(no_devices_is_an_empty_list)
{
    kro_devices *devices = list_null(t, "devices=0");
    CHECK(devices != NULL);
    CHECK_EQ_U64(kro_devices_count(devices), 0);
    CHECK(kro_devices_info(devices, 0) == NULL);
    kro_devices_destroy(devices);
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    CHECK_REFUSED(open_null(t, NULL, &ctx), KRO_ERROR_NO_DEVICE, "Vulkan");
    CHECK(ctx == NULL);
}

TEST(environment_stands_in_for_the_device)
{
    kt_set_environment(t, "KRONOS_NULL", "devices=3");
    kt_set_environment(t, "KRONOS_DEVICE", "index:2");
    kro_context *ctx;
    if (CHECK_OK(open_null(t, NULL, &ctx)))
        CHECK_EQ_U64(kro_context_info(ctx)->index, 2);
    kro_context_destroy(ctx);
    if (CHECK_OK(open_null(t, "index:1", &ctx))) // the program knows better
        CHECK_EQ_U64(kro_context_info(ctx)->index, 1);
    kro_context_destroy(ctx);
    kt_set_environment(t, "KRONOS_DEVICE", "index:3");
    CHECK_REFUSED(open_null(t, NULL, &ctx), KRO_ERROR_NO_DEVICE, "index:3");
    kt_set_environment(t, "KRONOS_DEVICE", "");
    CHECK_OK(open_null(t, NULL, &ctx));
    kro_context_destroy(ctx);
}

TEST(environment_stands_in_for_the_driver)
{
    contract_log *log = contract_log_create(t);
    const kro_context_config config = {.log = contract_log_line, .log_user = log};
    kt_set_environment(t, "KRONOS_DRIVER", kt_null_driver(t));
    kt_set_environment(t, "KRONOS_NULL", "devices=3");
    kro_devices *devices = NULL;
    if (CHECK_OK(kro_devices_create(&config, &devices)))
        CHECK_EQ_U64(kro_devices_count(devices), 3);
    kro_devices_destroy(devices);
    kro_context *ctx;
    CHECK_OK(kro_context_create(&config, &ctx));
    kro_context_destroy(ctx);
    kt_set_environment(t, "KRONOS_VALIDATION", "1");
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_UNSUPPORTED, "validation",
                  kt_null_driver(t));
    kt_set_environment(t, "KRONOS_VALIDATION", "0");
    CHECK_OK(kro_context_create(&config, &ctx));
    kro_context_destroy(ctx);
}

// Plain mode by config and by environment: every operation is a batch of its own.
TEST(environment_stands_in_for_plain_mode)
{
    for (int by_environment = 0; by_environment < 2; by_environment++) {
        kt_set_environment(t, "KRONOS_PLAIN", by_environment ? "1" : NULL);
        kro_context *ctx = kt_context_with(t, &(kro_context_config){.plain = !by_environment});
        kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
        if (!ctx || !buffer)
            return;
        kro_stream *stream = kro_context_stream(ctx);
        for (uint32_t i = 1; i <= 3; i++) {
            CHECK_OK(kro_fill(stream, buffer, 0, 64, i));
            CHECK_EQ_U64(kro_stream_get_info(stream)->submits, i);
        }
        kt_release(t, buffer);
        kt_release(t, ctx);
    }
}

TEST(log_receives_what_happens)
{
    contract_log *log = contract_log_create(t);
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.log = contract_log_line, .log_user = log});
    if (!ctx)
        return;
    CHECK(contract_log_contains(log, KRO_LOG_INFO, kro_context_info(ctx)->name));
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_ERROR), 0);
}

// What a context made without a log prints while it is opened and misused.
static char *capture_stderr(kt_test *t, const char *level)
{
    enum { LIMIT = 8192 };
    char *text = kt_alloc(t, LIMIT);
    const char *path = contract_text(t, "%s/stderr", contract_folder(t));
    kt_set_environment(t, "KRONOS_LOG", level);
    int kept = dup(STDERR_FILENO);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (!CHECK(kept >= 0 && file >= 0))
        return text;
    fflush(stderr);
    dup2(file, STDERR_FILENO);
    kro_context *ctx = NULL;
    kro_status status =
        kro_context_create(&(kro_context_config){.driver = kt_null_driver(t)}, &ctx);
    kro_stream_destroy(kro_context_stream(ctx)); // logs a warning
    kro_context_destroy(ctx);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    CHECK_OK(status);
    ssize_t length = pread(file, text, LIMIT - 1, 0);
    CHECK(length >= 0);
    close(file);
    close(kept);
    return text;
}

TEST(without_a_log_stderr_gets_what_was_asked_for)
{
    CHECK_EQ_STRING(capture_stderr(t, "error"), "");
    const char *warnings = capture_stderr(t, NULL);
    CHECK_CONTAINS(warnings, "kronos: warning: ");
    CHECK(strstr(warnings, "info:") == NULL);
    CHECK_EQ_STRING(capture_stderr(t, "warning"), warnings);
    const char *everything = capture_stderr(t, "info");
    CHECK_CONTAINS(everything, "kronos: info: ");
    CHECK_CONTAINS(everything, "kronos: warning: ");
}
