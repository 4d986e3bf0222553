#include "order.h"

#include <stdlib.h>
#include <string.h>

uint64_t kro__order_random(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void kro__order_init(kro__order *order, uint32_t queue_count)
{
    *order = (kro__order){.queue_count = queue_count};
    order->queues = calloc(queue_count + 1, sizeof *order->queues);
    order->failed = !order->queues;
    for (uint32_t q = 0; !order->failed && q < queue_count; q++)
        for (int s = 0; s < KRO__STAGE_COUNT; s++)
            order->queues[q].gate[s] = order->queues[q].done[s] = KRO__ORDER_NONE;
}

void kro__order_finish(kro__order *order)
{
    free(order->queues);
    free(order->nodes);
    free(order->edges);
    free(order->groups);
    *order = (kro__order){0};
}

// Makes room for one more element; false without memory.
static bool grow(kro__order *order, void **array, uint32_t count, uint32_t *room, size_t bytes)
{
    if (count < *room)
        return true;
    uint32_t wanted = *room ? *room * 2 : 64;
    void *moved = realloc(*array, wanted * bytes);
    if (!moved) {
        order->failed = true;
        return false;
    }
    *array = moved;
    *room = wanted;
    return true;
}

static uint32_t add_node(kro__order *order, uint32_t item)
{
    if (order->failed || !grow(order, (void **)&order->nodes, order->node_count, &order->node_room,
                               sizeof *order->nodes))
        return KRO__ORDER_NONE;
    order->nodes[order->node_count] = item;
    return order->node_count++;
}

static void add_edge(kro__order *order, uint32_t before, uint32_t after)
{
    if (before == KRO__ORDER_NONE || after == KRO__ORDER_NONE || order->failed ||
        !grow(order, (void **)&order->edges, order->edge_count, &order->edge_room,
              sizeof *order->edges))
        return;
    order->edges[order->edge_count][0] = before;
    order->edges[order->edge_count++][1] = after;
}

// Adds an item to what is done in a stage. What a barrier has taken is closed; it comes before the
// next collection, for later barriers also follow all that earlier ones followed.
static void collect(kro__order *order, kro__order_queue *queue, int stage, uint32_t node)
{
    if (queue->done[stage] == KRO__ORDER_NONE || queue->done_is_used[stage]) {
        uint32_t next = add_node(order, KRO__ORDER_NONE);
        add_edge(order, queue->done[stage], next);
        queue->done[stage] = next;
        queue->done_is_used[stage] = false;
    }
    add_edge(order, node, queue->done[stage]);
}

void kro__order_item(kro__order *order, uint32_t queue, uint32_t stages, uint32_t group)
{
    if (order->failed || !grow(order, (void **)&order->groups, order->item_count, &order->item_room,
                               sizeof *order->groups))
        return;
    order->groups[order->item_count] = group;
    uint32_t node = add_node(order, order->item_count++);
    kro__order_queue *in = &order->queues[queue];
    for (int s = 0; s < KRO__STAGE_COUNT; s++) {
        if (!(stages >> s & 1))
            continue;
        add_edge(order, in->gate[s], node);
        collect(order, in, s, node);
    }
}

uint32_t kro__order_signal(kro__order *order, uint32_t queue, uint32_t src)
{
    if (order->failed)
        return KRO__ORDER_NONE;
    uint32_t node = add_node(order, KRO__ORDER_NONE);
    kro__order_queue *in = &order->queues[queue];
    for (int s = 0; s < KRO__STAGE_COUNT; s++) {
        if (!(src >> s & 1))
            continue;
        add_edge(order, in->done[s], node);
        add_edge(order, in->gate[s], node); // chains: what the stage waits for comes before, too
        in->done_is_used[s] = true;
    }
    return node;
}

void kro__order_wait(kro__order *order, uint32_t queue, uint32_t signal, uint32_t dst)
{
    if (order->failed || signal == KRO__ORDER_NONE)
        return;
    kro__order_queue *in = &order->queues[queue];
    for (int s = 0; s < KRO__STAGE_COUNT; s++) {
        if (!(dst >> s & 1))
            continue;
        // A gate for each stage: one for all would make them wait for each other's earlier gates.
        uint32_t gate = add_node(order, KRO__ORDER_NONE);
        add_edge(order, in->gate[s], gate);
        add_edge(order, signal, gate);
        in->gate[s] = gate;
    }
}

void kro__order_barrier(kro__order *order, uint32_t queue, uint32_t src, uint32_t dst)
{
    kro__order_wait(order, queue, kro__order_signal(order, queue, src), dst);
}

// A running topological sort: edges by their first node, how many edges each node still waits for,
// and the items that may run, as a heap with the smallest key on top.
typedef struct sort {
    uint32_t *first, *targets, *waiting;
    uint64_t *keys; // per item
    uint32_t *heap, heap_count;
} sort;

static bool sort_init(sort *in, const kro__order *order)
{
    uint32_t nodes = order->node_count;
    in->first = calloc(nodes + 2, sizeof *in->first);
    in->targets = calloc(order->edge_count + 1, sizeof *in->targets);
    in->waiting = calloc(nodes + 1, sizeof *in->waiting);
    in->keys = calloc(order->item_count + 1, sizeof *in->keys);
    in->heap = calloc(order->item_count + 1, sizeof *in->heap);
    if (!in->first || !in->targets || !in->waiting || !in->keys || !in->heap)
        return false;
    for (uint32_t e = 0; e < order->edge_count; e++) {
        in->first[order->edges[e][0] + 2]++;
        in->waiting[order->edges[e][1]]++;
    }
    for (uint32_t n = 0; n < nodes; n++)
        in->first[n + 2] += in->first[n + 1];
    for (uint32_t e = 0; e < order->edge_count; e++)
        in->targets[in->first[order->edges[e][0] + 1]++] = order->edges[e][1];
    return true;
}

static void sort_finish(sort *in)
{
    free(in->first);
    free(in->targets);
    free(in->waiting);
    free(in->keys);
    free(in->heap);
}

// Which items come before each node: `words` of bits for each.
static void close_over(sort *in, const kro__order *order, uint64_t *before, uint32_t words,
                       uint32_t *ready)
{
    uint32_t ready_count = 0;
    for (uint32_t n = 0; n < order->node_count; n++)
        if (in->waiting[n] == 0)
            ready[ready_count++] = n;
    for (uint32_t r = 0; r < ready_count; r++) {
        const uint32_t node = ready[r], item = order->nodes[node];
        for (uint32_t e = in->first[node]; e < in->first[node + 1]; e++) {
            const uint32_t target = in->targets[e];
            uint64_t *to = &before[(size_t)target * words];
            for (uint32_t w = 0; w < words; w++)
                to[w] |= before[(size_t)node * words + w];
            if (item != KRO__ORDER_NONE)
                to[item / 64] |= UINT64_C(1) << item % 64;
            if (--in->waiting[target] == 0)
                ready[ready_count++] = target;
        }
    }
}

bool kro__order_thin(kro__order *order, bool (*keep)(void *user, uint32_t before, uint32_t after),
                     void *user)
{
    const uint32_t words = order->item_count / 64 + 1;
    sort in = {0};
    kro__order thin;
    kro__order_init(&thin, 0);
    uint64_t *before = calloc((size_t)(order->node_count + 1) * words, sizeof *before);
    uint32_t *ready = calloc(order->node_count + 1, sizeof *ready);
    bool right = !order->failed && before && ready && sort_init(&in, order);
    if (!right)
        goto done;
    close_over(&in, order, before, words, ready);
    for (uint32_t i = 0; i < order->item_count; i++)
        add_node(&thin, i);
    for (uint32_t n = 0; n < order->node_count; n++) {
        const uint32_t after = order->nodes[n];
        for (uint32_t i = 0; after != KRO__ORDER_NONE && i < order->item_count; i++)
            if ((before[(size_t)n * words + i / 64] >> i % 64 & 1) && keep(user, i, after))
                add_edge(&thin, i, after);
    }
    right = !thin.failed;
    if (right) {
        const kro__order whole = *order;
        *order = thin;
        thin = whole;
        order->groups = thin.groups;
        order->item_count = thin.item_count;
        order->item_room = thin.item_room;
        thin.groups = NULL;
    }
done:
    sort_finish(&in);
    free(before);
    free(ready);
    kro__order_finish(&thin);
    return right;
}

static void heap_push(sort *in, uint32_t item)
{
    uint32_t at = in->heap_count++;
    for (; at && in->keys[in->heap[(at - 1) / 2]] > in->keys[item]; at = (at - 1) / 2)
        in->heap[at] = in->heap[(at - 1) / 2];
    in->heap[at] = item;
}

static uint32_t heap_pop(sort *in)
{
    uint32_t top = in->heap[0], item = in->heap[--in->heap_count], at = 0;
    for (uint32_t child = 1; child < in->heap_count; child = 2 * at + 1) {
        if (child + 1 < in->heap_count && in->keys[in->heap[child + 1]] < in->keys[in->heap[child]])
            child++;
        if (in->keys[in->heap[child]] >= in->keys[item])
            break;
        in->heap[at] = in->heap[child];
        at = child;
    }
    in->heap[at] = item;
    return top;
}

// A node has no more to wait for: an item may run, a dependency is met and passed on at once.
// `stack` holds dependencies that are yet to be passed on.
static void settle(sort *in, const kro__order *order, uint32_t node, uint32_t *stack)
{
    uint32_t depth = 0;
    stack[depth++] = node;
    while (depth) {
        node = stack[--depth];
        if (order->nodes[node] != KRO__ORDER_NONE) {
            heap_push(in, order->nodes[node]);
            continue;
        }
        for (uint32_t e = in->first[node]; e < in->first[node + 1]; e++)
            if (--in->waiting[in->targets[e]] == 0)
                stack[depth++] = in->targets[e];
    }
}

static void choose_keys(sort *in, const kro__order *order, kro__order_mode mode, uint64_t *random)
{
    uint64_t salt = kro__order_random(random);
    for (uint32_t i = 0; i < order->item_count; i++) {
        uint64_t of_group = salt ^ order->groups[i];
        switch (mode) {
        case KRO__ORDER_AS_GIVEN:
            in->keys[i] = i;
            break;
        case KRO__ORDER_UNIFORM:
            in->keys[i] = kro__order_random(random);
            break;
        case KRO__ORDER_GROUPS:
            in->keys[i] =
                kro__order_random(&of_group) >> 32 << 32 | kro__order_random(random) >> 32;
            break;
        case KRO__ORDER_NEWEST:
            in->keys[i] = UINT64_MAX - i;
            break;
        }
    }
}

bool kro__order_run(kro__order *order, kro__order_mode mode, uint64_t *random, uint32_t *out)
{
    sort in = {0};
    uint32_t *stack = calloc(order->node_count + 1, sizeof *stack);
    uint32_t *node_of = calloc(order->item_count + 1, sizeof *node_of);
    bool ok = !order->failed && stack && node_of && sort_init(&in, order);
    if (!ok)
        goto done;
    choose_keys(&in, order, mode, random);
    for (uint32_t n = 0; n < order->node_count; n++)
        if (order->nodes[n] != KRO__ORDER_NONE)
            node_of[order->nodes[n]] = n;
    uint32_t *sources = calloc(order->node_count + 1, sizeof *sources);
    ok = sources != NULL;
    uint32_t source_count = 0;
    for (uint32_t n = 0; ok && n < order->node_count; n++)
        if (in.waiting[n] == 0)
            sources[source_count++] = n;
    for (uint32_t i = 0; i < source_count; i++)
        settle(&in, order, sources[i], stack);
    free(sources);
    for (uint32_t written = 0; ok && in.heap_count; written++) {
        uint32_t item = heap_pop(&in), node = node_of[item];
        out[written] = item;
        for (uint32_t e = in.first[node]; e < in.first[node + 1]; e++)
            if (--in.waiting[in.targets[e]] == 0)
                settle(&in, order, in.targets[e], stack);
    }
done:
    sort_finish(&in);
    free(stack);
    free(node_of);
    return ok;
}
