// What the proxy driver saw while a case ran: once the case has released what it owns, every object
// that it made is gone, and no rule was broken.
#ifndef KT_LEDGER_H
#define KT_LEDGER_H

#include "test.h"

typedef struct kt_ledger {
    uint64_t objects; // alive when the case began: those of a shared context on the proxy
} kt_ledger;

kt_ledger kt_ledger_begin(kt_test *t);
// Fails the case for what it left behind or broke.
void kt_ledger_end(const kt_ledger *ledger, kt_test *t);

#endif
