// What buffers hold before a batch that is checked, and what they must hold after it: by formulas
// that look at each word once, however often the batch has worked on it.
#ifndef KP_CONTENTS_H
#define KP_CONTENTS_H

#include "batch.h"
#include "text.h"

// Words of a buffer from `first` on, before the batch.
void kp_contents_fill(const kp_batch *batch, uint32_t buffer, uint64_t first, uint32_t *words,
                      uint32_t count);

// What a data set has been through.
typedef struct kp_history {
    uint32_t runs; // that changed y
    bool ran[KP_ALGORITHM_COUNT];
    uint32_t runs_before[KP_ALGORITHM_COUNT]; // that had changed y when it ran last
} kp_history;

// Takes a buffer's words in their order, in pieces of whole ranges where it is a ring.
typedef struct kp_checker {
    const kp_batch *batch;
    uint32_t buffer;
    uint64_t next; // word
    kp_history history;
    uint32_t sum;     // of y before the next word
    double row_sum;   // of the product, weighted
    double *weighted; // a row of y each, weighted
} kp_checker;

void kp_checker_init(kp_checker *checker, const kp_batch *batch, uint32_t buffer);
void kp_checker_finish(kp_checker *checker);

// Returns: false with a sentence in `problem` where a word is not what the batch makes of it.
bool kp_checker_take(kp_checker *checker, const uint32_t *words, uint32_t count, kt_text *problem);

#endif
