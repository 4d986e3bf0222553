// Counts the outcomes of a litmus program's instances, and makes everything ready for the next
// dispatch of it: locations, results and the counters that invocations meet at are zero again.
#version 450

layout(local_size_x = 64) in;

const uint REGISTERS = 4, ROLES = 4, RESULTS = REGISTERS + ROLES; // words of an instance's results
const uint VALUES = 4;                                            // 0 .. 2, and what nobody wrote
const uint MEETINGS = 2048, MEETING_WORDS = 16; // no more counters than instances
const uint WRONG = 256, INCOMPLETE = 257; // bins behind those of the outcomes

layout(std430, binding = 0) buffer Locations { uint locations[]; };
layout(std430, binding = 1) buffer Results { uint results[]; };
layout(std430, binding = 2) buffer Counts { uint counts[]; };
layout(std430, binding = 3) buffer Scratch { uint scratch[]; };

layout(push_constant) uniform Push
{
    uint instances;
    uint roles;
    uint value_words; // of a location: 1 or 2
    uint location_multiplier, spacing, gap;
    uint observed_count;
    uint observed[4]; // a register, or REGISTERS + a location
};

uint place(uint instance, uint location)
{
    uint at = instance * spacing;
    if (location == 1)
        at = instance * location_multiplier % instances * spacing + gap;
    return at * value_words;
}

uint value(uint instance, uint which)
{
    if (which < REGISTERS)
        return results[instance * RESULTS + which];
    uint at = place(instance, which - REGISTERS);
    return locations[at] == locations[at + value_words - 1] ? locations[at] : VALUES - 1;
}

uint outcome(uint instance)
{
    uint roles_played = 0;
    for (uint i = 0; i < ROLES; i++)
        roles_played += results[instance * RESULTS + REGISTERS + i];
    if (roles_played != roles)
        return INCOMPLETE;
    uint code = 0, factor = 1;
    for (uint i = 0; i < observed_count; i++) {
        uint digit = value(instance, observed[i]);
        if (digit >= VALUES - 1)
            return WRONG;
        code += digit * factor;
        factor *= VALUES;
    }
    return code;
}

void main()
{
    uint instance = gl_GlobalInvocationID.x;
    if (instance >= instances)
        return;
    atomicAdd(counts[outcome(instance)], 1);
    for (uint i = 0; i < RESULTS; i++)
        results[instance * RESULTS + i] = 0;
    for (uint i = 0; i < 2; i++) {
        uint at = place(instance, i);
        locations[at] = 0;
        locations[at + value_words - 1] = 0;
    }
    if (instance < MEETINGS)
        scratch[instance * MEETING_WORDS] = 0;
}
