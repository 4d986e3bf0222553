// The access map against one mark for every byte.
#include "hazards.h"

#include <stdlib.h>
#include <string.h>

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
