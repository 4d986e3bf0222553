// Interned arguments: equal gets equal, and nothing in use is ever evicted.
#include "bindings.h"

#include <string.h>

#include "test.h"

static uint32_t intern(kt_test *t, kro__bindings *bindings, uint32_t layout, uint64_t buffer,
                       uint64_t offset, bool expect_new)
{
    kro__bound bound = {.buffer_id = buffer, .offset_bytes = offset, .size_bytes = 64};
    bool is_new = false;
    uint32_t id = kro__bindings_intern(bindings, layout, &bound, 1, &is_new);
    CHECK(id != 0);
    CHECK(is_new == expect_new);
    return id;
}

static void submit(kro__bindings *bindings, uint64_t value)
{
    kro__bindings_recorded(bindings, true);
    kro__bindings_submitted(bindings, value);
}

TEST(equal_arguments_get_equal_ids)
{
    kro__bindings bindings;
    kro__bindings_init(&bindings, 8);
    uint32_t a = intern(t, &bindings, 1, 10, 0, true);
    CHECK_EQ_U64(intern(t, &bindings, 1, 10, 0, false), a);
    CHECK(intern(t, &bindings, 2, 10, 0, true) != a);
    CHECK(intern(t, &bindings, 1, 11, 0, true) != a);
    CHECK(intern(t, &bindings, 1, 10, 16, true) != a);
    submit(&bindings, 1);
    CHECK_EQ_U64(intern(t, &bindings, 1, 10, 0, false), a);
    kro__bindings_finish(&bindings);
}

// The hash of a layout and one range, undone up to the size: the size that gives buffer `id` the
// hash that buffer 1 has with `size_bytes`. No set of arguments has to be found by trying.
static uint64_t size_of_same_hash(uint32_t layout, uint64_t id, uint64_t size_bytes)
{
    uint64_t before[2];
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t hash = layout * 0x9e3779b97f4a7c15u;
        hash = (hash ^ (i ? id : 1)) * 0xff51afd7ed558ccdu;
        hash = (hash ^ (hash >> 32)) * 0xc4ceb9fe1a85ec53u;
        before[i] = hash ^ (hash >> 29);
    }
    return before[0] ^ size_bytes ^ before[1];
}

TEST(arguments_of_one_hash_are_told_apart)
{
    kro__bindings bindings;
    kro__bindings_init(&bindings, 8);
    const kro__bound one = {.buffer_id = 1, .size_bytes = 64};
    const kro__bound other = {.buffer_id = 2, .size_bytes = size_of_same_hash(7, 2, 64)};
    bool is_new;
    uint32_t id = kro__bindings_intern(&bindings, 7, &one, 1, &is_new);
    CHECK(kro__bindings_intern(&bindings, 7, &other, 1, &is_new) != id && is_new);
    CHECK_EQ_U64(kro__bindings_intern(&bindings, 7, &one, 1, &is_new), id);
    CHECK(!is_new);
    kro__bindings_finish(&bindings);
}

TEST(eviction_takes_the_least_recently_used_that_have_finished)
{
    kro__bindings bindings;
    kro__bindings_init(&bindings, 2);
    for (uint64_t buffer = 1; buffer <= 4; buffer++) {
        intern(t, &bindings, 1, buffer, 0, true);
        submit(&bindings, buffer);
    }
    intern(t, &bindings, 1, 1, 0, false); // used again: 2 is the oldest now
    submit(&bindings, 5);
    CHECK(kro__bindings_crowded(&bindings));
    kro__bindings_evict(&bindings, 2, 2);
    CHECK_EQ_U64(bindings.evicted_count, 1); // 3 and 4 have not finished
    kro__bindings_evict(&bindings, 4, 2);
    CHECK_EQ_U64(bindings.evicted_count, 2);
    CHECK_EQ_U64(bindings.live_count, 2);
    intern(t, &bindings, 1, 4, 0, false);
    intern(t, &bindings, 1, 1, 0, false);
    intern(t, &bindings, 1, 2, 0, true);
    kro__bindings_finish(&bindings);
}

TEST(the_open_batch_is_never_evicted_and_the_bound_is_soft)
{
    enum { COUNT = 100 };
    kro__bindings bindings;
    kro__bindings_init(&bindings, 4);
    uint32_t ids[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        ids[i] = intern(t, &bindings, 1, i + 1, 0, true);
    kro__bindings_evict(&bindings, UINT64_MAX, 4);
    CHECK_EQ_U64(bindings.evicted_count, 0);
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_EQ_U64(intern(t, &bindings, 1, i + 1, 0, false), ids[i]);
    kro__bindings_finish(&bindings);
}

TEST(a_dropped_batch_leaves_no_sets_behind)
{
    kro__bindings bindings;
    kro__bindings_init(&bindings, 8);
    uint32_t kept = intern(t, &bindings, 1, 1, 0, true);
    submit(&bindings, 1);
    uint32_t unwritten = intern(t, &bindings, 1, 2, 0, true);
    kro__bindings_dropped(&bindings); // never recorded: nothing to free
    CHECK_EQ_U64(bindings.evicted_count, 0);
    CHECK_EQ_U64(intern(t, &bindings, 1, 3, 0, true), unwritten);
    kro__bindings_recorded(&bindings, true);
    kro__bindings_dropped(&bindings); // recorded, not submitted: its sets exist
    CHECK_EQ_U64(bindings.evicted_count, 1);
    CHECK_EQ_U64(intern(t, &bindings, 1, 1, 0, false), kept);
    kro__bindings_finish(&bindings);
}

// Against a plain list: every id is right through thousands of uses, evictions and drops.
TEST(random_use_agrees_with_a_list)
{
    enum { STEPS = 20000, BUFFERS = 64 };
    kro__bindings bindings;
    kro__bindings_init(&bindings, 16);
    uint32_t id_of[BUFFERS + 1] = {0};   // by buffer, 0: evicted or dropped
    uint64_t buffer_of[STEPS + 1] = {0}; // by id
    bool fresh[BUFFERS + 1] = {0}, used[BUFFERS + 1] = {0};
    uint64_t value = 0;
    for (uint32_t step = 0; step < STEPS; step++) {
        uint64_t buffer = 1 + kt_random_below(t, BUFFERS);
        kro__bound bound = {.buffer_id = buffer, .size_bytes = 64};
        bool is_new = false;
        uint32_t id = kro__bindings_intern(&bindings, 7, &bound, 1, &is_new);
        if (!CHECK(is_new == (id_of[buffer] == 0)) || (!is_new && !CHECK(id == id_of[buffer])))
            break;
        id_of[buffer] = id;
        buffer_of[id] = buffer;
        fresh[buffer] = fresh[buffer] || is_new;
        used[buffer] = true;
        uint64_t end = kt_random_below(t, 20);
        if (end == 0) {
            kro__bindings_dropped(&bindings);
            for (uint32_t i = 1; i <= BUFFERS; i++)
                id_of[i] = fresh[i] ? 0 : id_of[i];
        } else if (end <= 2) {
            submit(&bindings, ++value);
        }
        if (end <= 2) {
            memset(fresh, 0, sizeof fresh);
            memset(used, 0, sizeof used);
            kro__bindings_evict(&bindings, value > 3 ? value - 3 : 0, 16);
            for (uint32_t i = 0; i < bindings.evicted_count; i++) {
                uint64_t gone = buffer_of[bindings.evicted[i]];
                CHECK(!used[gone]);
                if (id_of[gone] == bindings.evicted[i])
                    id_of[gone] = 0;
            }
            kro__bindings_recorded(&bindings, true);
        }
    }
    kro__bindings_finish(&bindings);
}
