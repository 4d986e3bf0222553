#include "ledger.h"

#include <inttypes.h>
#include <string.h>

#include "os/library.h"
#include "running.h"

typedef const kronos_proxy_api *(*proxy_get)(void);

const kronos_proxy_api *kt_ledger_proxy(const char *path)
{
    kt_function function = path ? kt_loaded_function(path, "kronos_proxy_get") : NULL;
    return function ? ((proxy_get)function)() : NULL;
}

static void find_proxies(kt_test *t, const kronos_proxy_api *out[KT_LEDGER_PROXIES])
{
    out[0] = kt_ledger_proxy(kt_proxy_driver(t));
    out[1] = kt_ledger_proxy(kt_null_driver(t));
    out[2] = t->session->proxy != out[0] && t->session->proxy != out[1] ? t->session->proxy : NULL;
}

kt_ledger kt_ledger_begin(kt_test *t)
{
    const kronos_proxy_api *proxies[KT_LEDGER_PROXIES];
    kt_ledger ledger = {0};
    find_proxies(t, proxies);
    for (int i = 0; i < KT_LEDGER_PROXIES; i++) {
        if (!proxies[i])
            continue;
        proxies[i]->reset_counts();
        ledger.pages[i] = (kt_ledger_page){.proxy = proxies[i],
                                           .objects = proxies[i]->objects(NULL),
                                           .memory_bytes = proxies[i]->memory_bytes(),
                                           .mappings = proxies[i]->mappings()};
    }
    return ledger;
}

// The page of a proxy; an empty one where the case itself loaded it.
static kt_ledger_page page_of(const kt_ledger *ledger, const kronos_proxy_api *proxy)
{
    for (int i = 0; i < KT_LEDGER_PROXIES; i++)
        if (ledger->pages[i].proxy == proxy)
            return ledger->pages[i];
    return (kt_ledger_page){.proxy = proxy};
}

// A list of lines without the last line's end.
static const char *without_end(char *text)
{
    size_t length = strlen(text);
    if (length && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return text;
}

static void compare(kt_ledger_page before, kt_test *t)
{
    char text[4096];
    const kronos_proxy_api *proxy = before.proxy;
    const uint64_t objects = proxy->objects(NULL), violations = proxy->violations();
    const uint64_t memory_bytes = proxy->memory_bytes(), mappings = proxy->mappings();
    if (objects != before.objects) {
        (void)proxy->objects_text(text, sizeof text);
        kt_fail_check(t, KT_HERE,
                      "%" PRIu64 " Vulkan objects are left, where %" PRIu64 " were before:\n%s",
                      objects, before.objects, without_end(text));
    }
    if (memory_bytes != before.memory_bytes)
        kt_fail_check(t, KT_HERE,
                      "%" PRIu64 " bytes of device memory are left, where %" PRIu64 " were before",
                      memory_bytes, before.memory_bytes);
    if (mappings != before.mappings)
        kt_fail_check(t, KT_HERE,
                      "%" PRIu64 " mappings of device memory are left, where %" PRIu64
                      " were before",
                      mappings, before.mappings);
    if (violations) {
        (void)proxy->violations_text(text, sizeof text);
        kt_fail_check(t, KT_HERE, "%" PRIu64 " rules were broken:\n%s", violations,
                      without_end(text));
    }
    // What the case asked of the proxy ends with it; what the run asks for goes on.
    if (!proxy->configure(NULL, text, sizeof text))
        kt_fail_check(t, KT_HERE, "the proxy refuses what it was started with: %s", text);
}

void kt_ledger_end(const kt_ledger *ledger, kt_test *t)
{
    const kronos_proxy_api *proxies[KT_LEDGER_PROXIES];
    find_proxies(t, proxies);
    for (int i = 0; i < KT_LEDGER_PROXIES; i++)
        if (proxies[i])
            compare(page_of(ledger, proxies[i]), t);
}
