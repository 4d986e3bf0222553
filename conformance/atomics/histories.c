// The model that decides about atomic operations, tried on histories that are known.
#include "atomics/history.h"

#include "test.h"

enum { MOST_STEPS = 6 };

typedef struct known_history {
    const char *what;
    uint64_t first, last;
    uint32_t count;
    history_step steps[MOST_STEPS];
    bool possible;
} known_history;

static const known_history KNOWN[] = {
    {"nothing happened", 5, 5, 0, {{0}}, true},
    {"a value from nowhere", 5, 6, 0, {{0}}, false},
    {"additions of 1, 2 and 4 out of order", 0, 7, 3, {{4, 5, 0}, {0, 4, 0}, {5, 7, 0}}, true},
    {"an addition that was lost", 0, 3, 2, {{0, 1, 0}, {0, 2, 0}}, false},
    {"an addition that was done twice", 0, 2, 1, {{0, 1, 0}}, false},
    {"a wrong end", 0, 9, 2, {{0, 1, 0}, {1, 3, 0}}, false},
    {"exchanges in a circle beside the path", 1, 2, 3, {{1, 2, 0}, {7, 8, 0}, {8, 7, 0}}, false},
    {"exchanges in a circle on the path", 1, 2, 3, {{1, 7, 0}, {7, 1, 0}, {1, 2, 0}}, true},
    {"a load of a value that was there", 1, 2, 2, {{1, 2, 0}, {1, 1, 0}}, true},
    {"a load of a value that never was", 1, 2, 2, {{1, 2, 0}, {3, 3, 0}}, false},
    {"stores that overwrite each other", 1, 3, 2, {{0, 2, 1}, {0, 3, 1}}, true},
    {"a store that vanished", 1, 1, 1, {{0, 2, 1}}, false},
    {"a store that two exchanges found", 1, 3, 3, {{0, 2, 1}, {2, 3, 0}, {2, 4, 0}}, false},
    {"a store between exchanges", 1, 4, 3, {{1, 3, 0}, {0, 2, 1}, {2, 4, 0}}, true},
    {"exchanges in a circle beside a store", 1, 2, 3, {{0, 2, 1}, {7, 8, 0}, {8, 7, 0}}, false},
    {"an equal value stored and left", 1, 1, 2, {{1, 4, 0}, {0, 1, 1}}, true},
    {"a store when nothing else can follow", 1, 1, 2, {{0, 5, 1}, {5, 5, 0}}, false},
};

TEST(impossible_histories_are_noticed)
{
    for (uint32_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        const known_history *h = &KNOWN[i];
        const history_fault fault = history_find_fault(h->first, h->last, h->steps, h->count);
        if (!CHECK((fault.why == NULL) == h->possible))
            FAILF(t, "%s: 0x%llx %s", h->what, (unsigned long long)fault.value,
                  fault.why ? fault.why : "has no fault");
    }
}
