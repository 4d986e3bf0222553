// Graphs.
#include "torture.h"

#include <stdio.h>

static kro_status begin(torture_bench *bench)
{
    return kro_graph_begin(bench->stream, &(kro_graph_config){.label = "made"});
}

static kro_status capture(torture_bench *bench)
{
    kro_graph_destroy(bench->graph);
    bench->graph = NULL;
    kro_status status = begin(bench);
    if (status >= 0)
        status = torture_set(bench, bench->stream, 17);
    if (status >= 0)
        status = kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
    return status;
}

static kro_status end(torture_bench *bench)
{
    return kro_graph_end(bench->stream, &bench->graph);
}

static kro_status make(torture_bench *bench)
{
    kro_status status = capture(bench);
    return status < 0 ? status : end(bench);
}

static kro_status launch(torture_bench *bench)
{
    return kro_graph_launch(bench->graph, bench->stream, &bench->fence);
}

static bool it_has_run(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_wait(bench->ctx, bench->fence, UINT64_MAX)) &&
           torture_check_word(t, bench, bench->b, 17);
}

static bool it_can_be_launched(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(launch(bench)) && it_has_run(t, bench);
}

static bool it_can_be_ended(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(torture_set(bench, bench->stream, 17)) &&
           CHECK_OK(kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES)) &&
           CHECK_OK(end(bench)) && it_can_be_launched(t, bench);
}

const torture_call torture_kro_graph_begin_first = {
    .holds = TORTURE_PROGRAM, .run = begin, .right = it_can_be_ended};
const torture_call torture_kro_graph_end_first = {
    .holds = TORTURE_PROGRAM, .prepare = capture, .run = end, .right = it_can_be_launched};

// Behind a batch of the stream's own.
static kro_status make_and_record(torture_bench *bench)
{
    kro_status status = make(bench);
    return status < 0 ? status : torture_set(bench, bench->stream, 3);
}

static kro_status change(torture_bench *bench, uint32_t word)
{
    const uint32_t push[3] = {TORTURE_WORDS, 0, word};
    return kro_graph_update(bench->graph, 0,
                            &(kro_dispatch_args){.buffers = {bench->a},
                                                 .push = push,
                                                 .push_bytes = sizeof push,
                                                 .threads = {TORTURE_WORDS}});
}

static kro_status update(torture_bench *bench)
{
    return change(bench, 17);
}

// While a launch of it may still run.
static kro_status launch_and_change(torture_bench *bench)
{
    kro_status status = make(bench);
    if (status >= 0)
        status = launch(bench);
    return status < 0 ? status : change(bench, 17);
}

static kro_status make_other(torture_bench *bench)
{
    kro_status status = make(bench);
    return status < 0 ? status : change(bench, 4);
}

const torture_call torture_kro_graph_launch_first = {
    .holds = TORTURE_PROGRAM, .prepare = make_and_record, .run = launch, .right = it_has_run};
const torture_call torture_kro_graph_launch_updated = {.holds = TORTURE_PROGRAM,
                                                       .prepare = launch_and_change,
                                                       .run = launch,
                                                       .right = it_has_run,
                                                       .keeps = true};
const torture_call torture_kro_graph_update_first = {.holds = TORTURE_PROGRAM,
                                                     .prepare = make_other,
                                                     .run = update,
                                                     .right = it_can_be_launched,
                                                     .keeps = true};

static kro_status destroy(torture_bench *bench)
{
    kro_graph_destroy(bench->graph);
    bench->graph = NULL;
    return KRO_OK;
}

static kro_status make_and_launch(torture_bench *bench)
{
    kro_status status = make(bench);
    return status < 0 ? status : launch(bench);
}

static kro_status look(torture_bench *bench)
{
    return kro_graph_get_info(bench->graph) ? KRO_OK : KRO_ERROR_DRIVER;
}

static kro_status write_dot(torture_bench *bench)
{
    char path[512];
    snprintf(path, sizeof path, "%s/graph.dot", bench->folder);
    return kro_graph_write_dot(bench->graph, path);
}

const torture_call torture_kro_graph_destroy_busy = {
    .holds = TORTURE_PROGRAM, .prepare = make_and_launch, .run = destroy, .right = it_has_run};
const torture_call torture_kro_graph_get_info_usual = {
    .holds = TORTURE_PROGRAM, .prepare = make, .run = look, .cannot_fail = true};
const torture_call torture_kro_graph_write_dot_updated = {.holds = TORTURE_PROGRAM,
                                                          .prepare = launch_and_change,
                                                          .run = write_dot,
                                                          .right = it_can_be_launched,
                                                          .keeps = true};
