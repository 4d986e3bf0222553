#include "transfers.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "twins/copiers.h"
#include "twins/movers.h"

enum { COPY_THREADS = 8 }; // of the transfers with threads, the caller's included

typedef kro_status (*round_function)(void *self);

// One transfer on both sides: the library's buffers, and the twin's own.
typedef struct transfer {
    uint64_t size_bytes;
    uint8_t *host;    // ordinary memory, as a program has it
    kro_context *ctx; // with copy threads; NULL: the scene's is used
    kro_stream *stream;
    kro_buffer *from, *to; // uploads and downloads have one
    kp_mover *mover;
    kp_copier *copier;
    uint64_t fillings; // so far
} transfer;

static kro_status upload(void *self)
{
    const transfer *it = self;
    return kro_buffer_write(it->from, 0, it->host, it->size_bytes);
}

static kro_status download(void *self)
{
    const transfer *it = self;
    return kro_buffer_read(it->from, 0, it->host, it->size_bytes);
}

static kro_status copy(void *self)
{
    const transfer *it = self;
    kro_status status = kro_copy(it->stream, it->to, 0, it->from, 0, it->size_bytes);
    return status < 0 ? status : kro_finish(it->stream);
}

static kro_status twin_upload(void *self)
{
    const transfer *it = self;
    return kp_mover_upload(it->mover, it->host);
}

static kro_status twin_download(void *self)
{
    const transfer *it = self;
    return kp_mover_download(it->mover, it->host);
}

static kro_status plain_upload(void *self)
{
    const transfer *it = self;
    return kp_mover_upload_plainly(it->mover, it->host);
}

static kro_status plain_download(void *self)
{
    const transfer *it = self;
    return kp_mover_download_plainly(it->mover, it->host);
}

static kro_status command_copy(void *self)
{
    const transfer *it = self;
    return kp_copier_command(it->copier);
}

static kro_status kernel_copy(void *self)
{
    const transfer *it = self;
    return kp_copier_kernel(it->copier);
}

// Words that differ from place to place and from one filling to the next.
static uint64_t word_at(const transfer *it, uint64_t index)
{
    return (index + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ it->fillings << 32;
}

static void fill(transfer *it)
{
    uint64_t *words = (uint64_t *)(void *)it->host;
    it->fillings++;
    for (uint64_t i = 0; i < it->size_bytes / sizeof *words; i++)
        words[i] = word_at(it, i);
}

static void poison(transfer *it)
{
    memset(it->host, 0xa5, (size_t)it->size_bytes);
}

static bool find_difference(const transfer *it, kt_text *problem)
{
    const uint64_t *words = (const uint64_t *)(const void *)it->host;
    for (uint64_t i = 0; i < it->size_bytes / sizeof *words; i++)
        if (words[i] != word_at(it, i))
            return !kt_refuse(problem,
                              "byte %llu and the next ones are 0x%016llx and should be "
                              "0x%016llx",
                              (unsigned long long)(i * sizeof *words), (unsigned long long)words[i],
                              (unsigned long long)word_at(it, i));
    return false;
}

// Up and down again, on the side of a contender; one of the two ways is what is measured, and a
// measured way that has been replaced is what runs.
static bool check_ways(const kp_call *call, size_t index, round_function up, round_function down,
                       kt_text *problem)
{
    transfer *it = call->self;
    fill(it);
    kro_status status = up(it);
    poison(it);
    if (status >= 0)
        status = down(it);
    if (status < 0)
        return kp_call_refuse(call, index, status, problem);
    return !find_difference(it, problem);
}

static bool check_upload(const kp_call *call, size_t index, kt_text *problem)
{
    return check_ways(call, index, call->contenders[index].round,
                      index == KP_CALL_OWN ? download : twin_download, problem);
}

static bool check_download(const kp_call *call, size_t index, kt_text *problem)
{
    return check_ways(call, index, index == KP_CALL_OWN ? upload : twin_upload,
                      call->contenders[index].round, problem);
}

// What is copied passes through the library on its way in and out.
static bool check_copy(const kp_call *call, size_t index, kt_text *problem)
{
    transfer *it = call->self;
    fill(it);
    kro_status status = upload(it);
    if (status >= 0)
        status = kro_fill(it->stream, it->to, 0, it->size_bytes, 0);
    if (status >= 0)
        status = kro_finish(it->stream);
    if (status >= 0)
        status = call->contenders[index].round(it);
    if (status < 0)
        return kp_call_refuse(call, index, status, problem);
    poison(it);
    status = kro_buffer_read(it->to, 0, it->host, it->size_bytes);
    return status < 0 ? kp_call_refuse(call, KP_CALL_OWN, status, problem)
                      : !find_difference(it, problem);
}

static void finish(void *self)
{
    transfer *it = self;
    kp_copier_destroy(it->copier);
    kp_mover_destroy(it->mover);
    kro_buffer_destroy(it->from);
    kro_buffer_destroy(it->to);
    kro_context_destroy(it->ctx);
    free(it->host);
    free(it);
}

// The scene's device once more, with threads that help to copy.
static kro_status open_threads(const kp_call_bench *bench, transfer *it)
{
    const kro_context_config config = {.device = bench->survey->device,
                                       .driver = bench->survey->driver,
                                       .copy_threads = COPY_THREADS};
    return kro_context_create(&config, &it->ctx);
}

static transfer *open_transfer(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                               kt_text *problem)
{
    transfer *it = kt_memory(1, sizeof *it);
    *it = (transfer){.size_bytes = kind->size_bytes, .stream = bench->scene->stream};
    *out = (kp_call){.self = it, .finish = finish, .bytes = kind->size_bytes};
    kro_status status = kind->threads ? open_threads(bench, it) : KRO_OK;
    kro_context *ctx = it->ctx ? it->ctx : bench->scene->ctx;
    if (status >= 0)
        status =
            kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = it->size_bytes}, &it->from);
    out->lacks_memory = status == KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    it->host = kt_memory(1, (size_t)it->size_bytes);
    if (status >= 0)
        return it;
    kp_refuse_status(problem, "buffers", status);
    return NULL;
}

static bool open_way(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                     kt_text *problem)
{
    transfer *it = open_transfer(bench, kind, out, problem);
    if (!it)
        return false;
    fill(it); // memory that nobody has touched is slower, once
    it->mover = kp_mover_create(bench->scene, it->size_bytes, false, problem);
    return it->mover != NULL;
}

// Whether the device has room for a third buffer, which stages all of it.
static bool has_plain_twin(const kp_call_bench *bench, const kp_call_kind *kind)
{
    return kro_context_info(bench->scene->ctx)->device_memory_bytes / 3 >= kind->size_bytes;
}

bool kp_open_upload(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                    kt_text *problem)
{
    const bool opened = open_way(bench, kind, out, problem);
    out->check = check_upload;
    kp_call_add(out, "kronos", upload, out->self);
    if (has_plain_twin(bench, kind))
        kp_call_add(out, "standard", plain_upload, out->self);
    kp_call_add(out, "expert", twin_upload, out->self);
    return opened;
}

bool kp_open_download(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                      kt_text *problem)
{
    const bool opened = open_way(bench, kind, out, problem);
    out->check = check_download;
    kp_call_add(out, "kronos", download, out->self);
    if (has_plain_twin(bench, kind))
        kp_call_add(out, "standard", plain_download, out->self);
    kp_call_add(out, "expert", twin_download, out->self);
    return opened;
}

bool kp_open_copy(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                  kt_text *problem)
{
    transfer *it = open_transfer(bench, kind, out, problem);
    if (!it)
        return false;
    out->bytes *= 2; // read and written
    out->check = check_copy;
    kp_call_add(out, "kronos", copy, it);
    kp_call_add(out, "standard", command_copy, it);
    kro_status status = kro_buffer_create(
        bench->scene->ctx, &(kro_buffer_config){.size_bytes = it->size_bytes}, &it->to);
    out->lacks_memory = status == KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    if (status < 0)
        return kp_refuse_status(problem, "buffers", status);
    it->copier = kp_copier_create(bench->scene, it->to, it->from, it->size_bytes, problem);
    if (!it->copier)
        return false;
    if (kp_copier_has_kernel(it->copier))
        kp_call_add(out, "expert", kernel_copy, it);
    return true;
}
