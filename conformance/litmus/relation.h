// Sets of events and relations between them, as the axioms of a memory model are written.
#ifndef CONFORMANCE_LITMUS_RELATION_H
#define CONFORMANCE_LITMUS_RELATION_H

#include <stdbool.h>
#include <stdint.h>

enum { RELATION_EVENTS = 20 };

typedef uint32_t event_set; // bit i: event i

typedef struct relation {
    event_set to[RELATION_EVENTS]; // to[i]: the events that event i is related to
} relation;

// Pairs of a member of `from` and one of `to`.
relation relation_between(event_set from, event_set to);
relation relation_identity(event_set events);
relation relation_union(relation a, relation b);
relation relation_intersection(relation a, relation b);
relation relation_without(relation a, relation b);
relation relation_inverse(relation a);
// a ; b
relation relation_then(relation a, relation b);
// Transitive closure, and with the identity of all events.
relation relation_closure(relation a);
relation relation_or_none(relation a); // with the identity: one step or none
// Only the pairs from `from` and to `to`.
relation relation_restricted(event_set from, relation a, event_set to);
// Only the pairs that no two steps connect.
relation relation_immediate(relation a);

bool relation_is_empty(relation a);
bool relation_is_acyclic(relation a);

#endif
