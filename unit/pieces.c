// Large blocking transfers go in pieces, some of which are on their way at any time.
#include "bench.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "os/time.h"
#include "staging.h"

// Two pieces more than may be on their way, the last of them short.
enum { COUNT = KRO__STAGING_PIECES + 2, SIZE = COUNT * KRO__STAGING_PIECE_BYTES - 64 };

// A transfer on a thread of its own, by a device whose work finishes when the case says so.
typedef struct mover {
    bench it;
    kro_buffer *large;
    uint8_t *bytes;
    bool up;
    pthread_t thread;
    kro_status status;
} mover;

static void *move(void *user)
{
    mover *m = user;
    m->status = m->up ? kro_buffer_write(m->large, 0, m->bytes, SIZE)
                      : kro_buffer_read(m->large, 0, m->bytes, SIZE);
    return NULL;
}

// Waits until so much was submitted, and somebody then waits for it.
static bool comes_to(mover *m, uint64_t submitted)
{
    const uint64_t long_ns = UINT64_C(10000000000), start_ns = kro__now_ns();
    const _Atomic uint64_t *count = &m->it.device->submitted[0];
    while (atomic_load(count) < submitted && kro__now_ns() - start_ns < long_ns)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    const uint32_t waits = atomic_load(&m->it.device->waits);
    while (atomic_load(&m->it.device->waits) < waits + 2 && kro__now_ns() - start_ns < long_ns)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return atomic_load(count) == submitted;
}

static mover mover_create(kt_test *t, bool up)
{
    mover m = {.it = bench_create(t, NULL), .up = up, .bytes = kt_alloc(t, SIZE)};
    kt_fill_bytes(t, m.bytes, SIZE);
    m.large = kt_buffer_in(t, m.it.ctx, &(kro_buffer_config){.size_bytes = SIZE, .data = m.bytes});
    if (up)
        kt_fill_bytes(t, m.bytes, SIZE); // others
    return m;
}

static const char *const directions[] = {"up", "down"};

TEST_PARAMS(transfer_directions)
{
    for (size_t i = 0; i < sizeof directions / sizeof *directions; i++)
        kt_param(params, "%s", directions[i]);
}

// Never more pieces than have staging memory, and never fewer while there is something to do: one
// that is finished lets the next one go.
TEST_FAMILY_CASE(the_host_copies_while_the_device_moves)
{
    mover m = mover_create(t, !strcmp(param, "up"));
    uint8_t *expected = kt_alloc(t, SIZE);
    memcpy(expected, m.bytes, SIZE);
    if (!m.up)
        kt_poison(m.bytes, SIZE);
    fake_device *device = m.it.device;
    const uint64_t before = atomic_load(&device->submitted[0]);
    atomic_store(&device->finished[0], before);
    atomic_store(&device->manual, true);
    if (!CHECK(pthread_create(&m.thread, NULL, move, &m) == 0))
        return;
    for (uint64_t done = 0; done + KRO__STAGING_PIECES <= COUNT; done++) {
        atomic_store(&device->finished[0], before + done);
        CHECK(comes_to(&m, before + done + KRO__STAGING_PIECES));
    }
    atomic_store(&device->finished[0], before + COUNT);
    CHECK(pthread_join(m.thread, NULL) == 0);
    CHECK_OK(m.status);
    CHECK_EQ_U64(atomic_load(&device->submitted[0]), before + COUNT);
    atomic_store(&device->manual, false);
    if (m.up)
        CHECK_OK(kro_buffer_read(m.large, 0, m.bytes, SIZE));
    CHECK_BYTES(m.bytes, expected, SIZE);
}

// The pieces before a failed one are still on their way when the call returns; its destination may
// be gone by the time they arrive.
TEST(a_failed_read_writes_nothing_later)
{
    mover m = mover_create(t, false);
    fake_device *device = m.it.device;
    kt_poison(m.bytes, SIZE);
    uint8_t *expected = kt_alloc(t, SIZE);
    memcpy(expected, m.bytes, SIZE);
    atomic_store(&device->finished[0], atomic_load(&device->submitted[0]));
    atomic_store(&device->manual, true);
    device->fail_in = FAKE_SUBMIT;
    device->fail_skip = KRO__STAGING_PIECES - 1;
    device->fail_next = KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    CHECK_STATUS(kro_buffer_read(m.large, 0, m.bytes, SIZE), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    atomic_store(&device->manual, false);
    CHECK_OK(kro_fill(m.it.stream, m.it.a, 0, BENCH_BYTES, 1));
    CHECK_OK(kro_finish(m.it.stream)); // delivers what is due
    CHECK_BYTES(m.bytes, expected, SIZE);
}

// What a large transfer has taken serves the next one.
TEST(pieces_keep_their_staging_memory)
{
    mover m = mover_create(t, false);
    move(&m);
    CHECK_OK(m.status);
    m.it.device->fail_in = FAKE_MEMORY_CREATE;
    m.it.device->fail_next = KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    move(&m);
    CHECK_OK(m.status);
    m.it.device->fail_next = KRO_OK;
}
