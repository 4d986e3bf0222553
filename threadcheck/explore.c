#include "explore.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proxied.h"
#include "shaders.h"
#include "strategy.h"
#include "text.h"

// How a stage disturbs the device. Behind the proxy work is held back until the host looks, and so
// completes at the same step in each run; on the bare device it completes when it does.
typedef struct disturbance {
    const char *name;
    const char *spec; // of the proxy; "%u" is drawn for each schedule; NULL: the bare device
    uint32_t queues;
} disturbance;

static const disturbance disturbances[] = {
    {"bare", NULL, 1},
    {"delayed", "external;delay=%u", 1},
    {"reordered", "external;reorder=%u;exits", 1},
    {"queues", "external;split_queues=3;reorder=%u", 3},
    {"fences", "external;hide=timeline;delay=%u", 1},
};

enum {
    DISTURBANCE_COUNT = sizeof disturbances / sizeof *disturbances,
    DEFAULT_SCHEDULES = 12,
    NULL_SCHEDULES = 60, // nothing is computed, which is quick
    MAX_DELAY = 7,
};

TEST_PARAMS(stages)
{
    for (int i = 0; i < DISTURBANCE_COUNT; i++)
        kt_param(params, "%s", disturbances[i].name);
}

static const disturbance *find_disturbance(const char *name)
{
    int i = 0;
    while (strcmp(disturbances[i].name, name) != 0)
        i++;
    return &disturbances[i];
}

// A number from the environment, or another one.
static uint64_t number_from(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    uint64_t number;
    return text && kt_parse_number(text, UINT64_MAX, &number) ? number : otherwise;
}

static bool disturb(kt_test *t, const disturbance *how, uint64_t seed)
{
    char spec[128];
    snprintf(spec, sizeof spec, how->spec, (unsigned)(1 + seed % MAX_DELAY));
    return proxied_configure(t, spec);
}

// Whatever a scene made on the device is gone, and no rule was broken.
static void check_proxy(kt_test *t, const kronos_proxy_api *proxy)
{
    char text[2048] = "";
    if (proxy->objects(NULL) > 0) {
        proxy->objects_text(text, sizeof text);
        FAILF(t, "objects are left:\n%s", text);
    }
    if (proxy->violations() > 0) {
        proxy->violations_text(text, sizeof text);
        FAILF(t, "the proxy saw broken rules:\n%s", text);
    }
}

// Everything that one exploration has to know.
typedef struct exploration {
    stage on;
    const disturbance *how;
    scene play;
    ks_plants plants;
    uint64_t steps; // that number 0 took; the others expect as many
    FILE *trace;
    const kronos_proxy_api *proxy; // NULL on the bare device
} exploration;

// A thread is inside a call: another one may come.
static void look_inside(void)
{
    ks_point(KS_SITE(KS_CALL, "inside"));
}

static bool prepare(exploration *self, kt_test *t, const char *param, scene play)
{
    const char *trace = getenv("KRONOS_SCHEDULE_TRACE");
    *self = (exploration){
        .on = {.t = t, .computes = kt_device_computes(t), .config = kt_context_config(t)},
        .how = find_disturbance(param),
        .play = play};
    self->on.config.queues = self->how->queues;
    if (self->how->spec) {
        self->proxy = proxied_api(t);
        if (!proxied_prepare(t, "", &self->on.config))
            return false;
        self->proxy->look_inside(look_inside);
    }
    self->trace = trace ? fopen(trace, "a") : NULL;
    return !trace || CHECK(self->trace != NULL);
}

static void finish(const exploration *self)
{
    if (self->trace)
        fclose(self->trace);
}

static ks_result play_seed(exploration *self, uint64_t seed, const char *title)
{
    const ks_config config = {.seed = seed,
                              .steps = self->steps,
                              .title = title,
                              .trace = self->trace,
                              .plants = self->plants};
    if (self->proxy) {
        if (!disturb(self->on.t, self->how, seed))
            return (ks_result){0};
        self->proxy->reset_counts();
    }
    if (self->trace)
        fprintf(self->trace, "%s\n", title);
    ks_begin(&config);
    self->play(&self->on);
    const ks_result result = ks_end();
    if (self->proxy)
        check_proxy(self->on.t, self->proxy);
    return result;
}

static ks_result play_number(exploration *self, uint64_t number)
{
    char title[64];
    kt_test *t = self->on.t;
    self->on.number = number;
    snprintf(title, sizeof title, "schedule %" PRIu64 " (--schedule %" PRIu64 ")", number, number);
    const ks_result result = play_seed(self, ks_mix(kt_seed(t) + number), title);
    if (kt_has_failed(t))
        FAILF(t, "in %s after %" PRIu64 " steps, hash %016" PRIx64, title, result.steps,
              result.hash);
    return result;
}

void explore_planted(kt_test *t, const char *param, scene play, const ks_plants *plants)
{
    exploration self;
    if (!prepare(&self, t, param, play))
        return;
    self.plants = *plants;
    const uint64_t only = number_from("KRONOS_SCHEDULE", 0);
    const uint64_t count =
        number_from("KRONOS_SCHEDULES", self.on.computes ? DEFAULT_SCHEDULES : NULL_SCHEDULES);
    ks_result total = {0};
    uint64_t played = 0;
    for (; played < (only ? 2 : count) && !kt_has_failed(t); played++) {
        const ks_result result = play_number(&self, only && played ? only : played);
        if (!played)
            self.steps = result.steps;
        total.steps += result.steps;
        total.switches += result.switches;
    }
    LOGF(t, EXPLORE_COUNTS, played, total.steps, total.switches);
    finish(&self);
}

void explore(kt_test *t, const char *param, scene play)
{
    explore_planted(t, param, play, &(ks_plants){0});
}

ks_result explore_once(kt_test *t, const char *param, scene play, uint64_t seed)
{
    enum { STEPS = 1000 }; // about as many as scenes take
    exploration self;
    ks_result result = {0};
    if (prepare(&self, t, param, play)) {
        self.steps = STEPS;
        result = play_seed(&self, seed, "a schedule by its seed");
    }
    finish(&self);
    return result;
}

void play_threads(const stage *on, uint32_t count, void *(*work)(void *player), void *shared)
{
    kt_test *t = on->t;
    player players[SCENE_MAX_THREADS];
    kro__thread threads[SCENE_MAX_THREADS];
    uint32_t started = 0;
    for (; started < count; started++) {
        players[started] = (player){on, t, shared, started, work};
        if (!CHECK(kro__thread_start(&threads[started], work, &players[started])))
            break;
    }
    for (uint32_t i = 0; i < started; i++)
        kro__thread_join(&threads[i]);
}

kro_context *stage_context(const stage *on)
{
    kt_test *t = on->t;
    kro_context *ctx = NULL;
    CHECK_OK(kro_context_create(&on->config, &ctx));
    return ctx;
}

kro_stream *stage_stream(const stage *on, kro_context *ctx, uint32_t queue)
{
    kt_test *t = on->t;
    kro_stream *stream = NULL;
    const kro_stream_config config = {.queue = queue % kro_context_info(ctx)->queue_count};
    CHECK_OK(kro_stream_create(ctx, &config, &stream));
    return stream;
}

kro_pipeline *stage_adder(const stage *on, kro_context *ctx)
{
    kt_test *t = on->t;
    kro_pipeline *adder = NULL;
    const kronos_shader *shader = kronos_shader_find("vector_add");
    const kro_pipeline_config config = {.spirv = shader->words, .spirv_bytes = shader->size_bytes};
    CHECK_OK(kro_pipeline_create(ctx, &config, &adder));
    return adder;
}

kro_buffer *stage_floats(const stage *on, kro_context *ctx, float value)
{
    kt_test *t = on->t;
    kro_buffer *buffer = NULL;
    float floats[SCENE_WORDS];
    for (int i = 0; i < SCENE_WORDS; i++)
        floats[i] = value;
    const kro_buffer_config config = {.size_bytes = SCENE_BYTES, .data = floats};
    CHECK_OK(kro_buffer_create(ctx, &config, &buffer));
    return buffer;
}

bool stage_add(const player *self, kro_stream *stream, kro_pipeline *adder, kro_buffer *left,
               kro_buffer *right, kro_buffer *sum)
{
    kt_test *t = self->t;
    const kro_dispatch_args args = {.buffers = {left, right, sum}, .threads = {SCENE_WORDS}};
    return CHECK_OK(kro_dispatch(stream, adder, &args));
}

void check_floats(const stage *on, const float *floats, float value)
{
    kt_test *t = on->t;
    float expected[SCENE_WORDS];
    for (int i = 0; i < SCENE_WORDS; i++)
        expected[i] = value;
    if (on->computes)
        CHECK_FLOATS(floats, expected, SCENE_WORDS);
}

void check_buffer(const stage *on, kro_buffer *buffer, float value)
{
    kt_test *t = on->t;
    float floats[SCENE_WORDS] = {0};
    if (CHECK_OK(kro_buffer_read(buffer, 0, floats, sizeof floats)))
        check_floats(on, floats, value);
}
