#include "execution.h"

static event_set bit(uint32_t event)
{
    return UINT32_C(1) << event;
}

static bool acquires(const litmus_step *step)
{
    return step->order == LITMUS_ACQUIRE || step->order == LITMUS_ACQUIRE_RELEASE;
}

static bool releases(const litmus_step *step)
{
    return step->order == LITMUS_RELEASE || step->order == LITMUS_ACQUIRE_RELEASE;
}

static void classify(litmus_execution *e, uint32_t event)
{
    const litmus_step *step = e->events[event].step;
    const bool accesses = litmus_step_accesses(step);
    e->reads |= litmus_step_reads(step) ? bit(event) : 0;
    e->writes |= litmus_step_writes(step) ? bit(event) : 0;
    e->atomics |= accesses && step->order != LITMUS_PLAIN ? bit(event) : 0;
    e->barriers |= step->operation == LITMUS_BARRIER ? bit(event) : 0;
    e->fences |= !accesses && step->order != LITMUS_PLAIN ? bit(event) : 0;
    e->acquires |= acquires(step) ? bit(event) : 0;
    e->releases |= releases(step) ? bit(event) : 0;
}

// The roles of one instance are in one group as wide as the program's reach, and in none that is
// narrower: two events see each other's scope if both scopes hold it, or in one role.
static bool in_scope(const litmus_execution *e, uint32_t a, uint32_t b)
{
    const litmus_scope reach = e->program->reach;
    return e->events[a].role == e->events[b].role ||
           (e->events[a].step->scope >= reach && e->events[b].step->scope >= reach);
}

static void relate(litmus_execution *e, uint32_t a, uint32_t b)
{
    const litmus_step *first = e->events[a].step, *second = e->events[b].step;
    const event_set accesses = e->reads | e->writes, pair = bit(a) | bit(b);
    if (e->events[a].role == e->events[b].role && a < b)
        e->program_order.to[a] |= bit(b);
    if ((pair & ~accesses) == 0 && first->location == second->location) {
        e->same_location.to[a] |= bit(b);
        if (a != b && (pair & ~e->atomics) == 0 && in_scope(e, a, b))
            e->mutually_ordered.to[a] |= bit(b);
    }
    // Every role has one barrier, the same one.
    if (e->events[a].role != e->events[b].role && (pair & ~e->barriers) == 0 && in_scope(e, a, b))
        e->same_barrier.to[a] |= bit(b);
}

void litmus_execution_init(litmus_execution *e, const litmus_program *program,
                           const uint32_t counts[LITMUS_ROLES])
{
    *e = (litmus_execution){.program = program};
    for (uint32_t role = 0; role < program->role_count; role++) {
        for (uint32_t s = 0; s < counts[role]; s++) {
            const litmus_step *step = &program->roles[role].steps[s];
            if (step->operation == LITMUS_ONLY_IF)
                continue;
            e->events[e->event_count] = (litmus_event){step, role};
            classify(e, e->event_count++);
        }
    }
    for (uint32_t a = 0; a < e->event_count; a++) {
        for (uint32_t b = 0; b < e->event_count; b++)
            relate(e, a, b);
    }
}

static relation same_role(const litmus_execution *e)
{
    return relation_or_none(relation_union(e->program_order, relation_inverse(e->program_order)));
}

// Pairs of an event and one that its scope holds.
static relation held_by_scope(const litmus_execution *e)
{
    event_set wide = 0;
    for (uint32_t a = 0; a < e->event_count; a++)
        wide |= e->events[a].step->scope >= e->program->reach ? bit(a) : 0;
    return relation_union(same_role(e), relation_between(wide, UINT32_MAX));
}

static relation scopes(const litmus_execution *e)
{
    const relation held = held_by_scope(e);
    return relation_intersection(held, relation_inverse(held));
}

// A releasing event, a write that it covers, read-modify-writes that carry it on, a read that takes
// its value, and an acquiring event that covers the read; or two ends of one control barrier.
static relation synchronizes_with(const litmus_execution *e)
{
    const event_set read_modify_writes = e->reads & e->writes & e->atomics;
    const relation steps = relation_restricted(
        UINT32_MAX, relation_immediate(e->modification_order), read_modify_writes);
    const relation carried = relation_or_none(relation_closure(steps));
    const event_set atomic_writes = e->atomics & e->writes, atomic_reads = e->atomics & e->reads;
    const relation releasing = relation_union(
        relation_identity(e->releases & atomic_writes),
        relation_restricted(e->releases & e->fences, e->program_order, atomic_writes));
    const relation acquiring = relation_union(
        relation_identity(e->acquires & atomic_reads),
        relation_restricted(atomic_reads, e->program_order, e->acquires & e->fences));
    const relation read = relation_intersection(e->reads_from, e->mutually_ordered);
    const relation through_values =
        relation_then(relation_then(releasing, carried), relation_then(read, acquiring));
    const relation order = relation_or_none(e->program_order);
    const relation through_barriers = relation_restricted(
        e->releases & e->fences, relation_then(relation_then(order, e->same_barrier), order),
        e->acquires & e->fences);
    return relation_intersection(relation_union(through_values, through_barriers), scopes(e));
}

// All locations of a program are in one storage class, and all its fences name that.
static relation happens_before(const litmus_execution *e, relation synchronizes)
{
    const relation order = relation_closure(relation_union(
        synchronizes,
        relation_union(relation_restricted(UINT32_MAX, e->program_order, e->releases),
                       relation_restricted(e->acquires, e->program_order, UINT32_MAX))));
    return relation_union(order, e->program_order);
}

// Pairs of accesses of one location whose order is settled: what came earlier is over, and a write
// is available and visible. Every acquiring and releasing event of ours makes available and
// visible, and so do atomics by themselves.
static relation location_order(const litmus_execution *e, relation happens)
{
    const event_set accesses = e->reads | e->writes;
    // Made available at once by an atomic write, later by a releasing event after a plain one;
    // likewise visible.
    const relation available =
        relation_union(relation_identity(e->writes & e->atomics),
                       relation_restricted(e->writes, e->program_order, e->releases));
    const relation visible =
        relation_union(relation_identity(e->reads & e->atomics),
                       relation_restricted(e->acquires, e->program_order, e->reads));
    const relation reaches = relation_intersection(happens, held_by_scope(e));
    const relation meets = relation_intersection(happens, scopes(e));
    const relation write_write =
        relation_restricted(UINT32_MAX, relation_then(available, reaches), e->writes);
    const relation write_read = relation_then(relation_then(available, meets), visible);
    relation result = relation_intersection(happens, same_role(e));
    result = relation_union(result, relation_restricted(e->reads, happens, accesses));
    result = relation_union(result, relation_union(write_write, write_read));
    result = relation_restricted(accesses, result, accesses);
    return relation_intersection(result, e->same_location);
}

// Pairs of a read and a write that comes after the one it reads, in an order of writes.
static relation from_reads(const litmus_execution *e, relation writes)
{
    const relation first = relation_restricted(e->from_start, e->same_location, e->writes);
    return relation_without(
        relation_union(relation_then(relation_inverse(e->reads_from), writes), first),
        relation_identity(UINT32_MAX));
}

litmus_orders litmus_execution_orders(const litmus_execution *e)
{
    litmus_orders orders;
    orders.from_read = from_reads(e, e->modification_order);
    orders.synchronizes_with = synchronizes_with(e);
    orders.happens_before = happens_before(e, orders.synchronizes_with);
    orders.location_order = location_order(e, orders.happens_before);
    return orders;
}

litmus_axiom litmus_execution_check(const litmus_execution *e, const litmus_orders *orders)
{
    const relation all = relation_union(relation_union(orders->location_order, e->reads_from),
                                        relation_union(orders->from_read, e->modification_order));
    if (!relation_is_acyclic(all))
        return LITMUS_ACYCLIC;
    const relation writes_first =
        relation_restricted(e->writes, orders->location_order, UINT32_MAX);
    const relation plain = relation_restricted(UINT32_MAX, e->reads_from, e->reads & ~e->atomics);
    const bool seen = relation_is_empty(relation_without(plain, relation_immediate(writes_first)));
    return seen ? LITMUS_CONSISTENT : LITMUS_VISIBLE;
}

bool litmus_execution_races(const litmus_execution *e, const litmus_orders *orders)
{
    const event_set all = e->reads | e->writes;
    relation conflict =
        relation_union(relation_between(e->writes, all), relation_between(all, e->writes));
    conflict = relation_intersection(conflict, e->same_location);
    conflict = relation_without(conflict, e->mutually_ordered);
    conflict = relation_without(conflict, same_role(e));
    conflict = relation_without(conflict, orders->location_order);
    conflict = relation_without(conflict, relation_inverse(orders->location_order));
    return !relation_is_empty(conflict);
}

// What roles tell each other by accesses, if writes that follow each other count as told.
static relation communication(const litmus_execution *e)
{
    return relation_union(from_reads(e, e->write_order),
                          relation_union(e->reads_from, e->write_order));
}

// Whatever stands before a control barrier comes before what stands behind it in any role.
static relation across_barriers(const litmus_execution *e)
{
    return relation_then(relation_then(e->program_order, e->same_barrier), e->program_order);
}

bool litmus_execution_takes_turns(const litmus_execution *e)
{
    const relation order = relation_union(e->program_order, across_barriers(e));
    return relation_is_acyclic(relation_union(order, communication(e)));
}

bool litmus_execution_is_tso(const litmus_execution *e)
{
    const relation told = communication(e);
    const relation one_location = relation_intersection(e->program_order, e->same_location);
    if (!relation_is_acyclic(relation_union(told, one_location)))
        return false;
    // A store may wait in its processor's buffer while later loads go ahead. A read-modify-write
    // empties the buffer, and so does whatever lets roles meet.
    const event_set accesses = e->reads | e->writes, both = e->reads & e->writes;
    const relation delayed = relation_between(e->writes & ~both, e->reads & ~both);
    const relation around = relation_then(
        relation_restricted(UINT32_MAX, e->program_order, e->barriers | both), e->program_order);
    const relation kept =
        relation_restricted(accesses,
                            relation_union(relation_without(e->program_order, delayed),
                                           relation_union(around, across_barriers(e))),
                            accesses);
    // What a role tells itself may still be in its buffer.
    const relation inside = relation_intersection(e->reads_from, same_role(e));
    const relation outside = relation_union(relation_without(told, inside), e->write_order);
    return relation_is_acyclic(relation_union(kept, outside));
}
