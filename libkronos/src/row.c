#include "row.h"

// The range used last, a gap, and the next one; or, to come round, what is left behind the last
// range, what is left before the first, and that.
enum { LOOKS = 4 };

static uint64_t end_of(const kro__intervals *intervals, const kro__interval *node)
{
    return node->right ? intervals->nodes[node->right].begin : UINT64_MAX;
}

uint32_t kro__row_find(const kro__intervals *intervals, kro__interval_tree *row, uint64_t begin,
                       uint64_t end)
{
    uint32_t at = row->cursor;
    for (int look = 0; look < LOOKS; look++) {
        const kro__interval *node = &intervals->nodes[at];
        if (node->begin <= begin && end <= end_of(intervals, node))
            return row->cursor = at;
        at = node->right ? node->right : row->root;
    }
    return intervals->nodes[row->last].begin <= begin ? (row->cursor = row->last) : 0;
}

// Cuts the last range in two. Returns the second, which begins at `begin` and has the same marks.
static uint32_t cut_last(kro__intervals *intervals, kro__interval_tree *row, uint64_t begin)
{
    const kro__interval *last = &intervals->nodes[row->last];
    uint32_t rest = kro__intervals_take(intervals, begin, last->write, last->read);
    intervals->nodes[row->last].right = rest;
    row->last = rest;
    return rest;
}

bool kro__row_add(kro__intervals *intervals, kro__interval_tree *row, uint64_t begin, uint64_t end,
                  uint64_t write, uint64_t read)
{
    uint32_t at = kro__row_find(intervals, row, begin, end);
    if (!at)
        return false;
    if (at == row->last) {
        if (intervals->nodes[at].begin < begin)
            at = cut_last(intervals, row, begin);
        if (end < UINT64_MAX)
            cut_last(intervals, row, end);
        row->cursor = at;
    } else if (intervals->nodes[at].begin != begin ||
               end_of(intervals, &intervals->nodes[at]) != end) {
        return false;
    }
    kro__interval *node = &intervals->nodes[at];
    node->write = kro__max_u64(node->write, write);
    node->read = kro__max_u64(node->read, read);
    return true;
}
