#include "hazards.h"

#include <stdlib.h>
#include <string.h>

// A range [begin, begin of the next node) of one buffer. Nodes of a buffer cover [0, KRO__WHOLE)
// without gaps. `write_tag` and `read_tag` are raises that the children have not seen yet.
struct kro__range_node {
    uint64_t begin;
    uint64_t write, read;
    uint64_t write_max, read_max; // over the subtree
    uint64_t write_tag, read_tag;
    uint32_t left, right; // 0: none; node 0 is never used
    uint32_t priority;
};

enum { FIRST_SLOTS = 64, FIRST_NODES = 64, NODES_PER_ACCESS = 3 };

static uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void kro__accesses_init(kro__accesses *accesses)
{
    *accesses = (kro__accesses){.random = 0x9e3779b97f4a7c15u};
}

void kro__accesses_finish(kro__accesses *accesses)
{
    free(accesses->slots);
    free(accesses->nodes);
    kro__accesses_init(accesses);
}

void kro__accesses_clear(kro__accesses *accesses)
{
    if (accesses->count > 0)
        memset(accesses->slots, 0, accesses->capacity * sizeof *accesses->slots);
    accesses->count = 0;
    accesses->everything = 0;
    accesses->highest = 0;
    accesses->node_count = 0;
    accesses->free_node = 0;
}

// ---- the treap of one buffer

static uint32_t node_create(kro__accesses *accesses, uint64_t begin, uint64_t write, uint64_t read)
{
    uint32_t index = accesses->free_node;
    if (index)
        accesses->free_node = accesses->nodes[index].left;
    else
        index = ++accesses->node_count;
    accesses->random ^= accesses->random << 13;
    accesses->random ^= accesses->random >> 7;
    accesses->random ^= accesses->random << 17;
    accesses->nodes[index] = (kro__range_node){
        .begin = begin,
        .write = write,
        .read = read,
        .write_max = write,
        .read_max = read,
        .priority = (uint32_t)(accesses->random >> 32),
    };
    return index;
}

// Frees a subtree. The right spine becomes the loop, so the stack stays as deep as the treap.
static void tree_destroy(kro__accesses *accesses, uint32_t root)
{
    while (root) {
        kro__range_node *node = &accesses->nodes[root];
        uint32_t right = node->right;
        tree_destroy(accesses, node->left);
        node->left = accesses->free_node;
        accesses->free_node = root;
        root = right;
    }
}

static void tree_raise(kro__accesses *accesses, uint32_t root, uint64_t write, uint64_t read)
{
    if (!root)
        return;
    kro__range_node *node = &accesses->nodes[root];
    node->write = max_u64(node->write, write);
    node->read = max_u64(node->read, read);
    node->write_max = max_u64(node->write_max, write);
    node->read_max = max_u64(node->read_max, read);
    node->write_tag = max_u64(node->write_tag, write);
    node->read_tag = max_u64(node->read_tag, read);
}

static void push_down(kro__accesses *accesses, uint32_t root)
{
    kro__range_node *node = &accesses->nodes[root];
    if (!(node->write_tag | node->read_tag))
        return;
    tree_raise(accesses, node->left, node->write_tag, node->read_tag);
    tree_raise(accesses, node->right, node->write_tag, node->read_tag);
    node->write_tag = 0;
    node->read_tag = 0;
}

static void pull_up(kro__accesses *accesses, uint32_t root)
{
    kro__range_node *node = &accesses->nodes[root];
    const kro__range_node *left = &accesses->nodes[node->left];
    const kro__range_node *right = &accesses->nodes[node->right];
    node->write_max = node->write;
    node->read_max = node->read;
    if (node->left) {
        node->write_max = max_u64(node->write_max, left->write_max);
        node->read_max = max_u64(node->read_max, left->read_max);
    }
    if (node->right) {
        node->write_max = max_u64(node->write_max, right->write_max);
        node->read_max = max_u64(node->read_max, right->read_max);
    }
}

// Splits into nodes that begin before `begin` and the rest.
static void tree_split(kro__accesses *accesses, uint32_t root, uint64_t begin, uint32_t *before,
                       uint32_t *rest)
{
    if (!root) {
        *before = 0;
        *rest = 0;
        return;
    }
    push_down(accesses, root);
    kro__range_node *node = &accesses->nodes[root];
    if (node->begin < begin) {
        tree_split(accesses, node->right, begin, &node->right, rest);
        *before = root;
    } else {
        tree_split(accesses, node->left, begin, before, &node->left);
        *rest = root;
    }
    pull_up(accesses, root);
}

static uint32_t tree_merge(kro__accesses *accesses, uint32_t before, uint32_t rest)
{
    if (!before || !rest)
        return before ? before : rest;
    if (accesses->nodes[before].priority > accesses->nodes[rest].priority) {
        push_down(accesses, before);
        uint32_t right = tree_merge(accesses, accesses->nodes[before].right, rest);
        accesses->nodes[before].right = right;
        pull_up(accesses, before);
        return before;
    }
    push_down(accesses, rest);
    uint32_t left = tree_merge(accesses, before, accesses->nodes[rest].left);
    accesses->nodes[rest].left = left;
    pull_up(accesses, rest);
    return rest;
}

// Splits so that a range begins exactly at `begin`. The tree has a node at 0, so `before` is never
// empty when begin > 0.
static void tree_cut(kro__accesses *accesses, uint32_t root, uint64_t begin, uint32_t *before,
                     uint32_t *rest)
{
    tree_split(accesses, root, begin, before, rest);
    if (begin == 0 || begin == KRO__WHOLE)
        return;
    uint32_t first = *rest;
    while (first && accesses->nodes[first].left)
        first = accesses->nodes[first].left;
    if (first && accesses->nodes[first].begin == begin)
        return;
    // The last node before `begin` reaches across it: its second half becomes a node.
    uint32_t last = *before;
    while (accesses->nodes[last].right) {
        push_down(accesses, last);
        last = accesses->nodes[last].right;
    }
    const kro__range_node *across = &accesses->nodes[last];
    uint32_t half = node_create(accesses, begin, across->write, across->read);
    *rest = tree_merge(accesses, half, *rest);
}

static uint64_t conflict_of(uint64_t write, uint64_t read, bool writes)
{
    return writes ? max_u64(write, read) : write;
}

// The highest mark in [begin, end) of a subtree whose ranges lie in [low, high).
static uint64_t tree_conflict(const kro__accesses *accesses, uint32_t root, uint64_t begin,
                              uint64_t end, uint64_t low, uint64_t high, bool writes)
{
    if (!root || begin >= high || end <= low)
        return 0;
    const kro__range_node *node = &accesses->nodes[root];
    if (begin <= low && high <= end)
        return conflict_of(node->write_max, node->read_max, writes);
    uint64_t tags = conflict_of(node->write_tag, node->read_tag, writes);
    uint64_t next = high; // where this node's own range ends: at the first node to its right
    for (uint32_t right = node->right; right; right = accesses->nodes[right].left)
        next = accesses->nodes[right].begin;
    uint64_t conflict = 0;
    if (begin < next && end > node->begin)
        conflict = conflict_of(node->write, node->read, writes);
    uint64_t left = tree_conflict(accesses, node->left, begin, end, low, node->begin, writes);
    uint64_t right = tree_conflict(accesses, node->right, begin, end, next, high, writes);
    if ((node->left && begin < node->begin && end > low) || (node->right && end > next))
        conflict = max_u64(conflict, tags);
    return max_u64(conflict, max_u64(left, right));
}

static uint32_t tree_add(kro__accesses *accesses, uint32_t root, const kro__access *access,
                         uint64_t mark)
{
    uint32_t before, inside, after;
    tree_cut(accesses, root, access->begin_bytes, &before, &inside);
    tree_cut(accesses, inside, access->end_bytes, &inside, &after);
    const kro__range_node *covered = &accesses->nodes[inside];
    uint64_t write = access->writes ? mark : 0;
    uint64_t read = access->reads ? mark : 0;
    if (write >= covered->write_max && write >= covered->read_max) {
        // Everything earlier is covered by this write: one range replaces them all.
        uint64_t begin = access->begin_bytes;
        tree_destroy(accesses, inside);
        inside = node_create(accesses, begin, write, read);
    } else {
        tree_raise(accesses, inside, write, read);
    }
    return tree_merge(accesses, tree_merge(accesses, before, inside), after);
}

// ---- the table of buffers

static kro__tracked_buffer *find_slot(const kro__accesses *accesses, uint64_t buffer_id)
{
    // Ids count up, so their low bits spread them without a hash.
    uint32_t mask = accesses->capacity - 1;
    uint32_t index = (uint32_t)buffer_id & mask;
    while (accesses->slots[index].buffer_id && accesses->slots[index].buffer_id != buffer_id)
        index = (index + 1) & mask;
    return &accesses->slots[index];
}

static bool grow_slots(kro__accesses *accesses)
{
    kro__accesses larger = *accesses;
    larger.capacity = accesses->capacity ? accesses->capacity * 2 : FIRST_SLOTS;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (uint32_t i = 0; i < accesses->capacity; i++)
        if (accesses->slots[i].buffer_id)
            *find_slot(&larger, accesses->slots[i].buffer_id) = accesses->slots[i];
    free(accesses->slots);
    *accesses = larger;
    return true;
}

static bool grow_nodes(kro__accesses *accesses, uint32_t needed)
{
    uint32_t capacity = accesses->node_capacity ? accesses->node_capacity : FIRST_NODES;
    while (capacity < needed)
        capacity *= 2;
    kro__range_node *nodes = realloc(accesses->nodes, capacity * sizeof *nodes);
    if (!nodes)
        return false;
    accesses->nodes = nodes;
    accesses->node_capacity = capacity;
    return true;
}

bool kro__accesses_reserve(kro__accesses *accesses, uint32_t count)
{
    // At most three quarters full, so that look-ups stay short.
    while ((accesses->count + count) * 4 > accesses->capacity * 3)
        if (!grow_slots(accesses))
            return false;
    uint32_t nodes = accesses->node_count + count * NODES_PER_ACCESS + 1;
    return nodes <= accesses->node_capacity || grow_nodes(accesses, nodes);
}

void kro__accesses_remove(kro__accesses *accesses, uint64_t buffer_id)
{
    if (accesses->capacity == 0)
        return;
    kro__tracked_buffer *slot = find_slot(accesses, buffer_id);
    if (!slot->buffer_id)
        return;
    tree_destroy(accesses, slot->root);
    uint32_t mask = accesses->capacity - 1;
    uint32_t hole = (uint32_t)(slot - accesses->slots);
    // Later slots of the same run move up, so that look-ups still find them.
    for (uint32_t i = (hole + 1) & mask; accesses->slots[i].buffer_id; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)accesses->slots[i].buffer_id & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            accesses->slots[hole] = accesses->slots[i];
            hole = i;
        }
    }
    accesses->slots[hole] = (kro__tracked_buffer){0};
    accesses->count--;
}

uint64_t kro__accesses_conflict(kro__accesses *accesses, const kro__access *access)
{
    uint64_t conflict = accesses->everything;
    if (accesses->count == 0 || access->begin_bytes >= access->end_bytes)
        return conflict;
    const kro__tracked_buffer *slot = find_slot(accesses, access->buffer_id);
    if (!slot->buffer_id)
        return conflict;
    uint64_t own = slot->root ? tree_conflict(accesses, slot->root, access->begin_bytes,
                                              access->end_bytes, 0, KRO__WHOLE, access->writes)
                              : conflict_of(slot->write, slot->read, access->writes);
    return max_u64(conflict, own);
}

bool kro__accesses_add(kro__accesses *accesses, const kro__access *access, uint64_t mark)
{
    kro__tracked_buffer *slot = find_slot(accesses, access->buffer_id);
    bool is_new = slot->buffer_id == 0;
    if (is_new) {
        slot->buffer_id = access->buffer_id;
        accesses->count++;
    }
    if (access->begin_bytes >= access->end_bytes || !(access->reads || access->writes))
        return is_new;
    accesses->highest = max_u64(accesses->highest, mark);
    bool whole = access->begin_bytes == 0 && access->end_bytes == KRO__WHOLE;
    if (whole && !slot->root) {
        if (access->writes)
            slot->write = max_u64(slot->write, mark);
        if (access->reads)
            slot->read = max_u64(slot->read, mark);
        return is_new;
    }
    if (!slot->root)
        slot->root = node_create(accesses, 0, slot->write, slot->read);
    slot->root = tree_add(accesses, slot->root, access, mark);
    const kro__range_node *root = &accesses->nodes[slot->root];
    if (!root->left && !root->right) { // back to one range: the short way again
        slot->write = root->write;
        slot->read = root->read;
        tree_destroy(accesses, slot->root);
        slot->root = 0;
    }
    return is_new;
}

void kro__accesses_add_everything(kro__accesses *accesses, uint64_t mark)
{
    accesses->everything = max_u64(accesses->everything, mark);
    accesses->highest = max_u64(accesses->highest, mark);
}

// ---- the map as a whole

typedef struct visitor {
    kro__access_visit visit;
    void *user;
    kro__access access; // the range visited last, until its end is known
    uint64_t mark;
    bool stopped;
} visitor;

static void visit_range(visitor *v, uint64_t begin, uint64_t write, uint64_t read)
{
    if (!v->stopped && v->access.begin_bytes < begin && (v->access.reads || v->access.writes)) {
        v->access.end_bytes = begin;
        v->stopped = !v->visit(v->user, &v->access, v->mark);
    }
    v->access.begin_bytes = begin;
    v->access.reads = read > 0;
    v->access.writes = write > 0;
    v->mark = max_u64(write, read);
}

static void visit_tree(kro__accesses *accesses, uint32_t root, visitor *v)
{
    for (; root && !v->stopped; root = accesses->nodes[root].right) {
        push_down(accesses, root);
        visit_tree(accesses, accesses->nodes[root].left, v);
        const kro__range_node *node = &accesses->nodes[root];
        visit_range(v, node->begin, node->write, node->read);
    }
}

bool kro__accesses_each(kro__accesses *accesses, kro__access_visit visit, void *user)
{
    visitor v = {.visit = visit, .user = user};
    for (uint32_t i = 0; i < accesses->capacity && !v.stopped; i++) {
        const kro__tracked_buffer *slot = &accesses->slots[i];
        if (!slot->buffer_id)
            continue;
        v.access = (kro__access){.buffer_id = slot->buffer_id};
        if (slot->root)
            visit_tree(accesses, slot->root, &v);
        else
            visit_range(&v, 0, slot->write, slot->read);
        visit_range(&v, KRO__WHOLE, 0, 0);
    }
    return !v.stopped;
}

typedef struct overlap_search {
    kro__accesses *earlier;
    uint64_t retired;
} overlap_search;

static bool no_conflict(void *user, const kro__access *access, uint64_t mark)
{
    (void)mark;
    const overlap_search *search = user;
    return kro__accesses_conflict(search->earlier, access) <= search->retired;
}

bool kro__accesses_overlap(kro__accesses *earlier, uint64_t retired, kro__accesses *later)
{
    if (earlier->highest <= retired)
        return false;
    if (later->everything || earlier->everything > retired)
        return later->highest > 0;
    overlap_search search = {.earlier = earlier, .retired = retired};
    return !kro__accesses_each(later, no_conflict, &search);
}

typedef struct merge_target {
    kro__accesses *into;
    uint64_t mark;
} merge_target;

static bool merge_one(void *user, const kro__access *access, uint64_t mark)
{
    (void)mark;
    const merge_target *target = user;
    if (!kro__accesses_reserve(target->into, 1))
        return false;
    kro__accesses_add(target->into, access, target->mark);
    return true;
}

bool kro__accesses_merge(kro__accesses *into, kro__accesses *from, uint64_t mark)
{
    merge_target target = {.into = into, .mark = mark};
    if (from->everything)
        kro__accesses_add_everything(into, mark);
    return kro__accesses_each(from, merge_one, &target);
}
