#include "graph_dot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "grow.h"
#include "pipeline.h"
#include "stream.h"

// One access of a node, in a list of its buffer's, newest first.
typedef struct touch {
    uint32_t node;
    uint32_t before; // index of the next older one and 1; 0: none
    kro__access access;
} touch;

// A picture being drawn. What fails leaves it failed, and the rest does nothing.
typedef struct picture {
    kro_graph *graph;
    char *text;
    uint32_t length, capacity;
    touch *touches;
    uint32_t touch_count, touch_capacity;
    uint32_t *newest;    // by tracked buffer: index of its newest touch and 1
    uint32_t everything; // the last node that may use every buffer and 1; 0: none yet
    kro_status status;
} picture;

static bool make_room(picture *p, uint32_t more)
{
    // Half of what can be counted is more than any program has.
    if (p->status >= 0 && (p->length > UINT32_MAX / 2 - more ||
                           !kro__grow(&p->text, &p->capacity, p->length + more, 1)))
        p->status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory drawing graph '%s'",
                              p->graph->label);
    return p->status >= 0;
}

// Text of our own, which is short.
static void draw(picture *p, const char *format, ...) KRO__PRINTF(2, 3);
static void draw(picture *p, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length <= 0 || !make_room(p, (uint32_t)length))
        return;
    memcpy(p->text + p->length, line, (uint32_t)length);
    p->length += (uint32_t)length;
}

// A label of the application's, of any length, inside a quoted string.
static void draw_label(picture *p, const char *label)
{
    for (; *label && make_room(p, 2); label++) {
        if (*label == '"' || *label == '\\')
            p->text[p->length++] = '\\';
        p->text[p->length++] = *label;
        if ((unsigned char)*label < ' ')
            p->text[p->length - 1] = ' ';
    }
}

static void draw_buffer(picture *p, const kro_buffer *buffer)
{
    if (*buffer->label)
        draw_label(p, buffer->label);
    else
        draw(p, "buffer %llu", (unsigned long long)buffer->id);
}

// What a node does to buffers: the first `use_count` of the hidden stream's scratch.
static kro__resolved resolve(picture *p, const kro__graph_node *node)
{
    kro_stream *stream = p->graph->stream;
    kro__resolved resolved = {0};
    if (node->args) {
        const kro__indirect_groups groups = {node->src, node->src_offset_bytes};
        kro_status status =
            kro__dispatch_resolve(stream, node->pipeline, node->args, &groups, &resolved);
        if (status < 0)
            p->status = status;
        return resolved;
    }
    if (!kro__grow(&stream->uses, &stream->use_capacity, 2, sizeof *stream->uses)) {
        p->status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory drawing graph '%s'",
                              p->graph->label);
        return resolved;
    }
    stream->uses[resolved.use_count++] = (kro__use){
        .buffer = node->dst,
        .access =
            kro__buffer_access(node->dst, node->dst_offset_bytes, node->size_bytes, false, true),
    };
    if (node->op == KRO__OP_COPY)
        stream->uses[resolved.use_count++] = (kro__use){
            .buffer = node->src,
            .access = kro__buffer_access(node->src, node->src_offset_bytes, node->size_bytes, true,
                                         false),
        };
    return resolved;
}

static void draw_node(picture *p, uint32_t index)
{
    const kro__graph_node *node = &p->graph->nodes.all[index];
    const kro__resolved resolved = resolve(p, node);
    if (p->status < 0)
        return;
    draw(p, "    n%u [label=\"%u: ", index, index);
    if (node->pipeline)
        draw_label(p, node->pipeline->label);
    else
        draw(p, "%s", node->op == KRO__OP_COPY ? "copy" : "fill");
    if (node->op == KRO__OP_DISPATCH)
        draw(p, "\\n%u x %u x %u groups", resolved.groups[0], resolved.groups[1],
             resolved.groups[2]);
    for (uint32_t i = 0; i < resolved.use_count; i++) {
        const kro__use *use = &p->graph->stream->uses[i];
        draw(p, "\\n");
        draw_buffer(p, use->buffer);
        draw(p, " (%s%s)", use->access.reads ? "r" : "", use->access.writes ? "w" : "");
    }
    draw(p, "\"%s];\n", node->place == KRO__NOT_RECORDED ? ", style=dashed" : "");
}

// A column of level names keeps the levels apart where no hazard does.
static void draw_levels(picture *p)
{
    const kro_graph *graph = p->graph;
    const kro__schedule_node *plan = graph->stream->batch->plan;
    for (uint32_t level = 1; level <= graph->info.levels; level++)
        draw(p, "    level%u [label=\"level %u\", shape=plaintext];\n", level, level);
    for (uint32_t level = 2; level <= graph->info.levels; level++)
        draw(p, "    level%u -> level%u [style=invis];\n", level - 1, level);
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.all[i].place != KRO__NOT_RECORDED)
            draw(p, "    { rank=same; level%u; n%u; }\n", plan[graph->nodes.all[i].place].level, i);
}

static void draw_hazard(picture *p, const touch *earlier, uint32_t node, const kro__use *use)
{
    const kro__access *a = &earlier->access, *b = &use->access;
    draw(p, "    n%u -> n%u [label=\"%s%s%s", earlier->node, node,
         a->writes && b->reads ? "RAW " : "", a->reads && b->writes ? "WAR " : "",
         a->writes && b->writes ? "WAW " : "");
    draw_buffer(p, use->buffer);
    draw(p, "\"];\n");
}

// The hazards of one access, back to the write that hides what came before.
static void draw_hazards_of(picture *p, uint32_t node, const kro__use *use, uint32_t tracked)
{
    const kro__access *b = &use->access;
    for (uint32_t at = p->newest[tracked]; at; at = p->touches[at - 1].before) {
        const touch *earlier = &p->touches[at - 1];
        const kro__access *a = &earlier->access;
        if (earlier->node == node || a->end_bytes <= b->begin_bytes ||
            b->end_bytes <= a->begin_bytes || !(a->writes || b->writes))
            continue;
        draw_hazard(p, earlier, node, use);
        if (a->writes && a->begin_bytes <= b->begin_bytes && b->end_bytes <= a->end_bytes)
            return;
    }
}

static void add_touch(picture *p, uint32_t node, const kro__use *use, uint32_t tracked)
{
    if (!kro__grow(&p->touches, &p->touch_capacity, p->touch_count + 1, sizeof *p->touches)) {
        p->status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory drawing graph '%s'",
                              p->graph->label);
        return;
    }
    p->touches[p->touch_count++] =
        (touch){.node = node, .before = p->newest[tracked], .access = use->access};
    p->newest[tracked] = p->touch_count;
}

// A kernel that reaches buffers by address is ordered against everything: after what came since the
// last such kernel, and before all that comes.
static void draw_everything(picture *p, uint32_t index, bool uses_everything)
{
    if (uses_everything)
        for (uint32_t i = p->everything; i < index; i++)
            if (p->graph->nodes.all[i].place != KRO__NOT_RECORDED)
                draw(p, "    n%u -> n%u [label=\"by address\"];\n", i, index);
    if (p->everything)
        draw(p, "    n%u -> n%u [label=\"by address\"];\n", p->everything - 1, index);
    if (uses_everything)
        p->everything = index + 1;
}

static void draw_hazards(picture *p, uint32_t index)
{
    const kro__graph_node *node = &p->graph->nodes.all[index];
    kro_stream *stream = p->graph->stream;
    if (node->place == KRO__NOT_RECORDED)
        return;
    const kro__resolved resolved = resolve(p, node);
    bool independent = node->args && node->args->independent;
    if (!independent)
        draw_everything(p, index, resolved.uses_everything);
    for (uint32_t i = 0; p->status >= 0 && i < resolved.use_count; i++) {
        const kro__use *use = &stream->uses[i];
        if (!use->access.reads && !use->access.writes)
            continue;
        // The recording knows every buffer already.
        uint32_t tracked = kro__accesses_track(&stream->batch->accesses, use->access.buffer_id);
        if (!independent)
            draw_hazards_of(p, index, use, tracked);
        add_touch(p, index, use, tracked);
    }
}

static void draw_graph(picture *p)
{
    const kro_graph *graph = p->graph;
    draw(p, "digraph \"");
    draw_label(p, graph->label);
    draw(p, "\" {\n    node [shape=box];\n");
    for (uint32_t i = 0; p->status >= 0 && i < graph->nodes.count; i++)
        draw_node(p, i);
    draw_levels(p);
    for (uint32_t i = 0; p->status >= 0 && i < graph->nodes.count; i++)
        draw_hazards(p, i);
    draw(p, "}\n");
}

kro_status kro__graph_draw(kro_graph *graph, char **out, uint32_t *length)
{
    picture p = {.graph = graph};
    p.newest = calloc((size_t)graph->stream->batch->accesses.count + 1, sizeof *p.newest);
    if (p.newest)
        draw_graph(&p);
    else
        p.status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory drawing graph '%s'",
                             graph->label);
    free(p.newest);
    free(p.touches);
    *out = p.text;
    *length = p.length;
    return p.status;
}
