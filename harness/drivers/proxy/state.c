#include "state.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture.h"
#include "driver.h"
#include "external.h"
#include "ledger.h"
#include "leftovers.h"
#include "plant.h"
#include "refuse.h"
#include "report.h"
#include "tally.h"

kro__table *kro__objects;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static kro__spec spec; // under the mutex
static enum { NOT_YET, BY_ENVIRONMENT, BY_PROGRAM } configured;
static bool ready;

static bool read_environment(char *message, size_t message_bytes)
{
    char path[KRO__DRIVER_PATH];
    if (!kro__driver_named(path)) {
        snprintf(message, message_bytes,
                 "KRONOS_PROXY_DRIVER is not set: it names the driver library or manifest that the "
                 "proxy stands in front of");
        return false;
    }
    pthread_mutex_lock(&mutex);
    bool by_program = configured == BY_PROGRAM;
    pthread_mutex_unlock(&mutex);
    if (!by_program && !kro__state_configure(NULL, message, message_bytes))
        return false;
    return kro__driver_open(path, &kro__driver_library_open, message, message_bytes);
}

static void begin(void)
{
    char message[1024] = "the proxy is out of memory";
    kro__objects = kro__table_create();
    ready = kro__objects && kro__ledger_begin() && read_environment(message, sizeof message);
    if (!ready)
        fprintf(stderr, "%s\n", message);
}

bool kro__state_begin(void)
{
    pthread_once(&once, begin);
    return ready;
}

void kro__state_spec(kro__spec *out)
{
    pthread_mutex_lock(&mutex);
    *out = spec;
    pthread_mutex_unlock(&mutex);
}

bool kro__state_configure(const char *text, char *message, size_t message_bytes)
{
    kro__spec parsed;
    bool by_program = text != NULL;
    pthread_mutex_lock(&mutex);
    bool is_there = !by_program && configured == BY_ENVIRONMENT;
    pthread_mutex_unlock(&mutex);
    if (is_there) // nothing begins anew
        return true;
    if (!by_program)
        text = getenv("KRONOS_PROXY");
    if (!kro__spec_parse(text, &parsed, message, message_bytes))
        return false;
    if (parsed.counts[0] && !kro__tally_share(parsed.counts, message, message_bytes))
        return false;
    if (parsed.leftovers[0] && !kro__leftovers_begin(parsed.leftovers, message, message_bytes))
        return false;
    if (parsed.reach[0] && !kro__plant_open(parsed.reach, message, message_bytes))
        return false;
    if (parsed.capture[0] && !kro__capture_open(parsed.capture, message, message_bytes))
        return false;
    pthread_mutex_lock(&mutex);
    spec = parsed;
    configured = by_program ? BY_PROGRAM : BY_ENVIRONMENT;
    kro__refuse_arm(&parsed);
    kro__external_arm(&parsed);
    kro__plant_arm(&parsed);
    kro__report_at_once(parsed.report);
    pthread_mutex_unlock(&mutex);
    return true;
}
