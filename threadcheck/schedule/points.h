// Points: the places where a schedule may let another thread go on. Threads that no schedule runs
// pass through them.
#ifndef KS_POINTS_H
#define KS_POINTS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ks_kind {
    KS_LOAD,
    KS_STORE, // from here …
    KS_EXCHANGE,
    KS_ADD,
    KS_SUBTRACT,
    KS_LOCK,
    KS_UNLOCK,
    KS_CONDITION_WAIT,
    KS_CONDITION_WAKE, // … to here what threads share is changed or held
    KS_THREAD_START,
    KS_THREAD_JOIN,
    KS_THREAD_END,
    KS_CALL, // of Vulkan
    KS_YIELD,
    KS_KIND_COUNT,
} ks_kind;

// What a thread is about to do. All strings are literals.
typedef struct ks_site {
    ks_kind kind;
    const char *text; // "&queue->lock", "vkQueueSubmit"
    const char *file;
    int line;
} ks_site;

#define KS_SITE(kind, text) (&(const ks_site){kind, text, __FILE__, __LINE__})

void ks_point(const ks_site *site);

// Planted faults (seeded.h): whether an atomic operation is done by halves, with another point
// between, whether a load sees nothing but zero, and whether a mutex is not taken.
bool ks_is_torn(const ks_site *site);
bool ks_is_blind(const ks_site *site);
bool ks_is_unlocked(const ks_site *site);

#endif
