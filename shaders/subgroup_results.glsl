// Each invocation writes its subgroup, its lane and the RESULTS words that results() makes of x.
layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint words[]; };

void main()
{
    uint at = gl_GlobalInvocationID.x * (2 + RESULTS);
    uint r[RESULTS];
    results(x[gl_GlobalInvocationID.x], r);
    words[at] = gl_SubgroupID;
    words[at + 1] = gl_SubgroupInvocationID;
    for (uint k = 0; k < RESULTS; k++)
        words[at + 2 + k] = r[k];
}
