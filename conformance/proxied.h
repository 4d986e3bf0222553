// The run's driver seen through the proxy: the same device, watched, disturbed or reduced.
#ifndef CONFORMANCE_PROXIED_H
#define CONFORMANCE_PROXIED_H

#include "drivers/proxy/proxy.h"
#include "test.h"

// What the proxy offers to this process; NULL, and a failed case, where it cannot be opened. The
// case needs NEEDS_PROXIED.
const kronos_proxy_api *proxied_api(kt_test *t);

// Changes what the proxy does from now on, while contexts behind it are open, too. The case fails
// where it does not understand `spec`.
bool proxied_configure(kt_test *t, const char *spec);

// Names the run's device behind the proxy, which is configured with `spec`, in a context's config.
bool proxied_prepare(kt_test *t, const char *spec, kro_context_config *config);

// A context for this case on the run's device behind the proxy, which is configured with `spec`.
// `config` may be NULL; its driver and device are replaced.
kro_context *proxied_context(kt_test *t, const char *spec, const kro_context_config *config);

#endif
