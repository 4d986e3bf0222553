// What the proxy driver saw while a case ran: once the case has released what it owns, the Vulkan
// objects, the device memory and the mappings are what they were before, and no rule was broken.
//
// A shared context keeps caches, so nothing could be said of a run whose own device is behind the
// proxy; there each case opens it anew, and it is gone before the case is judged.
#ifndef KT_LEDGER_H
#define KT_LEDGER_H

#include "drivers/proxy/proxy.h"
#include "test.h"

// The proxies that this process has loaded: that of this build, which cases open, what cases open
// as the null driver (KRONOS_DRIVER_FOLDER may name a folder where that is one), and the driver of
// the run's device.
enum { KT_LEDGER_PROXIES = 3 };

typedef struct kt_ledger_page {
    const kronos_proxy_api *proxy;
    uint64_t objects, memory_bytes, mappings; // when the case began
} kt_ledger_page;

typedef struct kt_ledger {
    kt_ledger_page pages[KT_LEDGER_PROXIES];
} kt_ledger;

// The proxy that the driver library at `path` is; NULL for another one, or where it is not loaded.
const kronos_proxy_api *kt_ledger_proxy(const char *path);

// No shared context is open behind a proxy.
kt_ledger kt_ledger_begin(kt_test *t);
// Fails the case for what it left behind or broke. The same holds.
void kt_ledger_end(const kt_ledger *ledger, kt_test *t);

#endif
