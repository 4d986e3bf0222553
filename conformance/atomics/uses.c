// What programs do with atomic operations: tickets, loops around compare and swap, histograms.
#include "kernel.h"

// A hundred thousand invocations draw tickets from three counters: each ticket goes to one.
TEST(tickets_are_drawn_once)
{
    enum { COUNTERS = 3, PER_COUNTER = 64 * 600, INVOCATIONS = COUNTERS * PER_COUNTER };
    static const uint32_t ZEROS[COUNTERS];
    const uint32_t per_counter = PER_COUNTER;
    kro_buffer *counters = kt_buffer(t, sizeof ZEROS, ZEROS);
    kro_buffer *tickets = kt_buffer(t, 4 * INVOCATIONS, NULL);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "ticket_counter"),
                          &(kro_dispatch_args){.buffers = {counters, tickets},
                                               .push = &per_counter,
                                               .push_bytes = sizeof per_counter,
                                               .threads = {INVOCATIONS}}));
    const uint32_t full[COUNTERS] = {PER_COUNTER, PER_COUNTER, PER_COUNTER};
    CHECK_U32S(kernel_read_all(t, counters), full, COUNTERS);
    // Every invocation stands at one ticket of its counter.
    const uint32_t *holders = kernel_read_all(t, tickets);
    uint8_t *seen = kt_alloc(t, INVOCATIONS);
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        const uint32_t holder = holders[i];
        if (holder >= INVOCATIONS || holder % COUNTERS != i / PER_COUNTER || seen[holder]) {
            FAILF(t, "ticket %u of counter %u is held by invocation %u", i % PER_COUNTER,
                  i / PER_COUNTER, holder);
            return;
        }
        seen[holder] = 1;
    }
}

// Counters that are raised by compare and swap miss no step.
TEST(compare_and_swap_loops_lose_nothing)
{
    enum { COUNTERS = 7, INVOCATIONS = 64 * 50 };
    uint32_t expected[COUNTERS];
    kt_fill_u32s(t, expected, COUNTERS);
    kro_buffer *counters = kt_buffer(t, sizeof expected, expected);
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        expected[i % COUNTERS] += (i & 7) + 1;
    CHECK_OK(
        kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "compare_and_swap_loop"),
                     &(kro_dispatch_args){.buffers = {counters}, .groups = {INVOCATIONS / 64}}));
    CHECK_U32S(kernel_read_all(t, counters), expected, COUNTERS);
}

// Bytes are counted in workgroup memory and added up in a buffer.
TEST(histograms_count_every_byte)
{
    enum { WORDS = 100003, BINS = 256 };
    uint32_t *words = kt_alloc(t, 4 * WORDS), expected[BINS] = {0};
    static const uint32_t ZEROS[BINS];
    kt_fill_u32s(t, words, WORDS);
    for (uint32_t i = 0; i < WORDS; i++) {
        // Half of the words are equal, so that many invocations meet at few bins.
        words[i] = i & 1 ? words[i] : 0x07070700;
        for (uint32_t k = 0; k < 4; k++)
            expected[words[i] >> (8 * k) & 0xff]++;
    }
    kro_buffer *bins = kt_buffer(t, sizeof ZEROS, ZEROS);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "histogram"),
                          &(kro_dispatch_args){.buffers = {kt_buffer(t, 4 * WORDS, words), bins},
                                               .threads = {WORDS}}));
    CHECK_U32S(kernel_read_all(t, bins), expected, BINS);
}
