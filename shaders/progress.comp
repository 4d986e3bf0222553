// Members wait for each other in patterns that a device's scheduler may or may not let end. A member
// is a workgroup, a subgroup of the only workgroup, or an invocation of the only subgroup. Each
// wait is bounded, and each member records what became of it, so that the end of the dispatch
// proves nothing by itself.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_GOOGLE_include_directive : require
#include "progress_patterns.h"

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint LEVEL = 0; // 0: workgroups, 1: subgroups, 2: invocations
layout(constant_id = 2) const uint PATTERN = 0;

layout(std430, binding = 0) buffer Words { uint words[]; };
layout(std430, binding = 1) writeonly buffer Records { uvec4 records[]; };

layout(push_constant) uniform Push {
    uint workgroups;
    uint spin_limit; // of a member in all its waits
};

uint rank, members;
uint outcome = PROGRESS_SAW, spins = 0, waits = 0, seen = 0;

// Several looks make a spin, and a spin long enough for others to come by in few rounds.
#define LOOK value = max(value, atomicAdd(words[at], 0u));
// The lock is taken where it is even, and no more than this one word: then its order needs no barrier.
#define GRAB if (!held) { lock = atomicOr(words[PROGRESS_LOCK], 1u); held = (lock & 1u) == 0u; }
#define FOUR(what) what what what what

bool goes_on()
{
    return outcome == PROGRESS_SAW && spins < spin_limit;
}

// After a round in which nothing came.
void count_spin(bool there)
{
    spins++;
    if (!there && atomicAdd(words[PROGRESS_ABANDONED], 0u) != 0u)
        outcome = PROGRESS_LEFT;
}

bool decide(bool there)
{
    if (there) {
        waits++;
    } else if (outcome == PROGRESS_SAW) {
        outcome = spins < spin_limit ? PROGRESS_CUT : PROGRESS_GAVE_UP;
        atomicExchange(words[PROGRESS_ABANDONED], 1u);
    }
    return there;
}

// Waits until a word is `wanted` at least.
bool await(uint at, uint wanted)
{
    uint value = 0u;
    while (value < wanted && goes_on()) {
        if (PATTERN == PROGRESS_NEVER) {
            LOOK
        } else {
            FOUR(FOUR(LOOK))
            FOUR(FOUR(LOOK))
        }
        count_spin(value >= wanted);
    }
    bool there = value >= wanted;
    if (there)
        seen = value;
    return decide(there);
}

bool acquire(out uint lock)
{
    bool held = false;
    while (!held && goes_on()) {
        FOUR(FOUR(GRAB))
        count_spin(held);
    }
    return decide(held);
}

// Waits until all have begun.
bool meet()
{
    atomicAdd(words[PROGRESS_BEGUN], 1u);
    bool there = await(PROGRESS_BEGUN, members);
    if (outcome == PROGRESS_GAVE_UP)
        outcome = PROGRESS_UNMET;
    return there;
}

// A link of a chain: values count its links, so that one that saw has a whole chain before it.
void link(uint position, uint before, uint own)
{
    if (position == 0u || await(PROGRESS_FLAGS + before, position))
        atomicExchange(words[PROGRESS_FLAGS + own], position + 1u);
}

void chain_to_higher()
{
    link(members - 1u - rank, rank + 1u, rank);
}

void exchange()
{
    uint partner = rank ^ 1u;
    if (partner >= members)
        return;
    for (uint k = 1u; k <= PROGRESS_EXCHANGES; k++) {
        atomicExchange(words[PROGRESS_FLAGS + rank], k);
        if (!await(PROGRESS_FLAGS + partner, k))
            return;
    }
}

void take_turns()
{
    for (uint k = 0u; k < PROGRESS_TURNS; k++) {
        uint lock;
        if (!acquire(lock))
            return;
        if (atomicAdd(words[PROGRESS_LOCK], 1u) != lock + 1u) // somebody else had it, too
            atomicAdd(words[PROGRESS_INTRUSIONS], 1u);
    }
}

void pass_barriers()
{
    for (uint k = 1u; k <= PROGRESS_ROUNDS; k++) {
        atomicAdd(words[PROGRESS_ARRIVED], 1u);
        if (!await(PROGRESS_ARRIVED, k * members))
            return;
    }
}

// Each holds one item at most: it waits for the one before to make it, and for the one behind to
// have taken the last.
void hand_on()
{
    uint made = PROGRESS_FLAGS, taken = PROGRESS_FLAGS + members;
    for (uint k = 1u; k <= PROGRESS_ITEMS; k++) {
        if (rank > 0u) {
            if (!await(made + rank - 1u, k))
                return;
            atomicExchange(words[taken + rank], k);
        }
        if (rank < members - 1u && k > 1u && !await(taken + rank + 1u, k - 1u))
            return;
        atomicExchange(words[made + rank], k);
    }
}

void stay_in_between()
{
    if (rank > 0u) {
        atomicMax(words[PROGRESS_TOP], rank);
        link(rank - 1u, rank - 1u, rank);
    } else if (await(PROGRESS_TOP, members / 2u)) {
        await(PROGRESS_FLAGS + seen, seen);
    } else if (outcome == PROGRESS_GAVE_UP) {
        outcome = PROGRESS_UNMET;
    }
}

// Whoever joins stays until all have or the first gives up, which says how many had joined.
void count_at_once()
{
    if ((atomicAdd(words[PROGRESS_BEGUN], 1u) & PROGRESS_CLOSED) != 0u) {
        outcome = PROGRESS_LEFT;
        return;
    }
    await(PROGRESS_BEGUN, members);
    uint joined = atomicOr(words[PROGRESS_BEGUN], PROGRESS_CLOSED);
    if ((joined & PROGRESS_CLOSED) == 0u)
        atomicMax(words[PROGRESS_MOST], joined);
}

void play()
{
    switch (PATTERN) {
    case PROGRESS_ARRIVALS:
        rank = atomicAdd(words[PROGRESS_TICKETS], 1u);
    case PROGRESS_TO_LOWER:
        link(rank, rank - 1u, rank);
        break;
    case PROGRESS_MUTEX:
        take_turns();
        break;
    case PROGRESS_IN_BETWEEN:
        stay_in_between();
        break;
    case PROGRESS_TO_HIGHER:
        chain_to_higher();
        break;
    case PROGRESS_AT_ONCE:
        count_at_once();
        break;
    case PROGRESS_NEVER:
        await(PROGRESS_FLAGS, 1u);
        break;
    default:
        if (!meet())
            break;
        if (PATTERN == PROGRESS_EXCHANGE)
            exchange();
        else if (PATTERN == PROGRESS_BARRIER)
            pass_barriers();
        else if (PATTERN == PROGRESS_PIPELINE)
            hand_on();
        else
            chain_to_higher();
    }
}

void main()
{
    if (LEVEL == 0u ? gl_LocalInvocationIndex != 0u : LEVEL == 1u && !subgroupElect())
        return;
    rank = LEVEL == 0u ? gl_WorkGroupID.x : LEVEL == 1u ? gl_SubgroupID : gl_SubgroupInvocationID;
    members = LEVEL == 0u ? workgroups : LEVEL == 1u ? gl_NumSubgroups : gl_SubgroupSize;
    atomicExchange(words[PROGRESS_MEMBERS], members);
    play();
    records[rank] = uvec4(outcome, spins, waits, seen);
}
