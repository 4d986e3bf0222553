#include "intervals.h"

#include <stdlib.h>

#include "grow.h"
#include "row.h"

// An add cuts at both ends and may replace what lies between by one node.
enum { NODES_PER_ADD = 3 };

void kro__intervals_init(kro__intervals *intervals)
{
    *intervals = (kro__intervals){.random = 0x9e3779b97f4a7c15u};
}

void kro__intervals_finish(kro__intervals *intervals)
{
    free(intervals->nodes);
    kro__intervals_init(intervals);
}

void kro__intervals_clear(kro__intervals *intervals)
{
    intervals->count = 0;
    intervals->free_node = 0;
}

bool kro__intervals_reserve(kro__intervals *intervals, uint32_t count)
{
    return kro__grow(&intervals->nodes, &intervals->capacity,
                     intervals->count + count * NODES_PER_ADD + 1, sizeof *intervals->nodes);
}

uint32_t kro__intervals_take(kro__intervals *intervals, uint64_t begin, uint64_t write,
                             uint64_t read)
{
    uint32_t index = intervals->free_node;
    if (index)
        intervals->free_node = intervals->nodes[index].left;
    else
        index = ++intervals->count;
    intervals->random ^= intervals->random << 13;
    intervals->random ^= intervals->random >> 7;
    intervals->random ^= intervals->random << 17;
    intervals->nodes[index] = (kro__interval){
        .begin = begin,
        .write = write,
        .read = read,
        .write_max = write,
        .read_max = read,
        .priority = (uint32_t)(intervals->random >> 32),
    };
    return index;
}

// Frees a subtree. The right spine becomes the loop, so the stack stays as deep as the treap.
void kro__intervals_destroy(kro__intervals *intervals, uint32_t root)
{
    while (root) {
        kro__interval *node = &intervals->nodes[root];
        uint32_t right = node->right;
        kro__intervals_destroy(intervals, node->left);
        node->left = intervals->free_node;
        intervals->free_node = root;
        root = right;
    }
}

static void tree_raise(kro__intervals *intervals, uint32_t root, uint64_t write, uint64_t read)
{
    if (!root)
        return;
    kro__interval *node = &intervals->nodes[root];
    node->write = kro__max_u64(node->write, write);
    node->read = kro__max_u64(node->read, read);
    node->write_max = kro__max_u64(node->write_max, write);
    node->read_max = kro__max_u64(node->read_max, read);
    node->write_tag = kro__max_u64(node->write_tag, write);
    node->read_tag = kro__max_u64(node->read_tag, read);
}

static void push_down(kro__intervals *intervals, uint32_t root)
{
    kro__interval *node = &intervals->nodes[root];
    if (!(node->write_tag | node->read_tag))
        return;
    tree_raise(intervals, node->left, node->write_tag, node->read_tag);
    tree_raise(intervals, node->right, node->write_tag, node->read_tag);
    node->write_tag = 0;
    node->read_tag = 0;
}

static void pull_up(kro__intervals *intervals, uint32_t root)
{
    kro__interval *node = &intervals->nodes[root];
    const kro__interval *left = &intervals->nodes[node->left];
    const kro__interval *right = &intervals->nodes[node->right];
    node->write_max = node->write;
    node->read_max = node->read;
    if (node->left) {
        node->write_max = kro__max_u64(node->write_max, left->write_max);
        node->read_max = kro__max_u64(node->read_max, left->read_max);
    }
    if (node->right) {
        node->write_max = kro__max_u64(node->write_max, right->write_max);
        node->read_max = kro__max_u64(node->read_max, right->read_max);
    }
}

// Splits into nodes that begin before `begin` and the rest.
static void tree_split(kro__intervals *intervals, uint32_t root, uint64_t begin, uint32_t *before,
                       uint32_t *rest)
{
    if (!root) {
        *before = 0;
        *rest = 0;
        return;
    }
    push_down(intervals, root);
    kro__interval *node = &intervals->nodes[root];
    if (node->begin < begin) {
        tree_split(intervals, node->right, begin, &node->right, rest);
        *before = root;
    } else {
        tree_split(intervals, node->left, begin, before, &node->left);
        *rest = root;
    }
    pull_up(intervals, root);
}

static uint32_t tree_merge(kro__intervals *intervals, uint32_t before, uint32_t rest)
{
    if (!before || !rest)
        return before ? before : rest;
    if (intervals->nodes[before].priority > intervals->nodes[rest].priority) {
        push_down(intervals, before);
        uint32_t right = tree_merge(intervals, intervals->nodes[before].right, rest);
        intervals->nodes[before].right = right;
        pull_up(intervals, before);
        return before;
    }
    push_down(intervals, rest);
    uint32_t left = tree_merge(intervals, before, intervals->nodes[rest].left);
    intervals->nodes[rest].left = left;
    pull_up(intervals, rest);
    return rest;
}

// The last range that begins before `end`, with all raises that it has to see. The tree has a range
// at 0, so there is one when end > 0. `*exact` says whether another begins right at `end`.
static uint32_t find_before(kro__intervals *intervals, uint32_t root, uint64_t end, bool *exact)
{
    uint32_t before = 0;
    *exact = false;
    while (root) {
        push_down(intervals, root);
        const kro__interval *node = &intervals->nodes[root];
        if (node->begin < end) {
            before = root;
            root = node->right;
        } else {
            *exact |= node->begin == end;
            root = node->left;
        }
    }
    return before;
}

// Raises what a subtree is known to hold at most.
static void raise_max(kro__interval *node, uint64_t write, uint64_t read)
{
    node->write_max = kro__max_u64(node->write_max, write);
    node->read_max = kro__max_u64(node->read_max, read);
}

// Cuts the range `across` in two, the second of which begins at `begin`. Returns the new root.
static uint32_t tree_insert(kro__intervals *intervals, uint32_t root, uint32_t across,
                            uint64_t begin)
{
    uint64_t write = intervals->nodes[across].write, read = intervals->nodes[across].read;
    uint32_t half = kro__intervals_take(intervals, begin, write, read);
    kro__interval *node = &intervals->nodes[half];
    // find_before has left no raises on this way.
    uint32_t *link = &root;
    while (*link && intervals->nodes[*link].priority > node->priority) {
        kro__interval *above = &intervals->nodes[*link];
        raise_max(above, write, read);
        link = above->begin < begin ? &above->right : &above->left;
    }
    tree_split(intervals, *link, begin, &node->left, &node->right);
    pull_up(intervals, half);
    *link = half;
    return root;
}

// Raises the marks of the one range that begins at `begin`. Raises on the way down to it may wait:
// whatever comes later, the highest mark counts.
static void raise_one(kro__intervals *intervals, uint32_t root, uint64_t begin, uint64_t write,
                      uint64_t read)
{
    kro__interval *node = &intervals->nodes[root];
    while (node->begin != begin) {
        raise_max(node, write, read);
        node = &intervals->nodes[node->begin < begin ? node->right : node->left];
    }
    raise_max(node, write, read);
    node->write = kro__max_u64(node->write, write);
    node->read = kro__max_u64(node->read, read);
}

static uint64_t conflict_of(uint64_t write, uint64_t read, bool writes)
{
    return writes ? kro__max_u64(write, read) : write;
}

// The highest mark in [begin, end) of a subtree whose ranges lie in [low, high).
static uint64_t tree_conflict(const kro__intervals *intervals, uint32_t root, uint64_t begin,
                              uint64_t end, uint64_t low, uint64_t high, bool writes)
{
    if (!root || begin >= high || end <= low)
        return 0;
    const kro__interval *node = &intervals->nodes[root];
    if (begin <= low && high <= end)
        return conflict_of(node->write_max, node->read_max, writes);
    uint64_t tags = conflict_of(node->write_tag, node->read_tag, writes);
    uint64_t next = high; // where this node's own range ends: at the first node to its right
    for (uint32_t right = node->right; right; right = intervals->nodes[right].left)
        next = intervals->nodes[right].begin;
    uint64_t conflict = 0;
    if (begin < next && end > node->begin)
        conflict = conflict_of(node->write, node->read, writes);
    uint64_t left = tree_conflict(intervals, node->left, begin, end, low, node->begin, writes);
    uint64_t right = tree_conflict(intervals, node->right, begin, end, next, high, writes);
    if ((node->left && begin < node->begin && end > low) || (node->right && end > next))
        conflict = kro__max_u64(conflict, tags);
    return kro__max_u64(conflict, kro__max_u64(left, right));
}

// Makes a row a treap.
static void leave_row(kro__intervals *intervals, kro__interval_tree *tree)
{
    uint32_t root = 0;
    for (uint32_t at = tree->root, next; at; at = next) {
        next = intervals->nodes[at].right;
        intervals->nodes[at].right = 0;
        pull_up(intervals, at);
        root = tree_merge(intervals, root, at);
    }
    *tree = (kro__interval_tree){.root = root};
}

uint64_t kro__intervals_conflict(kro__intervals *intervals, kro__interval_tree *tree,
                                 uint64_t begin, uint64_t end, bool writes)
{
    if (tree->last) {
        uint32_t found = kro__row_find(intervals, tree, begin, end);
        if (found)
            return conflict_of(intervals->nodes[found].write, intervals->nodes[found].read, writes);
        leave_row(intervals, tree);
    }
    // Down to the range that `begin` lies in, and past the one after it.
    uint64_t raised = 0, conflict = 0, next = UINT64_MAX;
    for (uint32_t at = tree->root; at;) {
        const kro__interval *node = &intervals->nodes[at];
        if (node->begin <= begin) {
            conflict = kro__max_u64(raised, conflict_of(node->write, node->read, writes));
            at = node->right;
        } else {
            next = node->begin;
            at = node->left;
        }
        raised = kro__max_u64(raised, conflict_of(node->write_tag, node->read_tag, writes));
    }
    return end <= next ? conflict
                       : tree_conflict(intervals, tree->root, begin, end, 0, UINT64_MAX, writes);
}

// kro__intervals_add to a treap. Returns the new root.
static uint32_t tree_add(kro__intervals *intervals, uint32_t root, uint64_t begin, uint64_t end,
                         uint64_t write, uint64_t read)
{
    bool exact;
    uint32_t last = begin > 0 ? find_before(intervals, root, begin, &exact) : 0;
    if (last && !exact)
        root = tree_insert(intervals, root, last, begin);
    last = find_before(intervals, root, end, &exact);
    if (end < UINT64_MAX && !exact)
        root = tree_insert(intervals, root, last, end);
    // Nearly always: what is used in pieces is used in the same pieces, or in new ones in order.
    if (intervals->nodes[last].begin == begin) {
        raise_one(intervals, root, begin, write, read);
        return root;
    }
    uint32_t before, inside, after;
    tree_split(intervals, root, begin, &before, &inside);
    tree_split(intervals, inside, end, &inside, &after);
    const kro__interval *covered = &intervals->nodes[inside];
    if (write >= covered->write_max && write >= covered->read_max) {
        // Everything earlier is covered by this write: one range replaces them all.
        kro__intervals_destroy(intervals, inside);
        inside = kro__intervals_take(intervals, begin, write, read);
    } else {
        tree_raise(intervals, inside, write, read);
    }
    return tree_merge(intervals, tree_merge(intervals, before, inside), after);
}

void kro__intervals_add(kro__intervals *intervals, kro__interval_tree *tree, uint64_t begin,
                        uint64_t end, uint64_t write, uint64_t read)
{
    if (tree->last && kro__row_add(intervals, tree, begin, end, write, read))
        return;
    if (tree->last)
        leave_row(intervals, tree);
    tree->root = tree_add(intervals, tree->root, begin, end, write, read);
}

kro__interval_tree kro__intervals_create(kro__intervals *intervals, uint64_t write, uint64_t read)
{
    uint32_t node = kro__intervals_take(intervals, 0, write, read);
    return (kro__interval_tree){.root = node, .last = node, .cursor = node};
}

bool kro__intervals_is_single(const kro__intervals *intervals, uint32_t root, uint64_t *write,
                              uint64_t *read)
{
    const kro__interval *node = &intervals->nodes[root];
    *write = node->write;
    *read = node->read;
    return !node->left && !node->right;
}

void kro__intervals_each(kro__intervals *intervals, uint32_t root, kro__interval_visit visit,
                         void *user)
{
    for (; root; root = intervals->nodes[root].right) {
        push_down(intervals, root);
        kro__intervals_each(intervals, intervals->nodes[root].left, visit, user);
        const kro__interval *node = &intervals->nodes[root];
        visit(user, node->begin, node->write, node->read);
    }
}
