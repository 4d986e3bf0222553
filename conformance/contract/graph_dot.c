// The picture of a graph: its nodes, levels and hazards, in words that Graphviz reads.
#include "graph_bench.h"

#include <stdio.h>
#include <string.h>

// The picture of a graph as it is written to a file; "" after a failure.
static const char *picture_of(kt_test *t, kro_graph *graph)
{
    const char *folder = contract_folder(t);
    const char *path = folder ? contract_text(t, "%s/graph.dot", folder) : "";
    if (!CHECK_OK(kro_graph_write_dot(graph, path)))
        return "";
    enum { MOST = 1 << 16 };
    char *text = kt_alloc(t, MOST);
    FILE *file = fopen(path, "rb");
    if (!CHECK(file))
        return "";
    CHECK(fread(text, 1, MOST - 1, file) > 0);
    fclose(file);
    return text;
}

static void check_shows(kt_test *t, const char *picture, const char *line)
{
    if (!CHECK_CONTAINS(picture, line))
        LOGF(t, "%s", picture);
}

TEST(graph_pictures_show_nodes_levels_and_hazards)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, &(kro_graph_config){.label = "four"}));
    CHECK_OK(graph_affine(&b, b.a, 2, 1));             // 0
    CHECK_OK(kro_copy(b.stream, b.b, 0, b.a, 0, 64));  // 1: reads 0's
    CHECK_OK(kro_fill(b.stream, b.b, 64, 64, 7));      // 2: other bytes
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 7));        // 3: over 0's, after 1
    CHECK_OK(kro_fill(b.stream, b.c, 0, 0, 7));        // 4: nothing
    CHECK_OK(kro_copy(b.stream, b.b, 64, b.c, 0, 64)); // 5: over 2's
    kro_graph *graph = graph_end(t, &b);
    const char *picture = picture_of(t, graph);
    check_shows(t, picture, "digraph \"four\" {\n");
    check_shows(t, picture, " n0 [label=\"0: affine\\n16 x 1 x 1 groups\\nalpha (rw)\"];\n");
    check_shows(t, picture, " n1 [label=\"1: copy\\nbeta (w)\\nalpha (r)\"];\n");
    check_shows(t, picture, " n2 [label=\"2: fill\\nbeta (w)\"];\n");
    check_shows(t, picture, " (w)\", style=dashed];\n");
    check_shows(t, picture, "rank=same; level1; n0;");
    check_shows(t, picture, "rank=same; level2; n1;");
    check_shows(t, picture, "rank=same; level1; n2;");
    check_shows(t, picture, "rank=same; level3; n3;");
    check_shows(t, picture, "rank=same; level2; n5;");
    check_shows(t, picture, " n0 -> n1 [label=\"RAW alpha\"];\n");
    check_shows(t, picture, " n1 -> n3 [label=\"WAR alpha\"];\n");
    check_shows(t, picture, " n0 -> n3 [label=\"WAR WAW alpha\"];\n");
    check_shows(t, picture, " n2 -> n5 [label=\"WAW beta\"];\n");
    CHECK(!strstr(picture, "n1 -> n2"));
    CHECK(!strstr(picture, "n1 -> n5"));
    CHECK(!strstr(picture, "level4"));
}

// What is updated is drawn as the next launch runs it.
TEST(graph_pictures_show_updates)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 2, 1};
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    check_shows(t, picture_of(t, graph), "n0 -> n1 [label=\"RAW alpha\"]");
    const kro_dispatch_args args = graph_affine_args(b.c, push);
    CHECK_OK(kro_graph_update(graph, 0, &args));
    CHECK(!strstr(picture_of(t, graph), "n0 -> n1"));
    CHECK_EQ_U64(kro_graph_get_info(graph)->recordings, 2);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // not again
    CHECK_EQ_U64(kro_graph_get_info(graph)->recordings, 2);
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 1);
}

TEST(graph_pictures_quote_labels)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_buffer *odd = kt_buffer_in(
        t, b.ctx, &(kro_buffer_config){.size_bytes = 64, .label = "say \"a\\b\"\nnow"});
    if (!b.ctx || !odd)
        return;
    CHECK_OK(kro_graph_begin(b.stream, &(kro_graph_config){.label = "\"; evil [\\"}));
    CHECK_OK(kro_fill(b.stream, odd, 0, 64, 1));
    CHECK_OK(kro_fill(b.stream, odd, 0, 64, 1));
    const char *picture = picture_of(t, graph_end(t, &b));
    check_shows(t, picture, "digraph \"\\\"; evil [\\\\\" {\n");
    check_shows(t, picture, "n0 -> n1 [label=\"WAW say \\\"a\\\\b\\\" now\"];\n");
}

// A kernel that reaches buffers by address and lists none comes after and before everything.
TEST(graph_pictures_show_what_goes_by_address)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_pipeline *add = kt_pipeline_in(t, b.ctx, "add_by_address", NULL);
    kro_buffer *words =
        kt_buffer_in(t, b.ctx, &(kro_buffer_config){.size_bytes = 4096, .device_address = true});
    if (!b.ctx || !add || !words)
        return;
    const uint64_t address = kro_buffer_get_info(words)->device_address;
    const struct {
        uint64_t x, y;
        uint32_t count;
    } push = {address, address, 4};
    const kro_dispatch_args args = {.push = &push, .push_bytes = 20, .threads = {64}};
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_fill(b.stream, b.a, 0, 64, 1));
    CHECK_OK(kro_fill(b.stream, b.b, 0, 64, 1));
    CHECK_OK(kro_dispatch(b.stream, add, &args));
    CHECK_OK(kro_fill(b.stream, b.c, 0, 64, 1));
    CHECK_OK(kro_dispatch(b.stream, add, &args));
    kro_graph *graph = graph_end(t, &b);
    const char *picture = picture_of(t, graph);
    check_shows(t, picture, "n0 -> n2 [label=\"by address\"]");
    check_shows(t, picture, "n1 -> n2 [label=\"by address\"]");
    check_shows(t, picture, "n2 -> n3 [label=\"by address\"]");
    check_shows(t, picture, "n2 -> n4 [label=\"by address\"]");
    check_shows(t, picture, "n3 -> n4 [label=\"by address\"]");
    CHECK(!strstr(picture, "n0 -> n1"));
    CHECK_EQ_U64(kro_graph_get_info(graph)->barriers, 3);
}

TEST(graph_picture_that_cannot_be_written_is_an_error)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    const char *path = contract_text(t, "%s/none/graph.dot", contract_folder(t));
    CHECK_REFUSED(kro_graph_write_dot(graph, path), KRO_ERROR_IO, "none/graph.dot");
}
