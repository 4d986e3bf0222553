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

// Keeps an environment within what the device, the buffers and the program's storage hold.
static void fit(const litmus_program *program, const kro_device_info *device, litmus_environment *e)
{
    litmus_push *push = &e->push;
    e->local_size = at_most(e->local_size, device->limits.max_group_invocations);
    e->local_size = at_most(e->local_size, device->limits.max_group_size[0]);
    push->testing_groups = at_most(push->testing_groups, LITMUS_MAX_INSTANCES / e->local_size);
    push->instances = push->testing_groups * e->local_size;
    const uint32_t shared_values = LITMUS_SHARED_BYTES / (program->wide ? 8 : 4);
    const uint32_t room = program->storage == LITMUS_SHARED ? shared_values / e->local_size
                                                            : LITMUS_MAX_VALUES / push->instances;
    push->spacing = at_most(push->spacing, room);
    push->gap = at_most(push->gap, push->spacing - 1);
    e->groups = at_most(e->groups, LITMUS_MAX_GROUPS);
}

// What sizes suit a kind of device. A processor runs as many workgroups at a time as it has cores,
// each of them a few invocations at a time; a GPU runs thousands of both.
typedef struct scale_row {
    // The first does best across workgroups, the second, of several subgroups, within one. Each
    // needs kernels of its own.
    uint32_t local_sizes[3];
    uint32_t groups;
} scale_row;
static const scale_row CPU = {{8, 64, 32}, 64};
static const scale_row GPU = {{128, 256, 32}, 256};

// An environment that does well in general: neighbours meet, in time and in memory.
static litmus_environment first_environment(const scale_row *scale, uint32_t local_size)
{
    return (litmus_environment){
        .local_size = local_size,
        .groups = 2 * scale->groups,
        .push = {.testing_groups = 2 * scale->groups,
                 .spacing = 16,
                 .gap = 4,
                 .meeting_size = 2 * local_size,
                 .meeting_rounds = 512,
                 .before_rounds = 8,
                 .between_rounds = scale == &CPU ? 8 : 0,
                 .stress_rounds = 64,
                 .lines = 64,
                 .line_words = 64,
                 .pattern = 3},
    };
}

// Of the processor, at least 2.
static uint32_t core_count(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 2 ? 2 : count > 64 ? 64 : (uint32_t)count;
}

static void draw_sizes(kt_test *t, const scale_row *scale, litmus_environment *e)
{
    litmus_push *push = &e->push;
    e->shuffled = kt_random_below(t, 2);
    push->testing_groups = scale->groups * PICK(t, 1, 2, 3);
    e->groups = push->testing_groups + scale->groups * PICK(t, 0, 0, 1);
    push->spacing = PICK(t, 2, 4, 8, 16, 32, 64);
    push->gap = 1 + (uint32_t)kt_random_below(t, push->spacing - 1);
    push->meeting_size = e->local_size * PICK(t, 2, 2, 4, push->testing_groups);
    push->meeting_rounds = PICK(t, 0, 64, 512, 2048);
    push->before_rounds = PICK(t, 0, 1, 4, 8, 16, 64);
    push->between_rounds = scale == &CPU ? PICK(t, 0, 0, 2, 8) : PICK(t, 0, 0, 0, 2);
    push->stress_rounds = PICK(t, 64, 256, 1024);
    push->pattern = PICK(t, 0, 1, 2, 3);
    push->lines = PICK(t, 1, 4, 16, 256);
    push->line_words = PICK(t, 16, 32, 64, 256, 1024);
}

// Which invocations meet: those a few workgroups, or a few lanes, apart, or any. Processors give
// each core a row of workgroups, so those that run at the same time are far apart.
static void draw_permutations(kt_test *t, const litmus_program *program, uint32_t number,
                              litmus_environment *e)
{
    const bool on_cores = kt_device(t)->type == KRO_DEVICE_TYPE_CPU;
    const uint32_t group = e->local_size, row = e->push.instances / core_count();
    const uint32_t near = on_cores ? row : group;
    uint32_t step = 1;
    if (program->reach > LITMUS_WORKGROUP)
        step = number == 0 ? near : PICK(t, 1, near, near, near, group, group + 1);
    else if (program->reach == LITMUS_WORKGROUP) // another subgroup's lanes
        step = number == 0 ? group / 2 : PICK(t, 1, group / 2, group / 2, group / 4 + 1);
    else if (number > 0)
        step = PICK(t, 1, 2, 3, 5);
    for (uint32_t r = 0; r < LITMUS_ROLES; r++) {
        e->push.multipliers[r] = 1;
        e->push.shifts[r] = r * step;
    }
    e->push.location_multiplier = 1;
    if (number == 0 || kt_random_below(t, 2))
        return;
    for (uint32_t r = 1; r < LITMUS_ROLES; r++)
        e->push.multipliers[r] = multiplier(t, e->push.instances);
    e->push.location_multiplier = multiplier(t, e->local_size * e->push.instances);
}

litmus_environment litmus_environment_draw(kt_test *t, const litmus_program *program,
                                           uint32_t number)
{
    const kro_device_info *device = kt_device(t);
    const scale_row *scale = device->type == KRO_DEVICE_TYPE_CPU ? &CPU : &GPU;
    const uint32_t size = number / 4 + (program->reach == LITMUS_WORKGROUP);
    litmus_environment e = first_environment(scale, scale->local_sizes[size % 3]);
    if (number > 0)
        draw_sizes(t, scale, &e);
    fit(program, device, &e);
    draw_permutations(t, program, number, &e);
    return e;
}

void litmus_environment_text(const litmus_environment *e, char *text, size_t bytes)
{
    const litmus_push *p = &e->push;
    snprintf(text, bytes,
             "%u of %u workgroups of %u%s, multipliers %u %u %u, shifts %u %u %u, locations %u "
             "apart, gap %u, multiplier %u, meeting of %u for %u, before %u, between %u, stress "
             "%u, pattern "
             "%u, %u lines "
             "of %u",
             p->testing_groups, e->groups, e->local_size, e->shuffled ? " shuffled" : "",
             p->multipliers[1], p->multipliers[2], p->multipliers[3], p->shifts[1], p->shifts[2],
             p->shifts[3], p->spacing, p->gap, p->location_multiplier, p->meeting_size,
             p->meeting_rounds, p->before_rounds, p->between_rounds, p->stress_rounds, p->pattern,
             p->lines, p->line_words);
}
