// The same again and again: 100,000 dispatches, 10,000 buffers, 200 contexts. What the process
// holds of memory, files, threads, Vulkan objects and device memory does not grow with them. The
// run's device is behind the proxy, which counts the objects.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "growth/growth.h"
#include "ledger.h"
#include "os/usage.h"
#include "own_device.h"
#include "plant.h"
#include "proxied.h"
#include "test.h"

enum { DISPATCHES = 100000, BUFFERS = 10000, CONTEXTS = 200 };

// The least that malloc gives is 32 bytes: bytes of the heap show what one dispatch in 32 forgets,
// and what every other buffer or context does, with which drivers' own heaps move. What is in RAM
// is less exact where large memory comes and goes: malloc and the system keep up to a MiB more or
// less, which is 128 bytes over 8,000 buffers, and code that drivers make moves it by up to 2 KiB
// over 160 contexts. Four times that is no noise.
static const kt_growth_bounds DISPATCH_BOUNDS = {.resident_bytes = 4, .heap_bytes = 1};
static const kt_growth_bounds BUFFER_BOUNDS = {.resident_bytes = 512, .heap_bytes = 16};
static const kt_growth_bounds CONTEXT_BOUNDS = {.resident_bytes = 8192, .heap_bytes = 16};

enum { WORDS = 64, WINDOWS = 64, WINDOW_BYTES = 4 * WORDS, BATCH_NODES = 32, HELD = 32 };
// Memory of the context comes and goes with the buffers: large slabs would stay, and come into RAM
// little by little.
enum { SLAB_BYTES = 256 * 1024 };
enum { LARGEST_WORDS_LOG2 = 18, LARGEST_BYTES = 4 << LARGEST_WORDS_LOG2 };

typedef struct soak {
    kt_test *t;
    const kronos_proxy_api *proxy; // in front of the device
    kro_context *ctx;
    kro_stream *stream;
    kro_pipeline *kernel;   // affine_words
    kro_buffer *words;      // WINDOWS windows
    kro_buffer *held[HELD]; // that live for a while
    void *contents;         // for the largest of them
    plant *planted;         // NULL: nothing
    // What contexts are opened with.
    char device[64];
    kro_context_config like;
} soak;

TEST_PARAMS(enumerate_devices)
{
    kt_param(params, "device");
    kt_param(params, "null");
}

// Where two hundred contexts are opened, what each of them says is too much.
static void fail_on_error(void *user, kro_log_level level, const char *message)
{
    kt_test *t = user;
    if (level == KRO_LOG_ERROR)
        FAILF(t, "log: %s", message);
}

// The null driver behind the proxy, beside the run's device that is behind another copy of it.
static kro_context *open_null(kt_test *t, soak *self)
{
    char *path = kt_own_driver("watched/libkronos_null.so");
    if (!path) {
        SKIP(t, "the null driver behind the proxy");
        return NULL;
    }
    kt_defer(t, free, path);
    self->like.driver = path;
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.driver = path, .slab_bytes = SLAB_BYTES});
    self->proxy = kt_ledger_proxy(path);
    return ctx;
}

static bool begin(soak *self, kt_test *t, const char *device)
{
    *self = (soak){.t = t, .like = {.log = fail_on_error, .log_user = t}};
    if (!strcmp(device, "null")) {
        self->ctx = open_null(t, self);
    } else {
        self->like.driver = kt_proxy_driver(t);
        self->ctx = proxied_context(t, "", &(kro_context_config){.slab_bytes = SLAB_BYTES});
        self->proxy = proxied_api(t);
    }
    if (!self->ctx || !CHECK(self->proxy))
        return false;
    snprintf(self->device, sizeof self->device, "uuid:%s", kro_context_info(self->ctx)->uuid);
    self->like.device = self->device;
    self->contents = kt_alloc(t, LARGEST_BYTES);
    kt_poison(self->contents, LARGEST_BYTES);
    self->stream = kt_stream_in(t, self->ctx, NULL);
    self->kernel = kt_pipeline_in(t, self->ctx, "affine_words", NULL);
    self->words =
        kt_buffer_in(t, self->ctx, &(kro_buffer_config){.size_bytes = WINDOWS * WINDOW_BYTES});
    return self->stream && self->kernel && self->words;
}

static bool dispatch(kt_test *t, kro_stream *stream, kro_pipeline *kernel, kro_buffer *words,
                     uint64_t window, uint32_t addend)
{
    const uint32_t push[] = {WORDS, 3, addend};
    const kro_binding binding = {
        .buffer = words, .offset_bytes = window * WINDOW_BYTES, .size_bytes = WINDOW_BYTES};
    return CHECK_OK(kro_dispatch(stream, kernel,
                                 &(kro_dispatch_args){.bindings = &binding,
                                                      .binding_count = 1,
                                                      .threads = {WORDS},
                                                      .push = push,
                                                      .push_bytes = sizeof push}));
}

// Any window, so that batches are seldom the same; every other one submits what there is.
static bool operate_dispatch(void *user, uint64_t index)
{
    soak *self = user;
    kt_test *t = self->t;
    if (!dispatch(t, self->stream, self->kernel, self->words, kt_random_below(t, WINDOWS),
                  (uint32_t)index))
        return false;
    if (index % BATCH_NODES == BATCH_NODES - 1 && !CHECK_OK(kro_submit(self->stream, NULL)))
        return false;
    return !self->planted || plant_one(self->planted);
}

static bool settle_dispatches(void *user)
{
    soak *self = user;
    kt_test *t = self->t;
    return CHECK_OK(kro_finish(self->stream));
}

// 4 bytes to 1 MiB, small ones as often as large ones, some with contents, in any memory; each is
// used, and destroyed while it may still be in use.
static bool operate_buffer(void *user, uint64_t index)
{
    soak *self = user;
    kt_test *t = self->t;
    kro_buffer **slot = &self->held[kt_random_below(t, HELD)];
    const uint64_t most_words = UINT64_C(1) << kt_random_below(t, LARGEST_WORDS_LOG2 + 1);
    const uint64_t size_bytes = 4 * (1 + kt_random_below(t, most_words));
    const kro_buffer_config config = {.size_bytes = size_bytes,
                                      .memory = (kro_memory)kt_random_below(t, 3),
                                      .data = index % 3 ? NULL : self->contents,
                                      .label = "soaked"};
    kro_buffer_destroy(*slot);
    *slot = NULL;
    if (!CHECK_OK(kro_buffer_create(self->ctx, &config, slot)) ||
        !CHECK_OK(kro_fill(self->stream, *slot, 0, size_bytes, (uint32_t)index)))
        return false;
    return index % BATCH_NODES || CHECK_OK(kro_submit(self->stream, NULL));
}

static bool settle_buffers(void *user)
{
    soak *self = user;
    kt_test *t = self->t;
    for (int i = 0; i < HELD; i++) {
        kro_buffer_destroy(self->held[i]);
        self->held[i] = NULL;
    }
    return CHECK_OK(kro_finish(self->stream));
}

// A context with one of each, which computes.
static bool operate_context(void *user, uint64_t index)
{
    soak *self = user;
    kt_test *t = self->t;
    kro_context *ctx = kt_context_with(t, &self->like);
    kro_stream *stream = ctx ? kt_stream_in(t, ctx, NULL) : NULL;
    kro_pipeline *kernel = ctx ? kt_pipeline_in(t, ctx, "affine_words", NULL) : NULL;
    kro_buffer *words =
        ctx ? kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = WINDOW_BYTES}) : NULL;
    const bool right = stream && kernel && words &&
                       dispatch(t, stream, kernel, words, 0, (uint32_t)index) &&
                       CHECK_OK(kro_finish(stream));
    kt_release(t, words);
    kt_release(t, kernel);
    kt_release(t, stream);
    kt_release(t, ctx);
    return right;
}

static bool settle_contexts(void *user)
{
    (void)user;
    return true;
}

// The same in Vulkan alone: an instance, a device, a pipeline, and what they need.
static bool operate_twin(void *user, uint64_t index)
{
    soak *self = user;
    (void)index;
    own_device *own = own_device_create(self->t, self->ctx, NULL);
    if (!own)
        return false;
    kt_raw_kernel *kernel = kt_raw_kernel_create(&own->raw, "affine_words", 1);
    if (kernel)
        kt_release(self->t, kernel);
    kt_release(self->t, own); // destroys what it made …
    kt_release(self->t, own); // … and frees it
    return true;
}

static void judge(kt_test *t, const kt_growth *measured, const kt_growth *than,
                  const kt_growth_bounds *bounds)
{
    char text[KT_GROWTH_TEXT_BYTES];
    if (kt_growth_judge(measured, than, bounds, text))
        LOGF(t, "%" PRIu64 " times a %s:\n%s", measured->count, measured->operation, text);
    else
        FAILF(t, "%" PRIu64 " times a %s, and the process grew:\n%s", measured->count,
              measured->operation, text);
}

static kt_growth_config dispatches_of(soak *self, uint64_t count)
{
    return (kt_growth_config){.operation = "dispatch",
                              .count = count,
                              .operate = operate_dispatch,
                              .settle = settle_dispatches,
                              .user = self,
                              .proxy = self->proxy};
}

TEST_FAMILY_CASE(dispatches_hold_no_more)
{
    soak self;
    kt_growth measured;
    if (!begin(&self, t, param))
        return;
    self.proxy->reset_counts();
    const kt_growth_config config = dispatches_of(&self, DISPATCHES);
    if (kt_growth_measure(&config, &measured))
        judge(t, &measured, NULL, &DISPATCH_BOUNDS);
    CHECK_EQ_U64(self.proxy->figure("dispatches"), DISPATCHES);
}

TEST_FAMILY_CASE(buffers_hold_no_more)
{
    soak self;
    kt_growth measured;
    if (!begin(&self, t, param))
        return;
    const kt_growth_config config = {.operation = "buffer",
                                     .count = BUFFERS,
                                     .operate = operate_buffer,
                                     .settle = settle_buffers,
                                     .user = &self,
                                     .proxy = self.proxy};
    if (kt_growth_measure(&config, &measured))
        judge(t, &measured, NULL, &BUFFER_BOUNDS);
}

// Where contexts add something, what opening the device without the library adds is taken off:
// drivers have leaks of their own.
TEST_FAMILY_CASE(contexts_hold_no_more)
{
    soak self;
    kt_growth measured, twin;
    char text[KT_GROWTH_TEXT_BYTES];
    if (!begin(&self, t, param))
        return;
    kt_growth_config config = {.operation = "context",
                               .count = CONTEXTS,
                               .operate = operate_context,
                               .settle = settle_contexts,
                               .user = &self,
                               .proxy = self.proxy};
    if (!kt_growth_measure(&config, &measured))
        return;
    if (kt_growth_judge(&measured, NULL, &CONTEXT_BOUNDS, text)) {
        judge(t, &measured, NULL, &CONTEXT_BOUNDS);
        return;
    }
    config.operate = operate_twin;
    if (kt_growth_measure(&config, &twin)) {
        LOGF(t, "as measured, before what the driver adds by itself is taken off:\n%s", text);
        judge(t, &measured, &twin, &CONTEXT_BOUNDS);
    }
}

// What is planted, how often, and what shows it.
static const struct {
    const char *name;
    plant_kind kind;
    uint64_t count;
    kt_growth_figure figure;
} PLANTED[] = {
    {"block", PLANT_BLOCK, DISPATCHES, KT_GROWTH_HEAP_BYTES},
    {"page", PLANT_PAGE, 2000, KT_GROWTH_RESIDENT_BYTES},
    {"file", PLANT_DESCRIPTOR, 400, KT_GROWTH_DESCRIPTORS},
    {"thread", PLANT_THREAD, 400, KT_GROWTH_THREADS},
    {"object", PLANT_BUFFER, 2000, KT_GROWTH_OBJECTS},
    {"device-memory", PLANT_MAPPING, 2000, KT_GROWTH_DEVICE_BYTES},
    {"mapping", PLANT_MAPPING, 2000, KT_GROWTH_MAPPINGS},
};

TEST_PARAMS(enumerate_planted)
{
    for (size_t i = 0; i < sizeof PLANTED / sizeof PLANTED[0]; i++)
        kt_param(params, "%s", PLANTED[i].name);
}

// Each kind of leak, one a dispatch, is found; 48 bytes of the heap are the smallest.
TEST_FAMILY_CASE(planted_leaks_are_found)
{
    soak self;
    kt_growth measured;
    char text[KT_GROWTH_TEXT_BYTES];
    const size_t which = kt_param_index(t);
    const kt_growth_figure figure = PLANTED[which].figure;
    LOGF(t, "planted: %s", param);
    if ((figure == KT_GROWTH_HEAP_BYTES || figure == KT_GROWTH_RESIDENT_BYTES) &&
        !kt_usage_now().heap_bytes) {
        SKIP(t, "a heap without a sanitizer");
        return;
    }
    if (!begin(&self, t, "null"))
        return;
    self.planted = plant_create(t, PLANTED[which].kind, self.ctx);
    const kt_growth_config config = dispatches_of(&self, PLANTED[which].count);
    if (!self.planted || !kt_growth_measure(&config, &measured))
        return;
    CHECK(!kt_growth_judge(&measured, NULL, &DISPATCH_BOUNDS, text));
    LOGF(t, "%s", text);
    CHECK(!kt_growth_keeps(&measured, NULL, &DISPATCH_BOUNDS, figure));
}
