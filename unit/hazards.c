// The access map against one mark for every byte.
#include "hazards.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

enum { BUFFERS = 4, BYTES = 64 };

// What the map should know: a mark of a read and of a write for each byte.
typedef struct byte_model {
    uint64_t everything;
    uint64_t write[BUFFERS + 1][BYTES], read[BUFFERS + 1][BYTES];
} byte_model;

static uint64_t end_of(const kro__access *access)
{
    return access->end_bytes == KRO__WHOLE ? BYTES : access->end_bytes;
}

static uint64_t model_conflict(const byte_model *model, const kro__access *access)
{
    if (access->begin_bytes == end_of(access) || !(access->reads || access->writes))
        return 0; // a buffer that a kernel declares and does not use
    uint64_t conflict = model->everything;
    for (uint64_t i = access->begin_bytes; i < end_of(access); i++) {
        uint64_t write = model->write[access->buffer_id][i];
        uint64_t read = access->writes ? model->read[access->buffer_id][i] : 0;
        conflict = kro__max_u64(conflict, kro__max_u64(write, read));
    }
    return conflict;
}

static void model_add(byte_model *model, const kro__access *access, uint64_t mark)
{
    for (uint64_t i = access->begin_bytes; i < end_of(access); i++) {
        uint64_t *write = &model->write[access->buffer_id][i];
        uint64_t *read = &model->read[access->buffer_id][i];
        *write = access->writes ? kro__max_u64(*write, mark) : *write;
        *read = access->reads ? kro__max_u64(*read, mark) : *read;
    }
}

static kro__access random_access(kt_test *t)
{
    uint64_t begin = kt_random_below(t, BYTES);
    uint64_t end = begin + kt_random_below(t, BYTES - begin + 1);
    if (kt_random_below(t, 4) == 0) {
        begin = 0;
        end = BYTES;
    }
    return (kro__access){
        .buffer_id = 1 + kt_random_below(t, BUFFERS),
        .begin_bytes = begin,
        .end_bytes = end == BYTES ? KRO__WHOLE : end,
        .reads = kt_random_below(t, 2) == 0,
        .writes = kt_random_below(t, 2) == 0,
    };
}

TEST(more_buffers_than_can_be_counted_are_refused)
{
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    if (!CHECK(kro__accesses_grow(&accesses, 1)))
        return;
    kro__accesses_track(&accesses, 1);
    CHECK(!kro__accesses_grow(&accesses, UINT32_MAX));
    CHECK(!kro__accesses_grow(&accesses, UINT32_MAX / 2));
    CHECK(kro__accesses_grow(&accesses, 1));
    kro__accesses_finish(&accesses);
}

TEST(conflicts_are_exact_for_every_byte)
{
    enum { ROUNDS = 200, STEPS = 300 };
    static byte_model model;
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        memset(&model, 0, sizeof model);
        kro__accesses_clear(&accesses);
        bool rising = round % 2 == 0; // marks of batches rise; those of independent nodes need not
        for (uint32_t step = 1; step <= STEPS; step++) {
            kro__access access = random_access(t);
            uint64_t expected = model_conflict(&model, &access);
            if (!CHECK_EQ_U64(kro__accesses_conflict(&accesses, &access), expected)) {
                LOGF(t, "in round %u, step %u", round, step);
                goto done;
            }
            uint64_t mark = rising ? step : 1 + kt_random_below(t, STEPS);
            CHECK(kro__accesses_reserve(&accesses, 1));
            kro__accesses_add(&accesses, &access, mark);
            model_add(&model, &access, mark);
            if (kt_random_below(t, 100) == 0) {
                kro__accesses_add_everything(&accesses, mark);
                model.everything = kro__max_u64(model.everything, mark);
            }
            if (kt_random_below(t, 50) == 0) {
                uint64_t gone = 1 + kt_random_below(t, BUFFERS);
                kro__accesses_remove(&accesses, gone);
                memset(model.write[gone], 0, sizeof model.write[gone]);
                memset(model.read[gone], 0, sizeof model.read[gone]);
            }
        }
    }
done:
    kro__accesses_finish(&accesses);
}

TEST(overlap_of_two_maps_is_exact)
{
    enum { ROUNDS = 5000, MAX_STEPS = 6 };
    static byte_model earlier_model, later_model;
    kro__accesses earlier, later;
    kro__accesses_init(&earlier);
    kro__accesses_init(&later);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        memset(&earlier_model, 0, sizeof earlier_model);
        memset(&later_model, 0, sizeof later_model);
        kro__accesses_clear(&earlier);
        kro__accesses_clear(&later);
        kro__access last[MAX_STEPS];
        uint32_t steps = (uint32_t)kt_random_below(t, MAX_STEPS);
        uint64_t retired = kt_random_below(t, MAX_STEPS);
        bool expected = false;
        for (uint32_t i = 0; i < steps; i++) {
            kro__access access = random_access(t);
            CHECK(kro__accesses_reserve(&earlier, 1));
            kro__accesses_add(&earlier, &access, i + 1);
            model_add(&earlier_model, &access, i + 1);
        }
        for (uint32_t i = 0; i < steps; i++) {
            last[i] = random_access(t);
            CHECK(kro__accesses_reserve(&later, 1));
            kro__accesses_add(&later, &last[i], i + 1);
        }
        for (uint32_t i = 0; i < steps; i++)
            expected = expected || model_conflict(&earlier_model, &last[i]) > retired;
        if (!CHECK(kro__accesses_overlap(&earlier, retired, &later) == expected)) {
            LOGF(t, "in round %u", round);
            break;
        }
    }
    kro__accesses_finish(&earlier);
    kro__accesses_finish(&later);
}

TEST(merging_keeps_every_conflict)
{
    enum { ROUNDS = 500, STEPS = 8 };
    static byte_model model;
    kro__accesses batch, queue;
    kro__accesses_init(&batch);
    kro__accesses_init(&queue);
    memset(&model, 0, sizeof model);
    for (uint64_t value = 1; value <= ROUNDS; value++) {
        kro__accesses_clear(&batch);
        for (uint32_t i = 0; i < STEPS; i++) {
            kro__access access = random_access(t);
            CHECK(kro__accesses_reserve(&batch, 1));
            kro__accesses_add(&batch, &access, i + 1);
            model_add(&model, &access, value);
        }
        CHECK(kro__accesses_merge(&queue, &batch, value));
        kro__access probe = random_access(t);
        if (!CHECK_EQ_U64(kro__accesses_conflict(&queue, &probe), model_conflict(&model, &probe)))
            break;
    }
    kro__accesses_finish(&batch);
    kro__accesses_finish(&queue);
}

// Ranges that never touch, then whole reads, then one write: the patterns that make lists slow.
TEST(a_hundred_thousand_ranges_stay_fast)
{
    enum { RANGES = 100000, READS = 100000 };
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    for (uint32_t i = 0; i < RANGES; i++) {
        uint64_t begin = (uint64_t)((i * 7919u) % RANGES) * 16;
        kro__access access = {
            .buffer_id = 1, .begin_bytes = begin, .end_bytes = begin + 8, .writes = true};
        CHECK(kro__accesses_reserve(&accesses, 1));
        kro__accesses_add(&accesses, &access, 1);
    }
    kro__access whole = {.buffer_id = 1, .end_bytes = KRO__WHOLE, .reads = true};
    uint64_t conflicts = 0;
    for (uint32_t i = 0; i < READS; i++) {
        conflicts += kro__accesses_conflict(&accesses, &whole);
        CHECK(kro__accesses_reserve(&accesses, 1));
        kro__accesses_add(&accesses, &whole, 2);
    }
    CHECK_EQ_U64(conflicts, READS);
    kro__access gap = {.buffer_id = 1, .begin_bytes = 8, .end_bytes = 16, .reads = true};
    CHECK_EQ_U64(kro__accesses_conflict(&accesses, &gap), 0);
    whole.writes = true;
    CHECK_EQ_U64(kro__accesses_conflict(&accesses, &whole), 2);
    kro__accesses_finish(&accesses);
}

// One step of a pattern: asks and notes, in the map and in the model.
static bool step_agrees(kt_test *t, kro__accesses *accesses, byte_model *model,
                        const kro__access *access, uint64_t mark)
{
    bool same =
        CHECK_EQ_U64(kro__accesses_conflict(accesses, access), model_conflict(model, access)) &&
        CHECK(kro__accesses_reserve(accesses, 1));
    if (same)
        kro__accesses_add(accesses, access, mark);
    model_add(model, access, mark);
    return same;
}

// Asks for every byte on its own and for all of them.
static bool all_bytes_agree(kt_test *t, kro__accesses *accesses, const byte_model *model)
{
    bool same = true;
    for (uint64_t begin = 0; same && begin < BYTES; begin++) {
        kro__access one = {
            .buffer_id = 1, .begin_bytes = begin, .end_bytes = begin + 1, .writes = begin % 2 == 0};
        if (begin == BYTES - 1)
            one.end_bytes = KRO__WHOLE;
        same = CHECK_EQ_U64(kro__accesses_conflict(accesses, &one), model_conflict(model, &one));
    }
    const kro__access all = {.buffer_id = 1, .end_bytes = KRO__WHOLE, .writes = true};
    return same &&
           CHECK_EQ_U64(kro__accesses_conflict(accesses, &all), model_conflict(model, &all));
}

// Pieces used one after the other, with gaps between them or none, time and again; now and then
// something else comes between, or nothing but that.
TEST(pieces_in_order_are_exact)
{
    enum { ROUNDS = 1500, STEPS = 100 };
    static byte_model model;
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    bool same = true;
    for (uint32_t round = 0; same && round < ROUNDS; round++) {
        memset(&model, 0, sizeof model);
        kro__accesses_clear(&accesses);
        uint64_t first = kt_random_below(t, 9), length = 1 + kt_random_below(t, 8);
        uint64_t stride = length + kt_random_below(t, 4), begin = first;
        for (uint32_t step = 1; same && step <= STEPS; step++) {
            bool rising = round % 2 == 0, odd = kt_random_below(t, 20 + round % 100) == 0;
            kro__access access = random_access(t);
            access.buffer_id = 1;
            if (!odd) {
                access.begin_bytes = begin;
                access.end_bytes = begin + length < BYTES ? begin + length : KRO__WHOLE;
                if (kt_random_below(t, 3) > 0) // otherwise the same piece once more
                    begin = begin + stride < BYTES ? begin + stride : first;
            }
            same = step_agrees(t, &accesses, &model, &access,
                               rising ? step : 1 + kt_random_below(t, STEPS));
            if (!same)
                LOGF(t, "in round %u, step %u", round, step);
        }
        same = same && all_bytes_agree(t, &accesses, &model);
    }
    kro__accesses_finish(&accesses);
}

// Ranges that are hard on whatever keeps them: number `i` of `count`, `scale` bytes each.
typedef kro__access (*pattern_function)(uint64_t i, uint64_t count, uint64_t scale);

static kro__access range(uint64_t begin, uint64_t end)
{
    return (kro__access){.buffer_id = 1, .begin_bytes = begin, .end_bytes = end};
}

static kro__access nested_inwards(uint64_t i, uint64_t count, uint64_t scale)
{
    i %= count / 2;
    return range(i * scale, (count - i) * scale);
}

static kro__access nested_outwards(uint64_t i, uint64_t count, uint64_t scale)
{
    return nested_inwards(count / 2 - 1 - i % (count / 2), count, scale);
}

static kro__access ascending(uint64_t i, uint64_t count, uint64_t scale)
{
    (void)count;
    return range(i * scale, (i + 1) * scale);
}

static kro__access descending(uint64_t i, uint64_t count, uint64_t scale)
{
    return ascending(count - 1 - i, count, scale);
}

// From both ends in turn.
static kro__access alternating(uint64_t i, uint64_t count, uint64_t scale)
{
    return ascending(i % 2 ? count - 1 - i / 2 : i / 2, count, scale);
}

// The even pieces, then the odd ones between them.
static kro__access interleaved(uint64_t i, uint64_t count, uint64_t scale)
{
    return ascending(i < count / 2 ? 2 * i : 2 * (i - count / 2) + 1, count, scale);
}

static kro__access scattered(uint64_t i, uint64_t count, uint64_t scale)
{
    return ascending(i * 7919 % count, count, scale);
}

static kro__access growing(uint64_t i, uint64_t count, uint64_t scale)
{
    (void)count;
    return range(0, (i + 1) * scale);
}

static kro__access shrinking(uint64_t i, uint64_t count, uint64_t scale)
{
    return range(i * scale, count * scale);
}

static kro__access all_overlapping(uint64_t i, uint64_t count, uint64_t scale)
{
    uint64_t begin = i * 7919 % (count / 2);
    return range(begin * scale, (begin + count / 2) * scale);
}

// Pieces in order, but each with a look at one far away.
static kro__access far_looks(uint64_t i, uint64_t count, uint64_t scale)
{
    return i % 2 ? scattered(i, count, scale) : ascending(i / 2, count, scale);
}

static const struct pattern {
    const char *name;
    pattern_function at;
} patterns[] = {
    {"nested inwards", nested_inwards}, {"nested outwards", nested_outwards},
    {"ascending", ascending},           {"descending", descending},
    {"alternating", alternating},       {"interleaved", interleaved},
    {"scattered", scattered},           {"growing", growing},
    {"shrinking", shrinking},           {"all overlapping", all_overlapping},
    {"far looks", far_looks},
};

enum { PATTERNS = sizeof patterns / sizeof *patterns };

TEST(hard_patterns_are_exact)
{
    enum { ROUNDS = 40 };
    static byte_model model;
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    for (uint32_t p = 0; p < PATTERNS; p++) {
        for (uint32_t round = 0; round < ROUNDS; round++) {
            bool same = true, rising = round % 2 == 0;
            memset(&model, 0, sizeof model);
            kro__accesses_clear(&accesses);
            for (uint64_t step = 0; same && step < 3 * BYTES; step++) {
                kro__access access = patterns[p].at(step % BYTES, BYTES, 1);
                access.end_bytes = access.end_bytes == BYTES ? KRO__WHOLE : access.end_bytes;
                uint64_t how = kt_random_below(t, 3);
                access.reads = how != 1;
                access.writes = how != 0;
                same = step_agrees(t, &accesses, &model, &access,
                                   rising ? step + 1 : 1 + kt_random_below(t, BYTES));
            }
            if (!same || !all_bytes_agree(t, &accesses, &model)) {
                LOGF(t, "%s, round %u", patterns[p].name, round);
                goto done;
            }
        }
    }
done:
    kro__accesses_finish(&accesses);
}

// Processor time of `count` steps of a pattern.
static double pattern_seconds(kt_test *t, kro__accesses *accesses, pattern_function at,
                              uint64_t count)
{
    bool reserved = true;
    kro__accesses_clear(accesses);
    clock_t start = clock();
    for (uint64_t i = 0; i < count && reserved; i++) {
        kro__access access = at(i, count, 16);
        access.reads = true;
        access.writes = i % 3 > 0;
        reserved = kro__accesses_reserve(accesses, 1);
        if (reserved)
            kro__accesses_add(accesses, &access, kro__accesses_conflict(accesses, &access) + 1);
    }
    CHECK(reserved);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

// Ten times the ranges take little more than ten times as long. The square would be a hundred
// times; what is above ten is one more level of the tree and memory that a cache no longer holds.
TEST(hard_patterns_take_linearithmic_time)
{
    enum { FEW = 10000, TRIES = 5 };
    kro__accesses accesses;
    kro__accesses_init(&accesses);
    for (uint32_t p = 0; p < PATTERNS; p++) {
        double ratio = 1e9;
        for (uint32_t i = 0; i < TRIES && ratio > 40; i++) {
            double few = pattern_seconds(t, &accesses, patterns[p].at, FEW);
            double many = pattern_seconds(t, &accesses, patterns[p].at, 10 * FEW);
            if (few > 0 && many / few < ratio)
                ratio = many / few;
        }
        if (!CHECK(ratio < 40))
            LOGF(t, "%s: ten times as many take %.0f times as long", patterns[p].name, ratio);
    }
    kro__accesses_finish(&accesses);
}
