// What a process that dies in a schedule says last: which schedule it was.
#ifndef KS_LAST_WORDS_H
#define KS_LAST_WORDS_H

#include "turn.h"

void ks_last_words_begin(const ks_turn *turn);
// Each further thread: it may die of having used up its stack.
void ks_last_words_join(void);
void ks_last_words_leave(void);
void ks_last_words_end(void);

#endif
