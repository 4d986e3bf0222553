#include "scopes.h"

#include <stdlib.h>

#include "order.h"

typedef enum event_kind {
    EVENT_ITEM,
    EVENT_BARRIER,
    EVENT_SIGNAL,
    EVENT_WAIT,
} event_kind;

struct kro__scope_event {
    event_kind kind;
    uint32_t queue;
    uint32_t number; // of an item or a signal
    uint32_t stages; // of a signal or a wait
    const kro__dependency *dependencies;
    uint32_t count;
};

static bool grow(void **array, uint32_t count, uint32_t *room, size_t bytes)
{
    if (count < *room)
        return true;
    uint32_t wanted = *room ? 2 * *room : 64;
    void *more = realloc(*array, wanted * bytes);
    if (!more)
        return false;
    *array = more;
    *room = wanted;
    return true;
}

bool kro__accesses_add(kro__accesses *accesses, kro__access access)
{
    if (!grow((void **)&accesses->items, accesses->count, &accesses->room, sizeof *accesses->items))
        return false;
    accesses->items[accesses->count++] = access;
    return true;
}

void kro__scopes_finish(kro__scopes *scopes)
{
    free(scopes->events);
    free(scopes->items);
    free(scopes->accesses.items);
    free(scopes->unseen);
    free(scopes->seen);
    *scopes = (kro__scopes){0};
}

static void add(kro__scopes *scopes, kro__scope_event event)
{
    if (grow((void **)&scopes->events, scopes->event_count, &scopes->event_room,
             sizeof *scopes->events))
        scopes->events[scopes->event_count++] = event;
    else
        scopes->failed = true;
}

void kro__scopes_item(kro__scopes *scopes, uint32_t queue, bool known)
{
    if (!grow((void **)&scopes->items, scopes->item_count, &scopes->item_room,
              sizeof *scopes->items)) {
        scopes->failed = true;
        return;
    }
    uint32_t number = scopes->item_count++, first = 0;
    if (number)
        first = scopes->items[number - 1].first + scopes->items[number - 1].count;
    scopes->items[number] = (kro__scope_item){first, scopes->accesses.count - first, known};
    add(scopes, (kro__scope_event){.kind = EVENT_ITEM, .queue = queue, .number = number});
}

void kro__scopes_barrier(kro__scopes *scopes, uint32_t queue, const kro__dependency *dependencies,
                         uint32_t count)
{
    add(scopes,
        (kro__scope_event){
            .kind = EVENT_BARRIER, .queue = queue, .dependencies = dependencies, .count = count});
}

void kro__scopes_signal(kro__scopes *scopes, uint32_t queue, uint32_t signal, uint32_t stages)
{
    add(scopes, (kro__scope_event){
                    .kind = EVENT_SIGNAL, .queue = queue, .number = signal, .stages = stages});
}

void kro__scopes_wait(kro__scopes *scopes, uint32_t queue, uint32_t signal, uint32_t stages)
{
    add(scopes,
        (kro__scope_event){.kind = EVENT_WAIT, .queue = queue, .number = signal, .stages = stages});
}

// How far one write has come.
typedef struct spread {
    const kro__access *write;
    uint32_t own_queue;
    bool available;
    uint32_t *chained;                        // per queue: stages that come after it
    bool *signalled;                          // per signal
    VkAccessFlags2 visible[KRO__STAGE_COUNT]; // to which accesses, by stage; of any queue
} spread;

static uint32_t behind(const spread *of, uint32_t queue)
{
    return of->chained[queue] | (queue == of->own_queue ? of->write->stage : 0);
}

static void show(spread *of, uint32_t stages, VkAccessFlags2 accesses)
{
    for (int s = 0; s < KRO__STAGE_COUNT; s++)
        if (stages >> s & 1)
            of->visible[s] |= accesses;
}

// Where scopes are larger than these simple ones a write comes further than it should; then a fault
// is missed.
static void pass_barrier(spread *of, const kro__scope_event *event)
{
    uint32_t reached = 0;
    for (uint32_t i = 0; i < event->count; i++) {
        const kro__dependency *by = &event->dependencies[i];
        if (!(by->src & behind(of, event->queue)))
            continue;
        reached |= by->dst;
        if (by->buffer && by->buffer != of->write->buffer)
            continue;
        of->available = of->available || (by->src_access & of->write->kinds);
        if (of->available)
            show(of, by->dst, by->dst_access);
    }
    of->chained[event->queue] |= reached;
}

// Semaphores pass on all memory.
static void pass_semaphore(spread *of, const kro__scope_event *event)
{
    if (event->kind == EVENT_SIGNAL && (event->stages & behind(of, event->queue))) {
        of->signalled[event->number] = true;
        of->available = true;
    }
    if (event->kind == EVENT_WAIT && of->signalled[event->number]) {
        of->chained[event->queue] |= event->stages;
        show(of, event->stages, ~(VkAccessFlags2)0);
    }
}

static bool overlap(const kro__access *a, const kro__access *b)
{
    return a->memory == b->memory && a->begin < b->end && b->begin < a->end;
}

static bool sees(const spread *of, const kro__access *access)
{
    for (int s = 0; s < KRO__STAGE_COUNT; s++)
        if (access->stage >> s & 1)
            return of->visible[s] & access->kinds;
    return true;
}

// Notes whether a later item that uses the write sees it.
static void meet(kro__scopes *scopes, const spread *of, uint32_t writer, uint32_t number)
{
    const kro__scope_item *item = &scopes->items[number];
    const uint32_t pair = writer * scopes->item_count + number;
    for (uint32_t i = 0; i < item->count; i++) {
        const kro__access *access = &scopes->accesses.items[item->first + i];
        uint64_t *found = sees(of, access) ? scopes->seen : scopes->unseen;
        if (overlap(access, of->write))
            found[pair / 64] |= UINT64_C(1) << pair % 64;
    }
}

// Follows a write through everything that comes after its command, which is event `at`.
static void follow(kro__scopes *scopes, spread *of, uint32_t at)
{
    const uint32_t writer = scopes->events[at].number;
    for (uint32_t e = at + 1; e < scopes->event_count; e++) {
        const kro__scope_event *event = &scopes->events[e];
        switch (event->kind) {
        case EVENT_ITEM:
            meet(scopes, of, writer, event->number);
            break;
        case EVENT_BARRIER:
            pass_barrier(of, event);
            break;
        case EVENT_SIGNAL:
        case EVENT_WAIT:
            pass_semaphore(of, event);
            break;
        }
    }
}

static void count(const kro__scopes *scopes, uint32_t *queues, uint32_t *signals)
{
    *queues = *signals = 1;
    for (uint32_t e = 0; e < scopes->event_count; e++) {
        const kro__scope_event *event = &scopes->events[e];
        if (event->queue >= *queues)
            *queues = event->queue + 1;
        if (event->kind != EVENT_ITEM && event->number >= *signals)
            *signals = event->number + 1;
    }
}

static bool follow_all(kro__scopes *scopes, uint32_t at, uint32_t queues, uint32_t signals)
{
    const kro__scope_item *item = &scopes->items[scopes->events[at].number];
    for (uint32_t i = 0; item->known && i < item->count; i++) {
        spread of = {
            .write = &scopes->accesses.items[item->first + i],
            .own_queue = scopes->events[at].queue,
        };
        if (!of.write->writes)
            continue;
        of.chained = calloc(queues, sizeof *of.chained);
        of.signalled = calloc(signals, sizeof *of.signalled);
        if (of.chained && of.signalled)
            follow(scopes, &of, at);
        else
            scopes->failed = true;
        free(of.chained);
        free(of.signalled);
    }
    return !scopes->failed;
}

bool kro__scopes_run(kro__scopes *scopes)
{
    if (scopes->failed || scopes->item_count > KRO__SCOPES_ITEMS)
        return false;
    const size_t pairs = (size_t)scopes->item_count * scopes->item_count;
    scopes->unseen = calloc(pairs / 64 + 1, sizeof *scopes->unseen);
    scopes->seen = calloc(pairs / 64 + 1, sizeof *scopes->seen);
    if (!scopes->unseen || !scopes->seen)
        return false;
    uint32_t queues, signals;
    count(scopes, &queues, &signals);
    bool right = true;
    for (uint32_t e = 0; right && e < scopes->event_count; e++)
        if (scopes->events[e].kind == EVENT_ITEM)
            right = follow_all(scopes, e, queues, signals);
    return right;
}

// True if `after` may overwrite what `before` reads; an execution dependency is enough there.
static bool overwrites(const kro__scopes *scopes, const kro__scope_item *before,
                       const kro__scope_item *after)
{
    for (uint32_t i = 0; i < before->count; i++) {
        const kro__access *read = &scopes->accesses.items[before->first + i];
        for (uint32_t j = 0; !read->writes && j < after->count; j++) {
            const kro__access *write = &scopes->accesses.items[after->first + j];
            if (write->writes && overlap(read, write))
                return true;
        }
    }
    return false;
}

bool kro__scopes_keep(const kro__scopes *scopes, uint32_t before, uint32_t after)
{
    const uint32_t pair = before * scopes->item_count + after;
    const kro__scope_item *first = &scopes->items[before], *second = &scopes->items[after];
    const bool unseen = scopes->unseen[pair / 64] >> pair % 64 & 1;
    const bool seen = scopes->seen[pair / 64] >> pair % 64 & 1;
    return !unseen || seen || !first->known || !second->known || overwrites(scopes, first, second);
}
