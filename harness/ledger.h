// What the proxy driver saw while a case ran: when the case has released what it owns, every object
// that was made since is gone, and no rule of external synchronisation was broken.
#ifndef KT_LEDGER_H
#define KT_LEDGER_H

#include "test.h"

typedef struct kt_ledger {
    bool watching;                     // the proxy is loaded
    uint64_t live_objects, violations; // when the case began
} kt_ledger;

kt_ledger kt_ledger_begin(void);
// Fails the case for what it left behind.
void kt_ledger_end(const kt_ledger *ledger, kt_test *t);

#endif
