#include "relation.h"

// Takes the first event out of a set that has one. Sets are nearly empty, so going through their
// members is far quicker than through all events.
static uint32_t take_first(event_set *set)
{
    const uint32_t first = (uint32_t)__builtin_ctz(*set);
    *set &= *set - 1;
    return first;
}

relation relation_between(event_set from, event_set to)
{
    relation result = {{0}};
    to &= (UINT32_C(1) << RELATION_EVENTS) - 1;
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        result.to[i] = from >> i & 1 ? to : 0;
    return result;
}

relation relation_identity(event_set events)
{
    relation result = {{0}};
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        result.to[i] = events & UINT32_C(1) << i;
    return result;
}

relation relation_union(relation a, relation b)
{
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        a.to[i] |= b.to[i];
    return a;
}

relation relation_intersection(relation a, relation b)
{
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        a.to[i] &= b.to[i];
    return a;
}

relation relation_without(relation a, relation b)
{
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        a.to[i] &= ~b.to[i];
    return a;
}

relation relation_inverse(relation a)
{
    relation result = {{0}};
    for (uint32_t i = 0; i < RELATION_EVENTS; i++) {
        for (event_set rest = a.to[i]; rest;)
            result.to[take_first(&rest)] |= UINT32_C(1) << i;
    }
    return result;
}

relation relation_then(relation a, relation b)
{
    relation result = {{0}};
    for (uint32_t i = 0; i < RELATION_EVENTS; i++) {
        for (event_set rest = a.to[i]; rest;)
            result.to[i] |= b.to[take_first(&rest)];
    }
    return result;
}

relation relation_closure(relation a)
{
    for (uint32_t j = 0; j < RELATION_EVENTS; j++) {
        for (uint32_t i = 0; i < RELATION_EVENTS && a.to[j]; i++)
            a.to[i] |= a.to[i] >> j & 1 ? a.to[j] : 0;
    }
    return a;
}

relation relation_or_none(relation a)
{
    return relation_union(a, relation_identity(UINT32_MAX));
}

relation relation_restricted(event_set from, relation a, event_set to)
{
    return relation_intersection(a, relation_between(from, to));
}

relation relation_immediate(relation a)
{
    return relation_without(a, relation_then(a, relation_closure(a)));
}

bool relation_is_empty(relation a)
{
    event_set any = 0;
    for (uint32_t i = 0; i < RELATION_EVENTS; i++)
        any |= a.to[i];
    return any == 0;
}

bool relation_is_acyclic(relation a)
{
    return relation_is_empty(
        relation_intersection(relation_closure(a), relation_identity(UINT32_MAX)));
}
