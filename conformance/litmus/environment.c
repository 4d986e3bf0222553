#include "environment.h"

#include <stdio.h>
#include <unistd.h>

static uint32_t pick(kt_test *t, const uint32_t *values, uint32_t count)
{
    return values[kt_random_below(t, count)];
}
#define PICK(t, ...)                           \
    pick((t), (const uint32_t[]){__VA_ARGS__}, \
         (uint32_t)(sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

// A number that has no factor in common with a number of instances.
static uint32_t multiplier(kt_test *t, uint32_t instances)
{
    static const uint32_t PRIMES[] = {1, 3, 109, 419, 1031};
    const uint32_t prime = PRIMES[kt_random_below(t, 5)];
    return prime == 1 || instances % prime ? prime : 1;
}

static uint32_t at_most(uint32_t value, uint32_t bound)
{
    return value < bound ? value : bound;
}

// A processor runs as many workgroups at a time as it has cores, each of them a few invocations at
// a time; a GPU with memory of its own runs some hundred thousand invocations.
static const litmus_scale CPU = {{8, 64, 32}, 256, 1 << 14, 1 << 18, 1};
static const litmus_scale SMALL_GPU = {{128, 256, 32}, 256, 1 << 17, 1 << 21, 2};
static const litmus_scale LARGE_GPU = {{128, 256, 32}, 512, 1 << 18, 1 << 22, 4};

const litmus_scale *litmus_device_scale(const kro_device_info *device)
{
    switch (device->type) {
    case KRO_DEVICE_TYPE_CPU:
        return &CPU;
    case KRO_DEVICE_TYPE_DISCRETE:
    case KRO_DEVICE_TYPE_VIRTUAL:
        return &LARGE_GPU;
    default:
        return &SMALL_GPU;
    }
}

// Keeps an environment within what the device, the buffers and the program's storage hold.
static void fit(const litmus_program *program, const kro_device_info *device, litmus_environment *e)
{
    const litmus_scale *scale = litmus_device_scale(device);
    litmus_push *push = &e->push;
    // Subgroups have to be full, or lanes would play roles in the next one's instances.
    const uint32_t whole = program->reach == LITMUS_SUBGROUP ? device->max_subgroup_size : 1;
    if (whole > 1)
        e->local_size = (e->local_size + whole - 1) / whole * whole;
    e->local_size = at_most(e->local_size, device->limits.max_group_invocations);
    e->local_size = at_most(e->local_size, device->limits.max_group_size[0]);
    push->testing_groups = at_most(push->testing_groups, scale->max_instances / e->local_size);
    push->instances = push->testing_groups * e->local_size;
    push->spacing = at_most(push->spacing, scale->max_values / push->instances);
    const uint32_t shared_values = LITMUS_SHARED_BYTES / (program->wide ? 8 : 4);
    if (program->storage == LITMUS_SHARED)
        push->spacing = at_most(push->spacing, shared_values / e->local_size);
    push->gap = at_most(push->gap, push->spacing - 1);
    e->groups = at_most(e->groups, LITMUS_MAX_GROUPS);
}

// Of the processor, at least 2.
static uint32_t core_count(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 2 ? 2 : count > 64 ? 64 : (uint32_t)count;
}

// Who meets whom: which invocations share instances, and which workgroups wait for each other.
typedef enum company {
    NEIGHBOURS = 0, // workgroups that start one after the other, as they run together on a GPU
    ROWS,           // workgroups that are as far apart as processors deal them out to their cores
    ANYBODY,
} company;

// A processor runs the invocations of one workgroup in turn, each up to a barrier: more
// workgroups, and waiting for others, shows nothing more.
static void run_alone(const litmus_program *program, const litmus_scale *scale,
                      litmus_environment *e)
{
    if (scale != &CPU || program->reach > LITMUS_WORKGROUP)
        return;
    e->push.testing_groups /= program->reach == LITMUS_SUBGROUP ? 2 : 16; // about as many instances
    e->groups = e->push.testing_groups;
    e->push.meeting_rounds = 0;
}

// An environment that does well in general: neighbours meet, in time and in memory.
static litmus_environment first_environment(const litmus_scale *scale, uint32_t local_size)
{
    return (litmus_environment){
        .local_size = local_size,
        .groups = 2 * scale->groups,
        .push = {.testing_groups = 2 * scale->groups,
                 .spacing = 16,
                 .gap = 4,
                 .meeting_rounds = scale == &CPU ? 256 : 512,
                 .before_rounds = scale == &CPU ? 4 : 8,
                 .between_rounds = scale == &CPU ? 8 : 0,
                 .stress_rounds = 64,
                 .lines = 64,
                 .line_words = 64,
                 .pattern = 3},
    };
}

static void draw_sizes(kt_test *t, const litmus_scale *scale, litmus_environment *e)
{
    litmus_push *push = &e->push;
    e->shuffled = kt_random_below(t, 4) == 0;
    push->testing_groups = scale->groups * PICK(t, 1, 2, 3);
    e->groups = push->testing_groups + scale->groups * PICK(t, 0, 0, 1);
    push->spacing = PICK(t, 2, 4, 8, 16, 32, 64);
    push->gap = 1 + (uint32_t)kt_random_below(t, push->spacing - 1);
    push->meeting_rounds = scale == &CPU ? PICK(t, 0, 64, 256, 512) : PICK(t, 0, 64, 512, 2048);
    push->before_rounds = PICK(t, 0, 1, 4, 8, 16, 64);
    push->between_rounds = scale == &CPU ? PICK(t, 0, 2, 8, 32) : PICK(t, 0, 0, 0, 2);
    push->stress_rounds = PICK(t, 64, 256, 1024);
    push->pattern = PICK(t, 0, 1, 2, 3);
    push->lines = PICK(t, 1, 4, 16, 256);
    push->line_words = PICK(t, 16, 32, 64, 256, 1024);
}

// Lets workgroups wait for those that they share instances with.
//
// Returns: how many invocations these are apart.
static uint32_t arrange_meetings(kt_test *t, const litmus_scale *scale, company with,
                                 litmus_environment *e)
{
    litmus_push *push = &e->push;
    const uint32_t cores = scale == &CPU ? core_count() : 2, group = e->local_size;
    const uint32_t row_groups =
        push->testing_groups > cores ? push->testing_groups / cores : push->testing_groups;
    push->meeting_divisor = with == NEIGHBOURS ? 2 : 1;
    push->meeting_counters = with == ROWS ? row_groups : with == NEIGHBOURS ? LITMUS_MAX_GROUPS : 1;
    // A core that starts late is waited for once, and then not far behind.
    push->first_rounds =
        with == ANYBODY || scale != &CPU ? push->meeting_rounds : 32 * push->meeting_rounds;
    push->meeting_size = with == ROWS ? cores * group
                         : with == NEIGHBOURS
                             ? 2 * group
                             : group * PICK(t, 2, 4, scale == &CPU ? 8 : push->testing_groups);
    return with == ROWS || (with == ANYBODY && scale == &CPU) ? row_groups * group : group;
}

// Which invocations share instances: those a few workgroups, or a few lanes, apart, or any.
static void draw_permutations(kt_test *t, const litmus_scale *scale, const litmus_program *program,
                              uint32_t number, litmus_environment *e)
{
    const uint32_t group = e->local_size;
    // What suits the device first, then what suits the other kind, then anything.
    const company first = scale == &CPU ? ROWS : NEIGHBOURS;
    const company with = number == 0   ? first
                         : number == 1 ? (first == ROWS ? NEIGHBOURS : ROWS)
                                       : (company)PICK(t, first, first, NEIGHBOURS, ANYBODY);
    uint32_t step = arrange_meetings(t, scale, with, e);
    if (program->reach == LITMUS_WORKGROUP) // another subgroup's lanes
        step = number == 0 ? group / 2 : PICK(t, 1, group / 2, group / 2, group / 4 + 1);
    else if (program->reach == LITMUS_SUBGROUP)
        step = number == 0 ? 1 : PICK(t, 1, 2, 3, 5);
    if (litmus_can_weave(program) && (number == 1 || (number > 1 && kt_random_below(t, 3) == 0))) {
        e->push.woven = 1;
        e->push.meeting_rounds = 0;
        step = 1; // a lane that runs in step
    }
    e->push.turn_width = number < 2 ? step : PICK(t, step, step, group, UINT32_MAX);
    for (uint32_t r = 0; r < LITMUS_ROLES; r++) {
        e->push.multipliers[r] = 1;
        e->push.shifts[r] = r * step;
    }
    e->push.location_multiplier = 1;
    if (number < 2 || kt_random_below(t, 2))
        return;
    for (uint32_t r = 1; r < LITMUS_ROLES; r++)
        e->push.multipliers[r] = multiplier(t, e->push.instances);
    e->push.location_multiplier = multiplier(t, e->local_size * e->push.instances);
}

litmus_environment litmus_environment_draw(kt_test *t, const kro_device_info *device,
                                           const litmus_program *program, uint32_t number)
{
    const litmus_scale *scale = litmus_device_scale(device);
    const uint32_t size = number / 4 + (program->reach == LITMUS_WORKGROUP);
    litmus_environment e = first_environment(scale, scale->local_sizes[size % 3]);
    if (number > 1)
        draw_sizes(t, scale, &e);
    run_alone(program, scale, &e);
    fit(program, device, &e);
    draw_permutations(t, scale, program, number, &e);
    return e;
}

void litmus_environment_text(const litmus_environment *e, char *text, size_t bytes)
{
    const litmus_push *p = &e->push;
    snprintf(text, bytes,
             "%u of %u workgroups of %u%s%s, multipliers %u %u %u, shifts %u %u %u, turns of %u, "
             "locations %u apart, gap %u, multiplier %u, meeting of %u (%u, %u) for %u, before %u, "
             "between %u, stress %u, pattern %u, %u lines of %u",
             p->testing_groups, e->groups, e->local_size, e->shuffled ? " shuffled" : "",
             p->woven ? " woven" : "", p->multipliers[1], p->multipliers[2], p->multipliers[3],
             p->shifts[1], p->shifts[2], p->shifts[3], p->turn_width, p->spacing, p->gap,
             p->location_multiplier, p->meeting_size, p->meeting_divisor, p->meeting_counters,
             p->meeting_rounds, p->before_rounds, p->between_rounds, p->stress_rounds, p->pattern,
             p->lines, p->line_words);
}
