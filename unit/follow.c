// Batches like earlier ones, which a stream compares and does not schedule again: they have to be
// what they would be if nothing came before them.
#include "bench.h"

#include <string.h>

#include "follow.h"
#include "pipeline.h"

enum { KERNELS = 2, BUFFERS = 4, CALLS = 10, PROGRAMS = 3, RANGE_BYTES = 256 };

// A call of a program. Where it is no dispatch it copies from the first buffer to the second.
typedef struct call {
    bool copies, independent;
    bool barrier; // kro_barrier right before it
    uint32_t kernel, buffers[3];
    uint32_t ranges[3]; // from 1, of RANGE_BYTES; 0: all of the buffer
    uint32_t push[3], groups;
} call;

typedef struct program {
    call calls[CALLS + 1];
    uint32_t count;
} program;

typedef struct side {
    bench it;
    kro_pipeline *kernels[KERNELS];
    kro_buffer *buffers[BUFFERS];
    bool follows_none; // something is destroyed before each batch
    uint32_t followed; // batches
} side;

static const uint32_t use_counts[KERNELS] = {1, 3};

static kro_buffer *create_buffer(kt_test *t, const side *s)
{
    kro_buffer *buffer = NULL;
    CHECK_OK(kro_buffer_create(
        s->it.ctx, &(kro_buffer_config){.size_bytes = BENCH_BYTES, .memory = KRO_MEMORY_UPLOAD},
        &buffer));
    return buffer;
}

static side create_side(kt_test *t, bool follows_none)
{
    side s = {.it = bench_create(t, NULL), .follows_none = follows_none};
    s.it.device->host_visible = true;
    s.kernels[0] = kt_pipeline_in(t, s.it.ctx, "affine_words", NULL);
    s.kernels[1] = kt_pipeline_in(t, s.it.ctx, "add_scaled_words", NULL);
    for (uint32_t i = 0; i < BUFFERS; i++)
        s.buffers[i] = create_buffer(t, &s);
    return s;
}

static call random_call(kt_test *t)
{
    call c = {.kernel = (uint32_t)kt_random_below(t, KERNELS),
              .groups = 1 + (uint32_t)kt_random_below(t, 3),
              .independent = kt_random_below(t, 8) == 0};
    for (uint32_t i = 0; i < 3; i++) {
        c.buffers[i] = (uint32_t)kt_random_below(t, BUFFERS);
        c.push[i] = (uint32_t)kt_random_below(t, 3);
        c.ranges[i] = (uint32_t)kt_random_below(t, 4);
    }
    return c;
}

static program random_program(kt_test *t)
{
    program p = {.count = 1 + (uint32_t)kt_random_below(t, CALLS)};
    for (uint32_t i = 0; i < p.count; i++)
        p.calls[i] =
            i > 0 && kt_random_below(t, 2) ? p.calls[kt_random_below(t, i)] : random_call(t);
    return p;
}

// What mostly changes from one batch to the next.
static void change_numbers(kt_test *t, program *p)
{
    uint32_t same = (uint32_t)kt_random_below(t, 3);
    for (uint32_t i = 0; i < p->count; i++) {
        if (kt_random_below(t, 2))
            p->calls[i].push[0] = same ? same : (uint32_t)kt_random_below(t, 1000);
        if (kt_random_below(t, 16) == 0)
            p->calls[i].groups = 1 + (uint32_t)kt_random_below(t, 5);
    }
}

static void change_anything(kt_test *t, program *p)
{
    uint32_t at = (uint32_t)kt_random_below(t, p->count);
    call *c = &p->calls[at];
    switch (kt_random_below(t, 8)) {
    case 0:
        *c = random_call(t);
        break;
    case 1:
        c->independent = !c->independent;
        break;
    case 2:
        c->barrier = !c->barrier;
        break;
    case 3:
        c->copies = !c->copies;
        c->buffers[1] = (c->buffers[0] + 1) % BUFFERS;
        break;
    case 4:
        p->count = at + 1;
        break;
    case 5:
        if (p->count < CALLS)
            p->calls[p->count++] = random_call(t);
        break;
    case 6:
        c->ranges[0] = (c->ranges[0] + 1) % 4;
        break;
    default:
        c->buffers[0] = (c->buffers[0] + 1) % BUFFERS;
        c->copies = false;
        break;
    }
}

static kro_status run_call(const side *s, const call *c)
{
    if (c->barrier && kro_barrier(s->it.stream) < 0)
        return KRO_ERROR_DRIVER;
    if (c->copies)
        return kro_copy(s->it.stream, s->buffers[c->buffers[1]], 0, s->buffers[c->buffers[0]], 0,
                        RANGE_BYTES);
    kro_binding bindings[3];
    for (uint32_t i = 0; i < use_counts[c->kernel]; i++) {
        bindings[i] = (kro_binding){.buffer = s->buffers[c->buffers[i]], .binding = i};
        if (c->ranges[i]) {
            bindings[i].offset_bytes = (uint64_t)c->ranges[i] * RANGE_BYTES;
            bindings[i].size_bytes = RANGE_BYTES;
        }
    }
    return kro_dispatch(s->it.stream, s->kernels[c->kernel],
                        &(kro_dispatch_args){.bindings = bindings,
                                             .binding_count = use_counts[c->kernel],
                                             .push = c->push,
                                             .push_bytes = sizeof c->push,
                                             .groups = {c->groups},
                                             .independent = c->independent});
}

// What may come between two batches; `event` says what, and `buffer` which it concerns.
static void run_event(kt_test *t, side *s, uint64_t event, uint32_t buffer)
{
    void *host;
    if (s->follows_none)
        kro_buffer_destroy(create_buffer(t, s));
    if (event == 0) {
        kro_buffer_destroy(s->buffers[buffer]);
        s->buffers[buffer] = create_buffer(t, s);
    } else if (event == 1) {
        CHECK_OK(kro_buffer_map(s->buffers[buffer], &host));
        CHECK_OK(kro_buffer_unmap(s->buffers[buffer]));
    }
}

// Records and submits a program, after `refused` of whose calls comes one that is refused, so that
// nothing of it is submitted.
static void run_program(kt_test *t, side *s, const program *p, uint32_t refused, bool waits)
{
    for (uint32_t i = 0; i < p->count; i++) {
        if (i == refused) {
            CHECK_STATUS(kro_dispatch(s->it.stream, s->kernels[0], NULL),
                         KRO_ERROR_INVALID_ARGUMENT);
            CHECK_STATUS(kro_finish(s->it.stream), KRO_ERROR_INVALID_ARGUMENT);
            return;
        }
        CHECK_OK(run_call(s, &p->calls[i]));
    }
    s->followed += kro__follows_whole(s->it.stream->batch);
    CHECK_OK(waits ? kro_finish(s->it.stream) : kro_submit(s->it.stream, NULL));
}

static uint32_t kernel_of(const side *s, const kro__node *node)
{
    uint32_t k = 0;
    while (k < KERNELS && s->kernels[k]->kernel != node->dispatch.kernel)
        k++;
    return k;
}

static bool check_node(kt_test *t, const side *a, const side *b, uint32_t i)
{
    const fake_submit *first = &a->it.device->last, *second = &b->it.device->last;
    const kro__node *left = &first->nodes[i], *right = &second->nodes[i];
    if (!CHECK_EQ_U64(first->order[i], second->order[i]) || !CHECK_EQ_U64(left->op, right->op) ||
        !CHECK_EQ_U64(left->binding_id, right->binding_id))
        return false;
    if (left->op != KRO__OP_DISPATCH)
        return true;
    const uint32_t bytes = left->dispatch.push_bytes, count = left->dispatch.dynamic_count;
    return CHECK_EQ_U64(kernel_of(a, left), kernel_of(b, right)) &&
           CHECK(memcmp(left->dispatch.groups, right->dispatch.groups,
                        sizeof left->dispatch.groups) == 0) &&
           CHECK_EQ_U64(bytes, right->dispatch.push_bytes) &&
           CHECK(memcmp(first->push + left->dispatch.push_first,
                        second->push + right->dispatch.push_first, bytes) == 0) &&
           CHECK_EQ_U64(count, right->dispatch.dynamic_count) &&
           CHECK(memcmp(first->dynamic_offsets + left->dispatch.dynamic_first,
                        second->dynamic_offsets + right->dispatch.dynamic_first,
                        count * sizeof *first->dynamic_offsets) == 0);
}

// Whether both sides submitted the same.
static bool check_same(kt_test *t, const side *a, const side *b)
{
    const fake_submit *first = &a->it.device->last, *second = &b->it.device->last;
    if (!CHECK_EQ_U64(a->it.device->submit_count, b->it.device->submit_count) ||
        !CHECK_EQ_U64(first->node_count, second->node_count) ||
        !CHECK_EQ_U64(first->barrier_count, second->barrier_count) ||
        !CHECK_EQ_U64(first->set_count, second->set_count) ||
        !CHECK_EQ_U64(first->entry_barrier, second->entry_barrier) ||
        !CHECK_EQ_U64(first->exit_barrier, second->exit_barrier))
        return false;
    for (uint32_t i = 0; i < first->barrier_count; i++)
        if (!CHECK_EQ_U64(first->barriers[i], second->barriers[i]))
            return false;
    for (uint32_t i = 0; i < first->node_count; i++)
        if (!check_node(t, a, b, i))
            return false;
    return true;
}

TEST(a_batch_like_an_earlier_one_is_recorded_as_a_new_one_is)
{
    enum { ROUNDS = 4000 };
    side sides[2] = {create_side(t, false), create_side(t, true)};
    program programs[PROGRAMS];
    for (uint32_t i = 0; i < PROGRAMS; i++)
        programs[i] = random_program(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        program *p = &programs[round % PROGRAMS];
        const program before = *p;
        const uint64_t kind = kt_random_below(t, 30);
        const bool waits = kt_random_below(t, 4) == 0;
        const uint64_t event = kt_random_below(t, 100);
        const uint32_t buffer = (uint32_t)kt_random_below(t, BUFFERS);
        const uint32_t refused =
            kt_random_below(t, 60) ? UINT32_MAX : (uint32_t)kt_random_below(t, CALLS);
        change_numbers(t, p);
        if (kind == 0)
            *p = random_program(t);
        else if (kind < 3)
            change_anything(t, p);
        for (uint32_t i = 0; i < 2; i++) {
            run_event(t, &sides[i], event, buffer);
            run_program(t, &sides[i], p, refused, waits);
        }
        if (kind == 2) // it was that once
            *p = before;
        if (!check_same(t, &sides[0], &sides[1])) {
            LOGF(t, "batch %u, kind %u, event %u", round, (unsigned)kind, (unsigned)event);
            break;
        }
    }
    LOGF(t, "%u of %u batches followed another", sides[0].followed, ROUNDS);
    CHECK(sides[0].followed > ROUNDS / 3);
    CHECK_EQ_U64(sides[1].followed, 0);
    for (uint32_t i = 0; i < 2; i++)
        for (uint32_t b = 0; b < BUFFERS; b++)
            kro_buffer_destroy(sides[i].buffers[b]);
}

// A batch of so many dispatches on one buffer; says whether it followed another.
static bool run_chain(kt_test *t, const bench *it, kro_pipeline *kernel, kro_buffer *buffer,
                      uint32_t count)
{
    const uint32_t push[3] = {0};
    for (uint32_t i = 0; i < count; i++)
        CHECK_OK(kro_dispatch(
            it->stream, kernel,
            &(kro_dispatch_args){
                .buffers = {buffer}, .push = push, .push_bytes = sizeof push, .groups = {1}}));
    const bool follows = kro__follows_whole(it->stream->batch);
    CHECK_OK(kro_finish(it->stream));
    CHECK_EQ_U64(it->device->last.node_count, count);
    return follows;
}

TEST(batches_in_turns_follow_each_their_own)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *buffers[KRO__BATCHES + 1];
    for (uint32_t i = 0; i <= KRO__BATCHES; i++)
        buffers[i] = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "one of many");
    for (uint32_t count = 1; count <= KRO__BATCHES; count++)
        for (uint32_t round = 0; round < 3; round++)
            for (uint32_t i = 0; i < count; i++)
                CHECK_EQ_U64(run_chain(t, &it, kernel, buffers[i], 2), round > 0 || i + 1 < count);
    // One more than are kept: the one submitted longest ago goes, and then each that comes next.
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = KRO__BATCHES + 1; i-- > 0;)
            CHECK_EQ_U64(run_chain(t, &it, kernel, buffers[i], 2),
                         round == 0 && i > 0 && i < KRO__BATCHES);
}

TEST(a_batch_with_a_barrier_is_not_followed)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {0};
    kro_dispatch_args args = {.push = push, .push_bytes = sizeof push, .groups = {1}};
    for (uint32_t round = 0; round < 3; round++) {
        const bool barrier = round == 0; // between operations that do not conflict
        args.buffers[0] = it.a;
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        if (barrier)
            CHECK_OK(kro_barrier(it.stream));
        args.buffers[0] = it.b;
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_finish(it.stream));
        CHECK_EQ_U64(it.device->last.barrier_count, barrier);
    }
}

TEST(what_a_followed_batch_uses_stays_until_it_is_submitted)
{
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {0};
    kro_buffer *buffer;
    if (!CHECK_OK(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 64}, &buffer)))
        return;
    const kro_dispatch_args args = {
        .buffers = {buffer}, .push = push, .push_bytes = sizeof push, .groups = {1}};
    const uint32_t memories = it.device->memory_count;
    for (uint32_t round = 0; round < 3; round++) {
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_EQ_U64(kro__follows_whole(it.stream->batch), round > 0);
        if (round < 2)
            CHECK_OK(kro_submit(it.stream, NULL));
    }
    it.device->finished[0] = it.device->submitted[0];
    kro_buffer_destroy(buffer); // that the open batch uses
    CHECK_EQ_U64(it.device->memory_count, memories);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->memory_count, memories);
    it.device->finished[0] = it.device->submitted[0];
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, memories - 1);
}

// Submits a batch that uses so many ranges of a buffer, each with a descriptor set of its own.
static void submit_ranges(kt_test *t, const bench *it, kro_pipeline *kernel, kro_buffer *buffer,
                          uint64_t first, uint64_t count)
{
    const uint32_t push[3] = {0};
    for (uint64_t i = first; i < first + count; i++) {
        // Of other sizes, for offsets alone need no other set.
        const kro_binding range = {.buffer = buffer, .size_bytes = 4 * (i + 1)};
        CHECK_OK(kro_dispatch(it->stream, kernel,
                              &(kro_dispatch_args){.bindings = &range,
                                                   .binding_count = 1,
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .groups = {1}}));
    }
    CHECK_OK(kro_submit(it->stream, NULL));
}

TEST(sets_of_a_followed_batch_are_kept_while_it_runs)
{
    enum { SETS = 700 }; // twice that is more than a stream keeps
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *buffer = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = 4096});
    submit_ranges(t, &it, kernel, buffer, 0, 1);
    it.device->finished[0] = it.device->submitted[0];
    CHECK_OK(kro_finish(it.stream));
    submit_ranges(t, &it, kernel, buffer, 0, 1); // follows, and does not finish
    CHECK_EQ_U64(it.device->last.set_count, 0);
    for (int round = 0; round < 3; round++) {
        submit_ranges(t, &it, kernel, it.a, 0, SETS);
        submit_ranges(t, &it, kernel, it.b, 0, SETS);
    }
    CHECK(kro__bindings_crowded(&it.stream->bindings));
    submit_ranges(t, &it, kernel, buffer, 0, 1);
    CHECK_EQ_U64(it.device->last.set_count, 0);
    it.device->finished[0] = it.device->submitted[0];
}

TEST(a_batch_that_is_left_in_its_middle_is_not_kept_for_a_while)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    uint32_t followed = 0, kept = 0;
    for (uint32_t round = 0; round < 200; round++) {
        followed += run_chain(t, &it, kernel, it.a, 10 + round); // leaves the last one at its end
        kept += it.stream->batch->following.count > 0;
    }
    CHECK_EQ_U64(followed, 0);
    CHECK(kept > 3 && kept < 10);
    for (uint32_t round = 0; round < 100; round++)
        followed += run_chain(t, &it, kernel, it.a, 10);
    CHECK(followed > 30); // in the end it is worth while again
    CHECK_EQ_U64(it.stream->shapes.last->pauses, 0);
}
