// Drivers that end submissions which run too long: the run's driver stands in for one of them. How
// batches grow is tested without a driver (unit/pace).
#include "contract.h"

#include "proxied.h"

enum { NODES = 4 * 64 }; // 64: what a batch holds at first

// How many submissions one long batch of additions takes, whose sums are checked where the driver
// computes.
static uint64_t submit_chain(kt_test *t, const contract_bench *bench, kro_stream *stream)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    const uint32_t zero = 0, one_bits = 0x3f800000;
    float sum = 0;
    CHECK_OK(kro_buffer_write(bench->sum, 0, &zero, sizeof zero));
    CHECK_OK(kro_buffer_write(bench->left, 0, &one_bits, sizeof one_bits));
    proxy->reset_counts();
    for (int i = 0; i < NODES; i++)
        CHECK_OK(contract_dispatch(stream, bench->add, 1,
                                   (kro_buffer *[4]){bench->left, bench->sum, bench->sum}));
    CHECK_OK(kro_finish(stream));
    const uint64_t submits = proxy->submissions();
    CHECK_EQ_U64(kro_stream_get_info(stream)->nodes % NODES, 0);
    CHECK_OK(kro_buffer_read(bench->sum, 0, &sum, sizeof sum));
    CHECK(sum == (float)NODES);
    return submits;
}

// The word `driver_id=…` and its quirk, on the run's driver.
static contract_bench watched_bench(kt_test *t, const char *spec, const kro_context_config *config)
{
    return contract_bench_create(t, proxied_context(t, spec, config));
}

static const struct {
    const char *name, *spec; // VkDriverId
} drivers[] = {
    {"amd", "driver_id=1"}, {"amdvlk", "driver_id=2"}, {"radv", "driver_id=3"},
    {"anv", "driver_id=6"}, {"v3dv", "driver_id=19"},  {"panvk", "driver_id=20"},
};

TEST_PARAMS(drivers_with_a_watchdog)
{
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        kt_param(params, "%s", drivers[i].name);
}

// A long batch is divided; once its parts were seen to be short, less and less.
TEST_FAMILY_CASE(a_long_batch_is_divided_until_it_is_known_to_be_short)
{
    (void)param;
    contract_bench bench = watched_bench(t, drivers[kt_param_index(t)].spec, NULL);
    kro_stream *stream = kt_stream_in(t, bench.ctx, NULL);
    if (!stream)
        return;
    const uint64_t first = submit_chain(t, &bench, stream);
    CHECK(first >= 3 && first <= 4); // 64 + 128 + 64, or not yet
    uint64_t last = first;
    for (int round = 0; round < 50 && last > 2; round++)
        last = submit_chain(t, &bench, stream);
    CHECK(last <= 2);
}

TEST(a_long_batch_is_whole_where_no_watchdog_is_known)
{
    contract_bench bench = watched_bench(t, "driver_id=13", NULL); // lavapipe
    kro_stream *stream = kt_stream_in(t, bench.ctx, NULL);
    if (stream)
        CHECK_EQ_U64(submit_chain(t, &bench, stream), 1);
}

// What is not seen to finish teaches nothing, so nothing grows.
TEST(batches_stay_small_while_the_device_is_busy)
{
    enum { BATCHES = 5 };
    contract_bench bench = watched_bench(t, "driver_id=19;delay=1000000", NULL);
    kro_stream *stream = kt_stream_in(t, bench.ctx, NULL);
    if (!stream)
        return;
    for (uint32_t i = 0; i < BATCHES * 64; i++)
        CHECK_OK(kro_fill(stream, bench.sum, 0, 4, i));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, BATCHES);
    CHECK_OK(kro_finish(stream));
}

// A graph is one submission, as it was captured.
TEST(a_graph_is_whole_under_a_watchdog)
{
    enum { FILLS = 500 };
    contract_bench bench = watched_bench(t, "driver_id=19", NULL);
    kro_stream *stream = kt_stream_in(t, bench.ctx, NULL);
    kro_graph *graph = NULL;
    if (!stream || !CHECK_OK(kro_graph_begin(stream, NULL)))
        return;
    for (uint32_t i = 0; i < FILLS; i++)
        CHECK_OK(kro_fill(stream, bench.sum, 0, 4, i));
    CHECK_OK(kro_graph_end(stream, &graph));
    CHECK_OK(kro_graph_launch(graph, stream, NULL));
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, 1);
    kro_graph_destroy(graph);
}

// What the application asks for still holds.
TEST(a_watchdog_makes_no_batch_larger)
{
    contract_bench bench =
        watched_bench(t, "driver_id=19", &(kro_context_config){.batch_nodes = 2});
    kro_stream *stream = kt_stream_in(t, bench.ctx, NULL);
    if (!stream)
        return;
    for (uint32_t i = 0; i < 40; i++)
        CHECK_OK(kro_fill(stream, bench.sum, 0, 4, i));
    CHECK_OK(kro_finish(stream));
    CHECK(kro_stream_get_info(stream)->submits >= 20);
    CHECK_EQ_U64(kro_stream_get_info(stream)->nodes, 40);
}
