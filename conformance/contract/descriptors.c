// Descriptor sets as a stream keeps them: written once for each combination of arguments, given up
// when there are many and nothing needs them, gone with their stream; and right all the while.
#include "contract.h"

#include <string.h>

#include "kernel.h"
#include "proxied.h"

// Sets that a stream keeps before it gives some up; each combination here is one set.
enum { BOUND = 1024 };
enum { INPUTS = 3, WORDS = 16, RANGE_BYTES = 4 * WORDS };

// out = a + 2 b + 3 c, where a, b and c are elements of one array of buffers, which never has
// dynamic offsets: each range of them is another set.
typedef struct sums {
    kro_context *ctx; // NULL where something could not be made
    kro_stream *stream;
    kro_pipeline *sum;
    kro_buffer *in[INPUTS], *out;
    uint32_t ranges, step; // of the buffers; bytes from one to the next
    uint32_t *data[INPUTS];
} sums;

static sums sums_create(kt_test *t, kro_context *ctx, uint32_t ranges)
{
    sums s = {.ctx = ctx, .ranges = ranges};
    if (!ctx || !kernel_buffers_fit(t, INPUTS + 1))
        return (sums){0};
    s.step = kernel_range_step(t, RANGE_BYTES);
    const uint64_t size_bytes = (uint64_t)s.step * ranges;
    s.stream = kt_stream_in(t, ctx, NULL);
    s.sum = kt_pipeline_in(t, ctx, "sum_buffer_array", NULL);
    s.out = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = size_bytes});
    bool made = s.stream && s.sum && s.out;
    for (int i = 0; i < INPUTS; i++) {
        s.data[i] = kt_alloc(t, size_bytes);
        kt_fill_u32s(t, s.data[i], size_bytes / 4);
        s.in[i] =
            kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = s.data[i]});
        made = made && s.in[i];
    }
    if (!made)
        s.ctx = NULL;
    return s;
}

// What one dispatch works on: which buffer is each element, from which range on, and where to.
typedef struct picks {
    uint32_t buffers[INPUTS], ranges[INPUTS], to;
} picks;

// `bindings` lives as long as what is returned.
static kro_dispatch_args args_of(const sums *s, const picks *p, kro_binding bindings[INPUTS + 1])
{
    for (uint32_t i = 0; i < INPUTS; i++)
        bindings[i] = (kro_binding){.buffer = s->in[p->buffers[i]],
                                    .element = i,
                                    .offset_bytes = (uint64_t)p->ranges[i] * s->step,
                                    .size_bytes = RANGE_BYTES};
    bindings[INPUTS] = (kro_binding){.buffer = s->out,
                                     .binding = 1,
                                     .offset_bytes = (uint64_t)p->to * s->step,
                                     .size_bytes = RANGE_BYTES};
    return (kro_dispatch_args){
        .bindings = bindings, .binding_count = INPUTS + 1, .threads = {WORDS}};
}

static void add(kt_test *t, const sums *s, const picks *p)
{
    kro_binding bindings[INPUTS + 1];
    const kro_dispatch_args args = args_of(s, p, bindings);
    CHECK_OK(kro_dispatch(s->stream, s->sum, &args));
}

static bool check_sum(kt_test *t, const sums *s, const picks *p, const uint32_t *out)
{
    uint32_t expected[WORDS] = {0};
    for (uint32_t i = 0; i < INPUTS; i++)
        for (uint32_t w = 0; w < WORDS; w++)
            expected[w] += (i + 1) * s->data[p->buffers[i]][p->ranges[i] * (s->step / 4) + w];
    return CHECK_U32S(out + p->to * (s->step / 4), expected, WORDS);
}

// The n-th dispatch of a round of many: a set and a place of its own.
static picks nth(uint32_t n, uint32_t shift)
{
    return (picks){.buffers = {0, 1, 2}, .ranges = {n, 0, shift}, .to = n};
}

static void add_round(kt_test *t, const sums *s, uint32_t count, uint32_t shift)
{
    for (uint32_t n = 0; n < count; n++) {
        const picks p = nth(n, shift);
        add(t, s, &p);
    }
}

static void check_round(kt_test *t, const sums *s, uint32_t count, uint32_t shift)
{
    uint32_t *out = kt_alloc(t, (size_t)s->step * s->ranges);
    CHECK_OK(kro_buffer_read(s->out, 0, out, (uint64_t)s->step * s->ranges));
    for (uint32_t n = 0; n < count; n++) {
        const picks p = nth(n, shift);
        if (!check_sum(t, s, &p, out)) {
            LOGF(t, "dispatch %u of %u", n, count);
            break;
        }
    }
    kt_release(t, out);
}

// Elements in another order, other ranges of them and another size of the output are other sets;
// another place of the output, which has a dynamic offset, is the same one.
TEST(descriptors_tell_arguments_apart)
{
    static const struct {
        picks picks;
        uint64_t new_sets;
    } rows[] = {
        {{{0, 1, 2}, {0, 0, 0}, 0}, 1}, {{{1, 0, 2}, {0, 0, 0}, 0}, 1},
        {{{0, 1, 2}, {0, 0, 0}, 0}, 0}, {{{0, 0, 0}, {0, 0, 0}, 0}, 1},
        {{{0, 1, 2}, {1, 0, 0}, 0}, 1}, {{{0, 1, 2}, {0, 1, 0}, 0}, 1},
        {{{0, 1, 2}, {0, 0, 3}, 0}, 1}, {{{0, 1, 2}, {0, 0, 3}, 2}, 0},
        {{{0, 1, 2}, {1, 0, 0}, 3}, 0}, {{{1, 0, 2}, {0, 0, 0}, 1}, 0},
    };
    sums s = sums_create(t, kt_context(t), 4);
    uint32_t out[4 * 256 / 4 * 16];
    if (!s.ctx || !CHECK(sizeof out >= (size_t)s.step * s.ranges))
        return;
    const kro_stream_info *info = kro_stream_get_info(s.stream);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const uint64_t before = info->descriptor_sets;
        add(t, &s, &rows[i].picks);
        CHECK_OK(kro_finish(s.stream));
        CHECK_OK(kro_buffer_read(s.out, 0, out, (uint64_t)s.step * s.ranges));
        if (!CHECK_EQ_U64(info->descriptor_sets - before, rows[i].new_sets) ||
            !check_sum(t, &s, &rows[i].picks, out))
            LOGF(t, "row %u", (unsigned)i);
    }
    // A shorter output has a set of its own, even at the same place.
    kro_binding bindings[INPUTS + 1];
    const kro_dispatch_args args = args_of(&s, &rows[0].picks, bindings);
    const uint64_t before = info->descriptor_sets;
    CHECK_OK(kro_dispatch(s.stream, s.sum, &args));
    bindings[INPUTS].size_bytes = 8;
    CHECK_OK(kro_dispatch(s.stream, s.sum, &args));
    CHECK_OK(kro_finish(s.stream));
    CHECK_EQ_U64(info->descriptor_sets - before, 1);
}

// More sets than a stream would keep, all in one open batch; in several batches that run at the
// same time; and given up in between.
static void check_many(kt_test *t, kro_context *ctx)
{
    enum { MANY = BOUND + 500, BATCHES = 3 };
    sums s = sums_create(t, ctx, MANY);
    if (!s.ctx)
        return;
    const kro_stream_info *info = kro_stream_get_info(s.stream);
    for (uint32_t batch = 0; batch < BATCHES; batch++) {
        add_round(t, &s, MANY, batch);
        CHECK_OK(kro_submit(s.stream, NULL));
        CHECK_EQ_U64(info->descriptor_sets, (uint64_t)(batch + 1) * MANY);
    }
    CHECK_OK(kro_finish(s.stream));
    check_round(t, &s, MANY, BATCHES - 1);
    // The first ones were given up by now, or are about to be.
    add_round(t, &s, MANY, 0);
    CHECK_OK(kro_finish(s.stream));
    check_round(t, &s, MANY, 0);
}

TEST(a_batch_may_use_more_sets_than_a_stream_keeps)
{
    check_many(t, kt_context(t));
}

// Nothing is seen to finish before somebody waits for it, and then in any order.
TEST(sets_in_flight_are_kept)
{
    check_many(t, proxied_context(t, "delay=4000000000;reorder=5", NULL));
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}

static uint64_t live_sets(const kronos_proxy_api *proxy)
{
    return proxy->objects("VkDescriptorSet");
}

// When the work is over the next batch gives up what is above the bound, and no more.
TEST(sets_above_the_bound_are_given_up)
{
    enum { MANY = BOUND + 300 };
    const kronos_proxy_api *proxy = proxied_api(t);
    sums s = sums_create(t, proxied_context(t, "", NULL), MANY);
    if (!s.ctx)
        return;
    const uint64_t before = live_sets(proxy);
    add_round(t, &s, MANY, 0);
    CHECK_OK(kro_finish(s.stream));
    CHECK_EQ_U64(live_sets(proxy) - before, MANY);
    const picks again = nth(MANY - 1, 0), other = nth(0, 0);
    proxy->reset_counts();
    add(t, &s, &again); // used last, so it is kept
    CHECK_OK(kro_finish(s.stream));
    CHECK_EQ_U64(live_sets(proxy) - before, BOUND);
    CHECK_EQ_U64(proxy->figure("descriptor_writes"), 0);
    add(t, &s, &other); // used first, so it went
    CHECK_OK(kro_finish(s.stream));
    CHECK_EQ_U64(proxy->figure("descriptor_writes"), INPUTS + 1);
    CHECK_EQ_U64(live_sets(proxy) - before, BOUND);
    kt_release(t, s.stream);
    CHECK_EQ_U64(live_sets(proxy), before);
}

// Gives the first nodes of a graph other arguments and launches it.
static void update_and_launch(kt_test *t, const sums *s, kro_graph *graph, uint32_t count,
                              uint32_t shift)
{
    kro_binding bindings[INPUTS + 1];
    for (uint32_t n = 0; n < count; n++) {
        const picks p = nth(n, shift);
        const kro_dispatch_args args = args_of(s, &p, bindings);
        CHECK_OK(kro_graph_update(graph, n, &args));
    }
    CHECK_OK(kro_graph_launch(graph, s->stream, NULL));
}

// A batch that comes again finds other sets where its own were given up: their numbers are given
// again, and what it was recorded with is not.
static void check_again(kt_test *t, kro_context *ctx)
{
    enum { FEW = 8, MANY = BOUND + 100, ROUNDS = 4, REPEATS = 3 };
    sums s = sums_create(t, ctx, MANY);
    if (!s.ctx)
        return;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < REPEATS; i++) {
            add_round(t, &s, FEW, 2 * round);
            CHECK_OK(kro_finish(s.stream));
        }
        check_round(t, &s, FEW, 2 * round);
        add_round(t, &s, MANY, 2 * round + 1);
        CHECK_OK(kro_finish(s.stream));
    }
}

TEST(batches_that_come_again_find_their_sets)
{
    check_again(t, kt_context(t));
}

// A graph holds all its sets as long as it is there, whatever its stream gives up meanwhile, and
// recording it anew in part leaves the others.
static void check_graph(kt_test *t, kro_context *ctx)
{
    enum { MANY = BOUND + 200, ROUNDS = 3, UPDATES = 150 };
    sums s = sums_create(t, ctx, MANY);
    kro_graph *graph = NULL;
    if (!s.ctx)
        return;
    const uint64_t bytes = (uint64_t)s.step * MANY;
    kro_buffer *kept = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = bytes});
    CHECK_OK(kro_graph_begin(s.stream, NULL));
    add_round(t, &s, MANY, 0);
    if (!CHECK_OK(kro_graph_end(s.stream, &graph)))
        return;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        add_round(t, &s, MANY, 1 + round); // the stream's, for the same places
        CHECK_OK(kro_graph_launch(graph, s.stream, NULL));
        check_round(t, &s, MANY, 0);
        // Three recordings are in flight at once, and each writes what the one before wrote.
        update_and_launch(t, &s, graph, UPDATES, 4 + round);
        CHECK_OK(kro_copy(s.stream, kept, 0, s.out, 0, bytes));
        update_and_launch(t, &s, graph, UPDATES, 8 + round);
        update_and_launch(t, &s, graph, UPDATES, 0);
        check_round(t, &s, MANY, 0);
        CHECK_OK(kro_copy(s.stream, s.out, 0, kept, 0, bytes));
        CHECK_OK(kro_finish(s.stream));
        check_round(t, &s, UPDATES, 4 + round);
    }
    kro_graph_destroy(graph);
    CHECK_OK(kro_finish(s.stream));
}

TEST(graphs_keep_their_sets)
{
    check_graph(t, kt_context(t));
}

TEST(graphs_keep_their_sets_when_reordered)
{
    check_graph(t, proxied_context(t, "delay=4000000000;reorder=6", NULL));
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}

// One life: arguments of their own on a stream that stays, on one that goes, and in a graph.
static void live(kt_test *t, kro_context *ctx, kro_stream *staying, uint32_t dispatches)
{
    sums s = sums_create(t, ctx, dispatches);
    kro_stream *going = s.stream;
    kro_graph *graph = NULL;
    if (!s.ctx)
        return;
    CHECK_OK(kro_graph_begin(going, NULL));
    const picks first = nth(0, 1);
    add(t, &s, &first);
    CHECK_OK(kro_graph_end(going, &graph));
    for (uint32_t n = 0; n < dispatches; n++) {
        const picks p = nth(n, 0);
        s.stream = n % 4 ? staying : going;
        add(t, &s, &p);
    }
    CHECK_OK(kro_submit(going, NULL));
    CHECK_OK(kro_finish(staying));
    check_round(t, &s, dispatches, 0);
    CHECK_OK(kro_graph_launch(graph, going, NULL));
    check_round(t, &s, 1, 1);
    kro_graph_destroy(graph);
    kt_release(t, going);
    kt_release(t, s.sum);
    kt_release(t, s.out);
    for (int i = 0; i < INPUTS; i++) {
        kt_release(t, s.in[i]);
        kt_release(t, s.data[i]);
    }
}

TEST(arguments_of_short_lives_are_right)
{
    enum { LIVES = 40, DISPATCHES = 40 };
    kro_stream *staying = kt_stream_in(t, kt_context(t), NULL);
    for (uint32_t i = 0; staying && i < LIVES; i++)
        live(t, kt_context(t), staying, DISPATCHES);
}

TEST(descriptors_of_short_lives_are_few_and_come_back)
{
    enum { LIVES = 200, DISPATCHES = 40, MOST_POOLS = 7, SETTLED = 5 };
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx = proxied_context(t, "", NULL);
    if (!ctx || !kernel_buffers_fit(t, INPUTS + 1))
        return;
    const uint64_t sets = live_sets(proxy), pools = proxy->objects("VkDescriptorPool");
    kro_stream *staying = kt_stream_in(t, ctx, NULL);
    uint64_t most_sets = 0, others = 0;
    for (uint32_t i = 0; i < LIVES; i++) {
        live(t, ctx, staying, DISPATCHES);
        const uint64_t now = live_sets(proxy), pools_now = proxy->objects("VkDescriptorPool");
        const uint64_t others_now = proxy->objects(NULL) - now - pools_now;
        most_sets = now - sets > most_sets ? now - sets : most_sets;
        others = i == SETTLED ? others_now : others;
        if (!CHECK(now - sets <= BOUND + DISPATCHES) || !CHECK(pools_now - pools <= MOST_POOLS) ||
            (i > SETTLED && !CHECK_EQ_U64(others_now, others)))
            break;
    }
    CHECK(most_sets >= BOUND); // some were given up
    kt_release(t, staying);
    CHECK_EQ_U64(live_sets(proxy), sets);
    CHECK_EQ_U64(proxy->objects("VkDescriptorPool"), pools);
    CHECK_EQ_U64(proxy->violations(), 0);
}
