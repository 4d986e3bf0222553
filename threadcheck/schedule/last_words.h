// What a process that dies in a schedule says last: which schedule it was.
#ifndef KS_LAST_WORDS_H
#define KS_LAST_WORDS_H

#include "turn.h"

void ks_last_words_begin(const ks_turn *turn);
void ks_last_words_end(void);

#endif
