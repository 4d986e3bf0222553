// Registered memory of the caller: what is refused, and when it is the caller's again.
#include "bench.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 64, PAGES = 8 }; // the fake device's limits.host_alignment

static void *pages(kt_test *t)
{
    char *bytes = kt_alloc(t, (PAGES + 1) * PAGE);
    return bytes + (PAGE - (uintptr_t)bytes % PAGE) % PAGE;
}

static kro_status try_register(const bench *it, void *memory, uint64_t size_bytes, kro_buffer **out)
{
    return kro_host_register(
        it->ctx, &(kro_host_config){.memory = memory, .size_bytes = size_bytes, .label = "mine"},
        out);
}

static void check_refused(kt_test *t, const bench *it, void *memory, uint64_t size_bytes,
                          const char *reason)
{
    kro_buffer *buffer = it->a; // whatever it was
    uint32_t alive = it->device->memory_count;
    CHECK_STATUS(try_register(it, memory, size_bytes, &buffer), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), reason);
    CHECK(buffer == NULL);
    CHECK_EQ_U64(it->device->memory_count, alive);
}

TEST(host_memory_must_be_whole_aligned_pages)
{
    bench it = bench_create(t, NULL);
    char *memory = pages(t);
    check_refused(t, &it, NULL, PAGE, "an address and a size");
    check_refused(t, &it, memory, 0, "an address and a size");
    check_refused(t, &it, memory + 1, PAGE, "multiples of 64 (limits.host_alignment)");
    check_refused(t, &it, memory, PAGE - 1, "multiples of 64 (limits.host_alignment)");
    check_refused(t, &it, memory, PAGE + 16, "multiples of 64 (limits.host_alignment)");
    check_refused(t, &it, memory, UINT64_C(1) << 31, "limits.max_buffer_bytes");
    check_refused(t, &it, memory, (UINT64_MAX - (uintptr_t)memory) / PAGE * PAGE + PAGE,
                  "past the address space");
    check_refused(t, &it, memory, UINT64_MAX, "past the address space");
    kro_buffer *buffer;
    CHECK_STATUS(kro_host_register(it.ctx, NULL, &buffer), KRO_ERROR_INVALID_ARGUMENT);
    const kro_buffer_config config = {.size_bytes = PAGE, .memory = KRO_MEMORY_HOST};
    CHECK_STATUS(kro_buffer_create(it.ctx, &config, &buffer), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "kro_host_register");
}

TEST(registered_memory_must_not_overlap)
{
    bench it = bench_create(t, NULL);
    char *memory = pages(t);
    kro_buffer *middle, *before, *after;
    if (!CHECK_OK(try_register(&it, memory + 2 * PAGE, 3 * PAGE, &middle)))
        return;
    // Neighbours may touch.
    CHECK_OK(try_register(&it, memory, 2 * PAGE, &before));
    CHECK_OK(try_register(&it, memory + 5 * PAGE, PAGE, &after));
    CHECK_OK(kro_host_unregister(before));
    CHECK_OK(kro_host_unregister(after));
    const struct {
        int first, count;
    } bad[] = {{2, 3}, {3, 1}, {0, 3}, {4, 2}, {0, 8}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused(t, &it, memory + bad[i].first * PAGE, (uint64_t)bad[i].count * PAGE,
                      "overlaps 'mine', which is registered");
    // One that work still uses counts too, although it was destroyed.
    it.device->manual = true;
    bench_copy(t, &it, it.a, it.b);
    CHECK_OK(kro_copy(it.stream, it.a, 0, middle, 0, PAGE));
    kro_buffer_destroy(middle);
    check_refused(t, &it, memory + 4 * PAGE, PAGE, "overlaps");
    it.device->manual = false;
    CHECK_OK(kro_finish(it.stream));
    CHECK_OK(try_register(&it, memory + 4 * PAGE, PAGE, &middle));
    CHECK_OK(kro_host_unregister(middle));
}

TEST(unregistering_waits_for_submitted_work)
{
    bench it = bench_create(t, NULL);
    char *memory = pages(t);
    memset(memory, 7, PAGE);
    kro_buffer *buffer;
    if (!CHECK_OK(try_register(&it, memory, PAGE, &buffer)))
        return;
    const kro_buffer_info *info = kro_buffer_get_info(buffer);
    CHECK(info->memory == KRO_MEMORY_HOST && info->mappable && info->size_bytes == PAGE);
    CHECK_OK(kro_fill(it.stream, buffer, 0, PAGE, 0x01010101));
    // A stream's open batch may hold it: nothing is waited for, the buffer stays.
    CHECK_STATUS(kro_host_unregister(buffer), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "open batch");
    CHECK_EQ_U64(memory[0], 7);
    it.device->manual = true;
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier); // the host reads it with no call in between
    it.device->fail_in = FAKE_WAIT;      // where it comes to only if it waits
    it.device->fail_next = KRO_ERROR_DRIVER;
    CHECK_STATUS(kro_host_unregister(buffer), KRO_ERROR_DRIVER);
    it.device->manual = false;
    uint32_t alive = it.device->memory_count;
    // Unsubmitted work of the default stream is submitted.
    CHECK_OK(kro_fill(kro_context_stream(it.ctx), buffer, 4, 4, 0x02020202));
    CHECK_OK(kro_host_unregister(buffer));
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
    CHECK_EQ_U64(memory[0], 1);
    CHECK_EQ_U64(memory[4], 2);
    CHECK_EQ_U64(memory[8], 1);
}

TEST(a_failed_submit_leaves_memory_registered)
{
    bench it = bench_create(t, NULL);
    kro_buffer *buffer;
    if (!CHECK_OK(try_register(&it, pages(t), PAGE, &buffer)))
        return;
    it.device->fail_in = FAKE_SUBMIT;
    it.device->fail_next = KRO_ERROR_DRIVER;
    CHECK_OK(kro_fill(kro_context_stream(it.ctx), buffer, 0, 4, 1));
    CHECK_STATUS(kro_host_unregister(buffer), KRO_ERROR_DRIVER);
    CHECK_OK(kro_host_unregister(buffer)); // as it was, and now free
}

TEST(only_registered_memory_is_unregistered)
{
    bench it = bench_create(t, NULL);
    kro_buffer *buffer;
    void *bytes;
    CHECK_OK(kro_host_unregister(NULL));
    CHECK_STATUS(kro_host_unregister(it.a), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "kro_buffer_destroy");
    char *memory = pages(t);
    if (!CHECK_OK(try_register(&it, memory, PAGE, &buffer)))
        return;
    CHECK_OK(kro_buffer_map(buffer, &bytes));
    CHECK(bytes == memory);
    CHECK_STATUS(kro_host_unregister(buffer), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_buffer_unmap(buffer));
    CHECK_OK(kro_host_unregister(buffer));
}

// Registered and left, by the end of its context or by kro_buffer_destroy: the bytes stay.
TEST(destroying_leaves_the_callers_memory)
{
    char *memory = pages(t);
    memset(memory, 5, 2 * PAGE);
    bench it = {.ctx = fake_context(t, NULL)};
    kro_buffer *first, *second;
    CHECK_OK(try_register(&it, memory, PAGE, &first));
    CHECK_OK(try_register(&it, memory + PAGE, PAGE, &second));
    kro_buffer_destroy(first);
    kt_release(t, it.ctx);
    for (int i = 0; i < 2 * PAGE; i++)
        CHECK_EQ_U64(memory[i], 5);
}
