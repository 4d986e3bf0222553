#include "model.h"

#include <stdio.h>
#include <string.h>

#include "execution.h"

// One candidate execution, chosen by a number of mixed radix: a digit for the source of each read,
// and one for the order of each location's writes.
typedef struct candidate {
    litmus_execution execution;
    uint32_t counts[LITMUS_ROLES];   // steps of each role that happen
    uint8_t values[RELATION_EVENTS]; // what each event read
} candidate;

typedef void visitor(void *user, const candidate *candidate);

static bool holds(event_set set, uint32_t event)
{
    return set >> event & 1;
}

static uint32_t location_of(const litmus_execution *e, uint32_t event)
{
    return e->events[event].step->location;
}

// The writes of a location, in the order of the events.
static uint32_t writes_of(const litmus_execution *e, uint32_t location, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < e->event_count; i++) {
        if (holds(e->writes, i) && location_of(e, i) == location)
            out[count++] = i;
    }
    return count;
}

// Takes a digit from a number.
static uint32_t digit(uint32_t *number, uint32_t radix)
{
    const uint32_t value = *number % radix;
    *number /= radix;
    return value;
}

// Lets each read take its value from a write of its location, or from the start.
static void choose_sources(litmus_execution *e, uint32_t *number)
{
    for (uint32_t i = 0; i < e->event_count; i++) {
        uint32_t writes[RELATION_EVENTS];
        if (!holds(e->reads, i))
            continue;
        const uint32_t count = writes_of(e, location_of(e, i), writes);
        const uint32_t source = digit(number, count + 1);
        if (source == count || writes[source] == i)
            e->from_start |= UINT32_C(1) << i;
        else
            e->reads_from.to[writes[source]] |= UINT32_C(1) << i;
    }
}

// Orders each location's writes.
static void choose_order(litmus_execution *e, uint32_t *number)
{
    for (uint32_t location = 0; location < LITMUS_LOCATIONS; location++) {
        uint32_t rest[RELATION_EVENTS];
        event_set before = 0;
        for (uint32_t count = writes_of(e, location, rest); count > 0; count--) {
            const uint32_t at = digit(number, count), next = rest[at];
            rest[at] = rest[count - 1];
            for (uint32_t i = 0; i < e->event_count; i++)
                e->write_order.to[i] |= holds(before, i) ? UINT32_C(1) << next : 0;
            before |= UINT32_C(1) << next;
        }
    }
    e->modification_order = relation_intersection(e->write_order, e->mutually_ordered);
}

// What each event reads, where values do not depend on themselves.
static void read_values(candidate *c)
{
    const litmus_execution *e = &c->execution;
    memset(c->values, 0, sizeof c->values);
    for (uint32_t round = 0; round < e->event_count; round++) {
        for (uint32_t from = 0; from < e->event_count; from++) {
            const litmus_step *step = e->events[from].step;
            const uint32_t sum =
                step->value + (step->operation == LITMUS_ADD ? c->values[from] : 0u);
            for (uint32_t to = 0; to < e->event_count; to++) {
                if (holds(e->reads_from.to[from], to))
                    c->values[to] = (uint8_t)(sum % LITMUS_VALUES);
            }
        }
    }
}

static uint8_t value_in_register(const candidate *c, uint32_t index)
{
    for (uint32_t i = 0; i < c->execution.event_count; i++) {
        const litmus_step *step = c->execution.events[i].step;
        if (step->has_result && step->result == index)
            return c->values[i];
    }
    return 0;
}

// Whether each role stops where its values tell it to.
static bool conditions_hold(const candidate *c)
{
    const litmus_program *program = c->execution.program;
    for (uint32_t r = 0; r < program->role_count; r++) {
        for (uint32_t s = 0; s < program->roles[r].count; s++) {
            const litmus_step *step = &program->roles[r].steps[s];
            if (step->operation == LITMUS_ONLY_IF &&
                (value_in_register(c, step->result) == 1) != (s < c->counts[r]))
                return false;
        }
    }
    return true;
}

static uint32_t execution_count(const litmus_execution *e)
{
    uint32_t count = 1, writes[RELATION_EVENTS];
    for (uint32_t i = 0; i < e->event_count; i++)
        count *= holds(e->reads, i) ? writes_of(e, location_of(e, i), writes) + 1 : 1;
    for (uint32_t location = 0; location < LITMUS_LOCATIONS; location++) {
        for (uint32_t left = writes_of(e, location, writes); left > 1; left--)
            count *= left;
    }
    return count;
}

// Visits each execution in which the roles go as far as `counts` says.
static void visit_as_far(const litmus_program *program, const uint32_t counts[LITMUS_ROLES],
                         visitor *visit, void *user)
{
    candidate c;
    memcpy(c.counts, counts, sizeof c.counts);
    litmus_execution start;
    litmus_execution_init(&start, program, counts);
    const uint32_t count = execution_count(&start);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = i;
        c.execution = start;
        choose_sources(&c.execution, &number);
        choose_order(&c.execution, &number);
        read_values(&c);
        if (conditions_hold(&c))
            visit(user, &c);
    }
}

// Visits each execution of a program.
static void visit_all(const litmus_program *program, visitor *visit, void *user)
{
    // Each role ends at its condition, or not.
    for (uint32_t stops = 0; stops < 1u << program->role_count; stops++) {
        uint32_t counts[LITMUS_ROLES] = {0}, conditions = 0;
        for (uint32_t r = 0; r < program->role_count; r++) {
            const litmus_role *role = &program->roles[r];
            uint32_t at = 0;
            while (at < role->count && role->steps[at].operation != LITMUS_ONLY_IF)
                at++;
            conditions |= at < role->count ? 1u << r : 0;
            counts[r] = stops >> r & 1 ? at : role->count;
        }
        if ((stops & ~conditions) == 0)
            visit_as_far(program, counts, visit, user);
    }
}

// What a location holds when all is done: what the write left that no other one follows.
static uint8_t value_in_the_end(const candidate *c, uint32_t location, const relation *order)
{
    uint32_t writes[RELATION_EVENTS];
    const uint32_t count = writes_of(&c->execution, location, writes);
    event_set all = 0;
    for (uint32_t i = 0; i < count; i++)
        all |= UINT32_C(1) << writes[i];
    for (uint32_t i = 0; i < count; i++) {
        const litmus_step *step = c->execution.events[writes[i]].step;
        if ((order->to[writes[i]] & all) == 0)
            return (uint8_t)((step->value +
                              (step->operation == LITMUS_ADD ? c->values[writes[i]] : 0u)) %
                             LITMUS_VALUES);
    }
    return 0;
}

static uint32_t outcome_of(const candidate *c, const relation *write_order)
{
    const litmus_program *program = c->execution.program;
    uint32_t outcome = 0;
    for (uint32_t i = program->observed_count; i > 0; i--) {
        const litmus_observable *seen = &program->observed[i - 1];
        const uint32_t value = seen->in_the_end ? value_in_the_end(c, seen->index, write_order)
                                                : value_in_register(c, seen->index);
        outcome = outcome * LITMUS_VALUES + value;
    }
    return outcome;
}

static void judge_for_vulkan(void *user, const candidate *c)
{
    litmus_verdict *verdict = user;
    const litmus_orders orders = litmus_execution_orders(&c->execution);
    verdict->executions++;
    if (litmus_execution_check(&c->execution, &orders) != LITMUS_CONSISTENT)
        return;
    verdict->race = verdict->race || litmus_execution_races(&c->execution, &orders);
    const relation order = relation_union(c->execution.modification_order, orders.location_order);
    verdict->allowed[outcome_of(c, &order)] = true;
}

static void judge_for_x86(void *user, const candidate *c)
{
    litmus_verdict *verdict = user;
    verdict->executions++;
    if (litmus_execution_is_tso(&c->execution))
        verdict->allowed[outcome_of(c, &c->execution.write_order)] = true;
}

static void judge_for_turns(void *user, const candidate *c)
{
    litmus_verdict *verdict = user;
    verdict->executions++;
    if (litmus_execution_takes_turns(&c->execution))
        verdict->allowed[outcome_of(c, &c->execution.write_order)] = true;
}

void litmus_judge(const litmus_program *program, litmus_model model, litmus_verdict *verdict)
{
    *verdict = (litmus_verdict){.executions = 0};
    static visitor *const JUDGES[] = {judge_for_vulkan, judge_for_turns, judge_for_x86};
    visit_all(program, JUDGES[model], verdict);
    for (uint32_t i = 0; i < LITMUS_OUTCOMES; i++)
        verdict->allowed[i] = verdict->allowed[i] || verdict->race;
}

uint32_t litmus_forbidden(const litmus_verdict *verdict, const uint64_t seen[LITMUS_OUTCOMES],
                          uint32_t from)
{
    while (from < LITMUS_OUTCOMES && (!seen[from] || verdict->allowed[from]))
        from++;
    return from;
}

// An execution with some outcome; if possible one that every location by itself has nothing
// against.
typedef struct explanation {
    uint32_t outcome;
    bool coherent;
    litmus_axiom broken;
    litmus_execution execution;
    litmus_orders orders;
} explanation;

static void keep_first(void *user, const candidate *c)
{
    explanation *why = user;
    if (why->coherent || outcome_of(c, &c->execution.write_order) != why->outcome)
        return;
    // The outcome tells the last write, so writes that are not atomic have their order, too.
    litmus_execution execution = c->execution;
    execution.modification_order = execution.write_order;
    const litmus_orders orders = litmus_execution_orders(&execution);
    litmus_orders alone = orders;
    alone.location_order = relation_intersection(execution.program_order, execution.same_location);
    const bool coherent = litmus_execution_check(&execution, &alone) != LITMUS_ACYCLIC;
    if (why->broken != LITMUS_CONSISTENT && !coherent)
        return;
    why->execution = execution;
    why->orders = orders;
    why->coherent = coherent;
    why->broken = litmus_execution_check(&execution, &orders);
}

// The shortest way from an event back to itself; empty where there is none.
static uint32_t shortest_cycle(relation a, uint32_t from, uint32_t *path)
{
    uint32_t queue[RELATION_EVENTS], before[RELATION_EVENTS], count = 1;
    event_set seen = 0;
    queue[0] = from;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t next = 0; next < RELATION_EVENTS; next++) {
            if (!holds(a.to[queue[i]], next) || holds(seen, next))
                continue;
            seen |= UINT32_C(1) << next;
            before[next] = queue[i];
            if (next != from) {
                queue[count++] = next;
                continue;
            }
            uint32_t length = 0;
            uint32_t at = before[from];
            for (path[length++] = from; at != from; at = before[at])
                path[length++] = at;
            return length; // backwards
        }
    }
    return 0;
}

static void write_cycle(const explanation *why, char *text, size_t bytes)
{
    const struct {
        const char *name;
        relation pairs;
    } orders[] = {{"reads-from", why->execution.reads_from},
                  {"from-reads", why->orders.from_read},
                  {"modification order", why->execution.modification_order},
                  {"location-ordered", why->orders.location_order}};
    relation all = {{0}};
    for (uint32_t i = 0; i < 4; i++)
        all = relation_union(all, orders[i].pairs);
    uint32_t best[RELATION_EVENTS], length = 0;
    for (uint32_t from = 0; from < why->execution.event_count; from++) {
        uint32_t path[RELATION_EVENTS];
        const uint32_t found = shortest_cycle(all, from, path);
        if (found && (!length || found < length)) {
            length = found;
            memcpy(best, path, sizeof path);
        }
    }
    size_t used = (size_t)snprintf(text, bytes, "a cycle:");
    for (uint32_t i = length; i > 0 && used < bytes; i--) {
        const uint32_t event = best[i % length], next = best[i - 1];
        char step[64];
        const char *name = "";
        litmus_step_text(why->execution.events[event].step, step, sizeof step);
        for (uint32_t k = 0; k < 4; k++)
            name = holds(orders[k].pairs.to[event], next) ? orders[k].name : name;
        used += (size_t)snprintf(text + used, bytes - used, " role %u's %s, by %s before",
                                 why->execution.events[event].role, step, name);
    }
    if (used < bytes)
        snprintf(text + used, bytes - used, " the first");
}

const char *litmus_explain(const litmus_program *program, uint32_t outcome, char *text,
                           size_t bytes)
{
    explanation why = {.outcome = outcome, .broken = LITMUS_CONSISTENT};
    text[0] = '\0';
    visit_all(program, keep_first, &why);
    if (why.broken == LITMUS_CONSISTENT)
        return "";
    if (why.broken == LITMUS_ACYCLIC)
        write_cycle(&why, text, bytes);
    else
        snprintf(text, bytes, "a plain read takes a value that is not the last one visible to it");
    return why.broken == LITMUS_ACYCLIC ? "consistency" : "visibility";
}
