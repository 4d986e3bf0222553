#include "torture_bench.h"

#include "shaders.h"

kro_status torture_set(torture_bench *bench, kro_stream *stream, uint32_t word)
{
    const uint32_t push[3] = {TORTURE_WORDS, 0, word};
    return kro_dispatch(stream, bench->set,
                        &(kro_dispatch_args){.buffers = {bench->a},
                                             .push = push,
                                             .push_bytes = sizeof push,
                                             .threads = {TORTURE_WORDS}});
}

bool torture_check_word(kt_test *t, torture_bench *bench, kro_buffer *buffer, uint32_t word)
{
    if (!CHECK_OK(kro_buffer_read(buffer, 0, bench->words, TORTURE_BYTES)))
        return false;
    uint32_t wrong = 0;
    for (int i = 0; i < TORTURE_WORDS; i++)
        wrong += bench->words[i] != word;
    return !bench->computes || CHECK_EQ_U64(wrong, 0);
}

static kro_status make_program(torture_bench *bench)
{
    const kronos_shader *shader = kronos_shader_find("affine_words");
    const kro_buffer_config device = {.size_bytes = TORTURE_BYTES, .label = "a"};
    const kro_buffer_config readback = {
        .size_bytes = TORTURE_BYTES, .memory = KRO_MEMORY_READBACK, .label = "b"};
    const kro_stream_config other = {.queue = kro_context_info(bench->ctx)->queue_count - 1,
                                     .label = "other"};
    kro_status status = kro_buffer_create(bench->ctx, &device, &bench->a);
    if (status >= 0)
        status = kro_buffer_create(bench->ctx, &readback, &bench->b);
    if (status >= 0)
        status = kro_pipeline_create(
            bench->ctx,
            &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
            &bench->set);
    if (status >= 0)
        status =
            kro_stream_create(bench->ctx, &(kro_stream_config){.label = "stream"}, &bench->stream);
    return status < 0 ? status : kro_stream_create(bench->ctx, &other, &bench->other);
}

// What was opened right after a failure computes right numbers.
static kro_status use_program(kt_test *t, torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 1);
    if (status >= 0)
        status = kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
    if (status >= 0)
        status = kro_finish(bench->stream);
    if (status >= 0)
        (void)torture_check_word(t, bench, bench->b, 1);
    return status;
}

bool torture_check_context(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(make_program(bench)) && CHECK_OK(use_program(t, bench));
}

kro_status torture_bench_begin(kt_test *t, torture_bench *bench, torture_holds holds)
{
    kro_status status = KRO_OK;
    if (holds >= TORTURE_CONTEXT)
        status = kro_context_create(&bench->config, &bench->ctx);
    if (status >= 0 && holds >= TORTURE_PROGRAM)
        status = make_program(bench);
    return status < 0 || holds < TORTURE_PROGRAM ? status : use_program(t, bench);
}

void torture_bench_end(torture_bench *bench)
{
    kro_graph_destroy(bench->graph);
    kro_stream_destroy(bench->other);
    kro_stream_destroy(bench->stream);
    kro_pipeline_destroy(bench->made_pipeline);
    kro_pipeline_destroy(bench->set);
    kro_buffer_destroy(bench->made);
    kro_buffer_destroy(bench->b);
    kro_buffer_destroy(bench->a);
    kro_context_destroy(bench->second);
    kro_context_destroy(bench->ctx);
    kro_devices_destroy(bench->devices);
}
