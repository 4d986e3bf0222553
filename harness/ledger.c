#include "ledger.h"

#include <inttypes.h>
#include <string.h>

#include "drivers/proxy/proxy.h"
#include "os/library.h"
#include "running.h"

typedef const kronos_proxy_api *(*proxy_get)(void);

// The proxy's interface; NULL while it is not loaded.
static const kronos_proxy_api *find_proxy(kt_test *t)
{
    const char *path = kt_proxy_driver(t);
    kt_function function = path ? kt_loaded_function(path, "kronos_proxy_get") : NULL;
    return function ? ((proxy_get)function)() : NULL;
}

// A list of lines without the last line's end.
static const char *without_end(char *text)
{
    size_t length = strlen(text);
    if (length && text[length - 1] == '\n')
        text[length - 1] = '\0';
    return text;
}

kt_ledger kt_ledger_begin(kt_test *t)
{
    const kronos_proxy_api *proxy = find_proxy(t);
    if (!proxy)
        return (kt_ledger){0};
    proxy->reset_counts();
    return (kt_ledger){.objects = proxy->objects(NULL)};
}

void kt_ledger_end(const kt_ledger *ledger, kt_test *t)
{
    const kronos_proxy_api *proxy = find_proxy(t);
    if (!proxy)
        return;
    char text[4096];
    // A shared context keeps caches, so what it has at the end of a case is no leak.
    const uint64_t objects = proxy->objects(NULL);
    if (!ledger->objects && objects) {
        (void)proxy->objects_text(text, sizeof text);
        kt_fail_check(t, KT_HERE, "%" PRIu64 " Vulkan objects are left:\n%s", objects,
                      without_end(text));
    }
    const uint64_t violations = proxy->violations();
    if (violations) {
        (void)proxy->violations_text(text, sizeof text);
        kt_fail_check(t, KT_HERE, "%" PRIu64 " rules were broken:\n%s", violations,
                      without_end(text));
    }
}
