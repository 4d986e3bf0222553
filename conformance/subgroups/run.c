#include "subgroups/run.h"

static void destroy_pipeline(void *pipeline)
{
    kro_pipeline_destroy(pipeline);
}

static kro_pipeline *make_pipeline(kt_test *t, const subgroup_run *run)
{
    const kro_pipeline_config config = {.spirv = run->words,
                                        .spirv_bytes = run->word_count * sizeof *run->words,
                                        .subgroup_size = run->required,
                                        .label = run->label};
    kro_pipeline *pipeline = NULL;
    if (!CHECK(run->word_count > 0))
        return NULL;
    const kro_status status = kro_pipeline_create(kt_context(t), &config, &pipeline);
    if (status == KRO_ERROR_UNSUPPORTED)
        SKIP(t, "%s", kro_error_detail());
    else if (CHECK_OK(status))
        kt_defer(t, destroy_pipeline, pipeline);
    return pipeline;
}

bool subgroup_run_kernel(kt_test *t, const subgroup_run *run)
{
    kro_context *ctx = kt_context(t);
    kro_pipeline *pipeline = make_pipeline(t, run);
    if (!pipeline)
        return false;
    const kernel_input inputs[] = {[SUBGROUP_IN] = run->in, [SUBGROUP_VALUES] = run->values};
    kro_binding bindings[SUBGROUP_BINDINGS];
    uint32_t count = 0;
    for (uint32_t i = SUBGROUP_IN; i <= SUBGROUP_VALUES; i++)
        if (inputs[i].data)
            bindings[count++] = (kro_binding){
                .buffer = kt_buffer(t, inputs[i].size_bytes, inputs[i].data), .binding = i};
    const kt_output who = kt_output_create(t, ctx, run->who_bytes);
    bindings[count++] = kt_output_binding(&who, SUBGROUP_WHO);
    kt_output results = {NULL, 0, 0};
    if (run->results) {
        results = kt_output_create(t, ctx, run->result_bytes);
        bindings[count++] = kt_output_binding(&results, SUBGROUP_RESULTS);
    }
    return CHECK_OK(kro_dispatch(kro_context_stream(ctx), pipeline,
                                 &(kro_dispatch_args){.bindings = bindings,
                                                      .binding_count = count,
                                                      .groups = {run->groups}})) &&
           kt_output_read(t, &who, run->who) &&
           (!run->results || kt_output_read(t, &results, run->results));
}
