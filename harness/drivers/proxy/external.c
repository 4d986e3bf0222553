#include "external.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "device.h"
#include "ledger.h"
#include "order.h"
#include "report.h"

atomic_bool kro__external_checks;

static _Atomic uint64_t longest_us, first_seed; // of the pauses inside calls
static _Atomic uint64_t armings, threads_seen;  // threads are numbered anew with each spec
static _Atomic uint64_t alone_count;

// The uses of all calls that threads are inside of, in shards with a lock each.
enum { SHARDS = 256 };
static struct shard {
    pthread_mutex_t mutex;
    kro__use *first;
} shards[SHARDS];

__attribute__((constructor)) static void begin(void)
{
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&shards[i].mutex, NULL);
}

static struct shard *locate(const kro__use *use)
{
    return &shards[use->handle * UINT64_C(0x9e3779b97f4a7c15) >> 56];
}

// What a thread is known by, and where it stands in its own row of random numbers, which its place
// among the threads and the seed decide.
static _Thread_local struct {
    int id;
    uint64_t arming;
    uint64_t random;
} own;

static void (*_Atomic look_inside)(void);

void kro__external_look(void (*look)(void))
{
    atomic_store(&look_inside, look);
}

// What a test does where others must stay out.
//
// Returns: false where there is none.
static bool look_around(void)
{
    void (*look)(void) = atomic_load_explicit(&look_inside, memory_order_acquire);
    if (look)
        look();
    return look != NULL;
}

void kro__external_arm(const kro__spec *spec)
{
    atomic_store(&longest_us, spec->external_us);
    atomic_store(&first_seed, spec->external_seed);
    atomic_store(&threads_seen, 0);
    atomic_fetch_add(&armings, 1);
    atomic_store(&kro__external_checks, spec->external);
}

uint64_t kro__external_count(void)
{
    return atomic_load(&alone_count);
}

void kro__external_reset(void)
{
    atomic_store(&alone_count, 0);
}

void kro__external_begin(kro__inside *inside, int call)
{
    if (!own.id)
        own.id = (int)gettid();
    inside->call = call;
    inside->thread = own.id;
    inside->count = 0;
    inside->room = KRO__USES_INSIDE;
    inside->uses = inside->first;
}

static bool grow(kro__inside *inside)
{
    size_t room = 2 * inside->room;
    kro__use *uses = malloc(room * sizeof *uses);
    if (!uses)
        return false;
    memcpy(uses, inside->uses, inside->count * sizeof *uses);
    if (inside->uses != inside->first)
        free(inside->uses);
    inside->uses = uses;
    inside->room = room;
    return true;
}

void kro__external_use(kro__inside *inside, VkObjectType type, uint64_t handle, kro__use_kind kind)
{
    const kro__use *last = inside->count ? &inside->uses[inside->count - 1] : NULL;
    if (!handle || (last && last->handle == handle && last->type == type && last->kind == kind))
        return;
    if (inside->count == inside->room && !grow(inside))
        return; // one object is not checked in one call
    inside->uses[inside->count++] = (kro__use){
        .handle = handle,
        .type = type,
        .kind = kind,
        .call = inside->call,
        .thread = inside->thread,
    };
}

// Somebody else's use that `use` may not meet, or NULL.
static const kro__use *find_other(const struct shard *in, const kro__use *use)
{
    for (const kro__use *other = in->first; other; other = other->next)
        if (other->handle == use->handle && other->type == use->type &&
            other->thread != use->thread &&
            (other->kind != KRO__USE_SHARED || use->kind != KRO__USE_SHARED))
            return other;
    return NULL;
}

// Enters the table, unless somebody else is inside who is then in `other`. With `anyway` it enters
// all the same.
static bool try_enter(kro__use *use, bool anyway, kro__use *other)
{
    struct shard *in = locate(use);
    pthread_mutex_lock(&in->mutex);
    const kro__use *found = find_other(in, use);
    if (found)
        *other = *found;
    if (!found || anyway) {
        use->next = in->first;
        in->first = use;
    }
    pthread_mutex_unlock(&in->mutex);
    return !found;
}

static void leave(kro__use *use)
{
    struct shard *in = locate(use);
    pthread_mutex_lock(&in->mutex);
    kro__use **link = &in->first;
    while (*link != use)
        link = &(*link)->next;
    *link = use->next;
    pthread_mutex_unlock(&in->mutex);
}

// Appends "thread 4711 'worker'".
static void describe_thread(kro__text *text, int thread)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", thread);
    FILE *file = fopen(path, "re");
    if (file && fgets(name, sizeof name, file))
        name[strcspn(name, "\n")] = 0;
    if (file)
        fclose(file);
    kro__text_add(text, "thread %d", thread);
    if (name[0])
        kro__text_add(text, " '%s'", name);
}

static void report(const kro__use *use, const kro__use *other)
{
    char sentence[1024];
    kro__text text = {.at = sentence, .room = sizeof sentence};
    kro__text_add(&text, "%s: ", kro__vk_calls[use->call].name);
    describe_thread(&text, use->thread);
    kro__text_add(&text, " entered ");
    if (use->type == VK_OBJECT_TYPE_QUEUE)
        kro__queue_describe(&text, (VkQueue)(uintptr_t)use->handle);
    else
        kro__ledger_describe(&text, use->type, use->handle);
    kro__text_add(&text, " while ");
    describe_thread(&text, other->thread);
    kro__text_add(&text, " was inside, in %s", kro__vk_calls[other->call].name);
    kro__report_violation("%s", sentence);
}

static void pause_us(uint64_t us)
{
    struct timespec rest = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};
    while (us && nanosleep(&rest, &rest) != 0)
        continue;
}

// A call that waits may wait for what is about to come, but never for the end of its object.
static bool may_wait(const kro__use *use, const kro__use *other)
{
    return use->kind == KRO__USE_LAST || !strstr(kro__vk_calls[other->call].name, "Wait");
}

static void enter(kro__use *use)
{
    enum { PATIENCE_MS = 1000 };
    kro__use other;
    if (use->kind != KRO__USE_SHARED)
        atomic_fetch_add_explicit(&alone_count, 1, memory_order_relaxed);
    if (try_enter(use, false, &other))
        return;
    // Of objects that share a handle it cannot be told which one is meant.
    bool shared = kro__ledger_namesakes(use->type, use->handle) > 1;
    if (!shared)
        report(use, &other);
    for (int ms = 0; !shared && may_wait(use, &other) && ms < PATIENCE_MS; ms++) {
        if (!look_around()) // who is inside may need it to go on
            pause_us(1000);
        if (try_enter(use, false, &other))
            return;
    }
    try_enter(use, true, &other);
}

// One call of four takes a while, up to what the spec says, unless a test has something else to do.
static void linger(const kro__inside *inside)
{
    for (size_t i = 0; i < inside->count; i++)
        if (inside->uses[i].kind != KRO__USE_SHARED && look_around())
            return;
    uint64_t longest = atomic_load_explicit(&longest_us, memory_order_relaxed);
    if (!longest)
        return;
    uint64_t arming = atomic_load(&armings);
    if (own.arming != arming) {
        own.arming = arming;
        own.random = atomic_load(&first_seed) + (atomic_fetch_add(&threads_seen, 1) << 32);
    }
    uint64_t drawn = kro__order_random(&own.random);
    if (drawn >> 62 == 0)
        pause_us(drawn % (longest + 1));
}

void kro__external_enter(kro__inside *inside)
{
    for (size_t i = 0; i < inside->count; i++)
        enter(&inside->uses[i]);
    linger(inside);
    for (size_t i = 0; i < inside->count; i++)
        if (inside->uses[i].kind == KRO__USE_LAST)
            leave(&inside->uses[i]);
}

void kro__external_leave(kro__inside *inside)
{
    for (size_t i = 0; i < inside->count; i++)
        if (inside->uses[i].kind != KRO__USE_LAST)
            leave(&inside->uses[i]);
    if (inside->uses != inside->first)
        free(inside->uses);
}
