// What a device or a context cannot do is refused, with a sentence that says so.
#include "bench.h"

#include "context.h"
#include "shaders.h"

enum { PAGE = 64 }; // the fake device's limits.host_alignment

static void check_refused(kt_test *t, kro_status actual, kro_status expected, const char *sentence)
{
    CHECK_STATUS(actual, expected);
    CHECK_CONTAINS(kro_error_detail(), sentence);
}

TEST(device_addresses_need_the_feature)
{
    bench it = bench_create(t, NULL);
    it.device->base.info.features.device_address = false;
    char *memory = kt_alloc(t, 2 * PAGE);
    memory += (PAGE - (uintptr_t)memory % PAGE) % PAGE;
    kro_buffer *buffer = it.a;
    check_refused(t,
                  kro_host_register(it.ctx,
                                    &(kro_host_config){.memory = memory,
                                                       .size_bytes = PAGE,
                                                       .device_address = true,
                                                       .label = "mine"},
                                    &buffer),
                  KRO_ERROR_UNSUPPORTED, "host memory 'mine' wants a device address");
    CHECK(buffer == NULL);
    check_refused(t,
                  kro_buffer_create(
                      it.ctx,
                      &(kro_buffer_config){.size_bytes = 4, .device_address = true, .label = "one"},
                      &buffer),
                  KRO_ERROR_UNSUPPORTED, "buffer 'one' wants a device address");
    CHECK(buffer == NULL);
}

TEST(only_memory_that_the_host_reaches_is_mapped)
{
    bench it = bench_create(t, NULL);
    void *bytes = it.a;
    check_refused(t, kro_buffer_map(it.a, &bytes), KRO_ERROR_UNSUPPORTED,
                  "'a' cannot be mapped; create it with KRO_MEMORY_UPLOAD");
    CHECK(bytes == NULL);
}

// Within its range a device may still have no way to ask for a size.
TEST(subgroup_sizes_need_the_feature)
{
    static const struct {
        uint32_t size;
        kro_status expected;
        const char *sentence;
    } cases[] = {
        {64, KRO_ERROR_UNSUPPORTED, "cannot control their size"},
        {48, KRO_ERROR_INVALID_ARGUMENT, "powers of two from 16 to 64"},
        {8, KRO_ERROR_INVALID_ARGUMENT, "powers of two from 16 to 64"},
        {128, KRO_ERROR_INVALID_ARGUMENT, "powers of two from 16 to 64"},
    };
    bench it = bench_create(t, NULL);
    kro_device_info *info = &it.device->base.info;
    const kronos_shader *shader = kronos_shader_find("affine_words");
    kro_pipeline_config config = {.spirv = shader->words, .spirv_bytes = shader->size_bytes};
    kro_pipeline *pipeline;
    info->subgroup_size = 32;
    info->min_subgroup_size = 16;
    info->max_subgroup_size = 64;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        config.subgroup_size = cases[i].size;
        check_refused(t, kro_pipeline_create(it.ctx, &config, &pipeline), cases[i].expected,
                      cases[i].sentence);
        CHECK(pipeline == NULL);
    }
    config.subgroup_size = 32; // the one that there is
    CHECK_OK(kro_pipeline_create(it.ctx, &config, &pipeline));
    kro_pipeline_destroy(pipeline);
}

TEST(graphs_are_launched_in_their_own_context)
{
    bench it = bench_create(t, NULL);
    kro_stream *other = kt_stream_in(t, fake_context(t, NULL), &(kro_stream_config){.label = "o"});
    kro_graph *graph;
    CHECK_OK(kro_graph_begin(it.stream, &(kro_graph_config){.label = "g"}));
    CHECK_OK(kro_fill(it.stream, it.a, 0, 64, 1));
    if (!CHECK_OK(kro_graph_end(it.stream, &graph)))
        return;
    check_refused(t, kro_graph_launch(graph, other, NULL), KRO_ERROR_INVALID_ARGUMENT,
                  "graph 'g' and stream 'o' belong to different contexts");
    CHECK_OK(kro_graph_launch(graph, it.stream, NULL));
    kro_graph_destroy(graph);
}
