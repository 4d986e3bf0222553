// A tree of ranges while it is a list: programs that carve a buffer into pieces use one after the
// other, and come round to the first again. Then the next range is found without a search. Pure.
//
// Nodes are linked by `right`; maxima and tags mean nothing.
#ifndef KRO_SRC_ROW_H
#define KRO_SRC_ROW_H

#include "intervals.h"

// The range of a row that [begin, end) lies in, if it is near the one used last or at the end; it
// becomes the cursor.
//
// Returns: 0 where it is not, or [begin, end) lies in several.
uint32_t kro__row_find(const kro__intervals *intervals, kro__interval_tree *row, uint64_t begin,
                       uint64_t end);

// Raises the marks of [begin, end).
//
// Returns: false, and nothing has changed, if that is neither a range found as above nor in the
// last one. Otherwise it has taken up to two nodes.
bool kro__row_add(kro__intervals *intervals, kro__interval_tree *row, uint64_t begin, uint64_t end,
                  uint64_t write, uint64_t read);

#endif
