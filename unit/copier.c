// Copies that threads share: exact, whoever takes part.
#include "copier.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "context.h"
#include "heap_watch.h"

enum { LARGE = 5 << 20, GUARD = 64 };

// Copies `size_bytes` from and to odd places and looks at every byte around.
static void check_copy(kt_test *t, kro__copier *copier, uint64_t size_bytes)
{
    uint8_t *from = malloc(size_bytes + 1), *to = malloc(size_bytes + 2 * GUARD);
    uint8_t *expected = malloc(size_bytes + 2 * GUARD);
    if (CHECK(from && to && expected)) {
        kt_fill_bytes(t, from, size_bytes + 1);
        kt_poison(to, size_bytes + 2 * GUARD);
        kt_poison(expected, size_bytes + 2 * GUARD);
        memcpy(expected + GUARD, from + 1, size_bytes);
        kro__copier_copy(copier, to + GUARD, from + 1, size_bytes);
        CHECK(memcmp(to, expected, size_bytes + 2 * GUARD) == 0);
    }
    free(from);
    free(to);
    free(expected);
}

TEST(copies_by_several_threads_are_exact)
{
    enum { LEAST = KRO__COPIER_LEAST_BYTES, ROUNDS = 20 };
    static const uint64_t sizes[] = {0, 1, LEAST - 1, LEAST, LEAST + 1, LARGE - 1, LARGE + 7};
    for (uint32_t threads = 0; threads <= 5; threads++) {
        kro__copier copier;
        if (!CHECK(kro__copier_init(&copier, threads)))
            return;
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            check_copy(t, &copier, sizes[i]);
        for (int round = 0; round < ROUNDS; round++)
            check_copy(t, &copier, LEAST + kt_random_below(t, LEAST));
        kro__copier_finish(&copier);
    }
}

TEST(threads_share_a_large_copy)
{
    kro__copier copier;
    if (!CHECK(kro__copier_init(&copier, 3)))
        return;
    check_copy(t, &copier, KRO__COPIER_LEAST_BYTES - 1);
    CHECK_EQ_U64(copier.helper_count, 0);
    // Whether a helper comes in time is the system's affair; sooner or later one does.
    uint64_t helped = 0;
    for (int round = 0; round < 10000 && helped == 0; round++) {
        check_copy(t, &copier, LARGE);
        helped = atomic_load(&copier.helped_bytes);
    }
    CHECK_EQ_U64(copier.helper_count, 2);
    CHECK(helped > 0);
    kro__copier_finish(&copier);
    if (!CHECK(kro__copier_init(&copier, 1000)))
        return;
    CHECK_EQ_U64(copier.thread_count, KRO__COPIER_MAX_THREADS);
    kro__copier_finish(&copier);
}

typedef struct caller {
    pthread_t thread;
    kro__copier *copier;
    uint8_t *from, *to;
    bool right;
} caller;

static void *copy_often(void *user)
{
    caller *of = user;
    of->right = true;
    for (int round = 0; round < 20; round++) {
        memset(of->to, 0, LARGE);
        kro__copier_copy(of->copier, of->to, of->from, LARGE);
        of->right = of->right && memcmp(of->from, of->to, LARGE) == 0;
    }
    return NULL;
}

TEST(callers_of_one_copier_do_not_mix)
{
    enum { CALLERS = 4 };
    caller callers[CALLERS] = {0};
    kro__copier copier;
    if (!CHECK(kro__copier_init(&copier, 3)))
        return;
    for (int i = 0; i < CALLERS; i++) {
        caller *it = &callers[i];
        *it = (caller){.copier = &copier, .from = kt_alloc(t, LARGE), .to = kt_alloc(t, LARGE)};
        kt_fill_bytes(t, it->from, LARGE);
    }
    for (int i = 0; i < CALLERS; i++)
        if (!CHECK(pthread_create(&callers[i].thread, NULL, copy_often, &callers[i]) == 0))
            return;
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        CHECK(callers[i].right);
    }
    kro__copier_finish(&copier);
}

// With no thread, or not all of them, the caller does the rest.
TEST(copies_need_no_helpers)
{
    for (uint64_t n = 1; n <= 3; n++) {
        kro__copier copier;
        if (!CHECK(kro__copier_init(&copier, 4)))
            return;
        uint8_t *from = kt_alloc(t, LARGE), *to = kt_alloc(t, LARGE);
        kt_fill_bytes(t, from, LARGE);
        kt_poison(to, LARGE);
        heap_watch_begin(n);
        kro__copier_copy(&copier, to, from, LARGE);
        kro__copier_copy(&copier, to, from, LARGE);
        heap_watch watch = heap_watch_end();
        CHECK(memcmp(from, to, LARGE) == 0);
        CHECK_EQ_U64(copier.helper_count, n - 1);
        CHECK_EQ_U64(watch.allocations, n); // and nobody asks again
        kro__copier_finish(&copier);
    }
}

TEST(a_context_copies_with_several_threads)
{
    kro_context *ctx = fake_context(t, &(kro_context_config){.copy_threads = 3});
    if (!ctx)
        return;
    uint8_t *from = kt_alloc(t, LARGE), *to = kt_alloc(t, LARGE);
    const kro_memory kinds[] = {KRO_MEMORY_DEVICE, KRO_MEMORY_UPLOAD, KRO_MEMORY_READBACK};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        kt_fill_bytes(t, from, LARGE);
        kro_buffer *buffer;
        const kro_buffer_config config = {.size_bytes = LARGE, .memory = kinds[i], .data = from};
        if (!CHECK_OK(kro_buffer_create(ctx, &config, &buffer)))
            return;
        kt_poison(to, LARGE);
        CHECK_OK(kro_buffer_read(buffer, 0, to, LARGE));
        CHECK(memcmp(from, to, LARGE) == 0);
        kt_fill_bytes(t, from, LARGE);
        CHECK_OK(kro_write(kro_context_stream(ctx), buffer, 0, from, LARGE));
        CHECK_OK(kro_read(kro_context_stream(ctx), buffer, 0, to, LARGE));
        CHECK_OK(kro_finish(kro_context_stream(ctx)));
        CHECK(memcmp(from, to, LARGE) == 0);
        kro_buffer_destroy(buffer);
    }
    CHECK_EQ_U64(ctx->copier.helper_count, 2);
}
