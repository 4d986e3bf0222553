// Devices and contexts.
#include "torture.h"

static kro_status list_devices(torture_bench *bench)
{
    return kro_devices_create(&bench->config, &bench->devices);
}

static bool some_are_listed(kt_test *t, torture_bench *bench)
{
    return CHECK(kro_devices_count(bench->devices) > 0);
}

static kro_status count_devices(torture_bench *bench)
{
    return kro_devices_count(bench->devices) > 0 ? KRO_OK : KRO_ERROR_NO_DEVICE;
}

static kro_status look_at_device(torture_bench *bench)
{
    return kro_devices_info(bench->devices, 0) ? KRO_OK : KRO_ERROR_NO_DEVICE;
}

static kro_status destroy_list(torture_bench *bench)
{
    kro_devices_destroy(bench->devices);
    bench->devices = NULL;
    return KRO_OK;
}

const torture_call torture_kro_devices_create_list = {.run = list_devices,
                                                      .right = some_are_listed};
const torture_call torture_kro_devices_count_list = {
    .prepare = list_devices, .run = count_devices, .cannot_fail = true};
const torture_call torture_kro_devices_info_list = {
    .prepare = list_devices, .run = look_at_device, .cannot_fail = true};
const torture_call torture_kro_devices_destroy_list = {
    .prepare = list_devices, .run = destroy_list, .cannot_fail = true};

static kro_status open_context(torture_bench *bench)
{
    return kro_context_create(&bench->config, &bench->ctx);
}

// With all that a context may have besides.
static kro_status open_full_context(torture_bench *bench)
{
    bench->config.cache_dir = bench->folder;
    bench->config.copy_threads = 3;
    bench->config.check_hazards = true;
    return kro_context_create(&bench->config, &bench->ctx);
}

static kro_status open_plain_context(torture_bench *bench)
{
    bench->config.plain = true;
    return kro_context_create(&bench->config, &bench->ctx);
}

const torture_call torture_kro_context_create_plain = {.run = open_plain_context,
                                                       .right = torture_check_context};
const torture_call torture_kro_context_create_usual = {.run = open_context,
                                                       .right = torture_check_context};
const torture_call torture_kro_context_create_full = {.run = open_full_context,
                                                      .right = torture_check_context};

static kro_status submit_work(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 2);
    if (status >= 0)
        status = kro_read(bench->stream, bench->a, 0, bench->words, TORTURE_BYTES);
    return status < 0 ? status : kro_submit(bench->stream, &bench->fence);
}

// Work that runs, work that was never submitted, and whatever else there is.
static kro_status use_context(torture_bench *bench)
{
    kro_status status = submit_work(bench);
    return status < 0 ? status : torture_set(bench, bench->stream, 3);
}

// All that was made with it goes with it.
static kro_status destroy_context(torture_bench *bench)
{
    kro_context_destroy(bench->ctx);
    *bench = (torture_bench){.config = bench->config,
                             .folder = bench->folder,
                             .computes = bench->computes,
                             .page = bench->page};
    return KRO_OK;
}

// What a context that is gone leaves free.
static bool another_works(kt_test *t, torture_bench *bench)
{
    bench->config.cache_dir = NULL;
    return CHECK_OK(open_context(bench)) && torture_check_context(t, bench);
}

const torture_call torture_kro_context_destroy_idle = {
    .holds = TORTURE_PROGRAM, .run = destroy_context, .right = another_works};
const torture_call torture_kro_context_destroy_busy = {.holds = TORTURE_PROGRAM,
                                                       .prepare = use_context,
                                                       .run = destroy_context,
                                                       .right = another_works,
                                                       .unseen = true};
const torture_call torture_kro_context_destroy_cached = {
    .prepare = open_full_context, .run = destroy_context, .right = another_works};

static kro_status look_at_context(torture_bench *bench)
{
    return kro_context_info(bench->ctx) ? KRO_OK : KRO_ERROR_DRIVER;
}

static kro_status look_at_memory(torture_bench *bench)
{
    const kro_memory_info *memory = kro_context_memory(bench->ctx);
    return memory && memory->allocation_count ? KRO_OK : KRO_ERROR_DRIVER;
}

static kro_status take_stream(torture_bench *bench)
{
    return kro_context_stream(bench->ctx) ? KRO_OK : KRO_ERROR_DRIVER;
}

const torture_call torture_kro_context_info_usual = {
    .holds = TORTURE_CONTEXT, .run = look_at_context, .cannot_fail = true};
const torture_call torture_kro_context_memory_usual = {
    .holds = TORTURE_PROGRAM, .run = look_at_memory, .cannot_fail = true};
const torture_call torture_kro_context_stream_usual = {
    .holds = TORTURE_CONTEXT, .run = take_stream, .cannot_fail = true};

static kro_status name_status(torture_bench *bench)
{
    (void)bench;
    return kro_status_name(KRO_TIMEOUT)[0] && kro_version()[0] ? KRO_OK : KRO_ERROR_DRIVER;
}

static kro_status read_detail(torture_bench *bench)
{
    (void)bench;
    return kro_error_detail() ? KRO_OK : KRO_ERROR_DRIVER;
}

const torture_call torture_kro_version_usual = {.run = name_status, .cannot_fail = true};
const torture_call torture_kro_status_name_usual = {.run = name_status, .cannot_fail = true};
const torture_call torture_kro_error_detail_usual = {.run = read_detail, .cannot_fail = true};
