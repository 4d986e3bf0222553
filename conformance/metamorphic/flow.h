// The blocks of a module's functions.
#ifndef CONFORMANCE_METAMORPHIC_FLOW_H
#define CONFORMANCE_METAMORPHIC_FLOW_H

#include "metamorphic/module.h"

// Places: of the function's OpFunction and OpFunctionEnd around a place, and of the label of its
// first block.
size_t flow_function(const module *m, size_t place);
size_t flow_function_end(const module *m, size_t place);
size_t flow_entry(const module *m, size_t place);
// Of the block around a place, which stands behind its label: its label, and the instruction that
// ends it.
size_t flow_begin(const module *m, size_t place);
size_t flow_end(const module *m, size_t place);
uint32_t flow_label(const module *m, size_t place); // the label's id
// Where the block's instructions end: at its merge instruction, where it has one.
size_t flow_tail(const module *m, size_t place);

// Whether a block can end before a place, with what is behind it in another.
bool flow_can_split(const module *m, size_t place);
// Puts a new label before a place, which leads the second part of the block from then on; the first
// lacks its end, which is to be put before the label.
//
// Returns: the label.
uint32_t flow_split(module *m, size_t place);

// Whether any kind of instruction may be put before this one.
bool flow_is_inside(const module *m, const uint32_t *instruction);

enum { FLOW_BLOCKS = 1024, FLOW_WORDS = FLOW_BLOCKS / 64 };

typedef struct flow_block {
    uint32_t label;
    size_t begin, end;               // places of its label, and behind its last instruction
    uint64_t dominators[FLOW_WORDS]; // a bit for each block
    bool reachable;
} flow_block;

typedef struct flow {
    flow_block *blocks; // of one function, in order
    size_t count;
} flow;

// Blocks and dominators of the function around a place; no blocks where it has too many.
flow flow_init(const module *m, size_t place);
void flow_finish(flow *f);
// The block with a label; f->count: none.
size_t flow_find(const flow *f, uint32_t label);
bool flow_dominates(const flow *f, size_t dominator, size_t block);
// Calls `visit` with each word of the instruction that ends a block in which a label stands.
void flow_successors(uint32_t *end, void (*visit)(void *user, uint32_t *label), void *user);

#endif
