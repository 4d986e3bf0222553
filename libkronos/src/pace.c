#include "pace.h"

// Far above what any stream asks for, and twice it is still a number.
static const uint32_t most_nodes = UINT32_C(1) << 30;

void kro__pace_init(kro__pace *pace, uint64_t watchdog_ns)
{
    *pace = (kro__pace){.watchdog_ns = watchdog_ns, .batch_nodes = KRO__PACE_FIRST_NODES};
}

// How many nodes as slow as a sample's fit. What took long because nobody looked proves no more
// than that `batch_nodes` do.
static uint64_t nodes_that_fit(const kro__pace_sample *sample, uint32_t batch_nodes,
                               uint64_t budget_ns)
{
    uint64_t node_ns = sample->busy_ns / sample->node_count;
    uint64_t fits = node_ns > 0 ? budget_ns / node_ns : UINT64_MAX;
    bool blind = sample->blind_ns > sample->busy_ns / 2;
    return blind && fits < batch_nodes ? batch_nodes : fits;
}

uint32_t kro__pace_next(uint32_t batch_nodes, const kro__pace_sample *samples,
                        uint32_t sample_count, uint64_t watchdog_ns)
{
    // The rest is for nodes that take longer than those before.
    const uint64_t budget_ns = watchdog_ns / 4;
    uint64_t least = UINT64_MAX, second = UINT64_MAX;
    for (uint32_t i = 0; i < sample_count; i++) {
        uint64_t fits = nodes_that_fit(&samples[i], batch_nodes, budget_ns);
        if (fits < least) {
            second = least;
            least = fits;
        } else if (fits < second) {
            second = fits;
        }
    }
    uint64_t next = batch_nodes < most_nodes ? 2 * (uint64_t)batch_nodes : most_nodes;
    if (least < next)
        next = least;
    // A busy host delays one of them now and then.
    if (next < batch_nodes)
        next = second < batch_nodes ? second : batch_nodes;
    return next > 0 ? (uint32_t)next : 1;
}

void kro__pace_submitted(kro__pace *pace, uint64_t value, uint32_t node_count, uint64_t now_ns)
{
    if (pace->value != 0)
        return;
    pace->value = value;
    pace->next = (kro__pace_sample){.node_count = node_count};
    pace->begin_ns = now_ns;
}

void kro__pace_seen(kro__pace *pace, uint64_t completed, uint64_t now_ns)
{
    // Two threads may look in one order and come here in the other.
    if (now_ns <= pace->looked_ns)
        return;
    uint64_t from_ns = pace->looked_ns > pace->begin_ns ? pace->looked_ns : pace->begin_ns;
    pace->looked_ns = now_ns;
    if (pace->value == 0 || now_ns <= from_ns)
        return;
    if (pace->waiting == 0)
        pace->next.blind_ns += now_ns - from_ns;
    if (completed < pace->value) {
        if (completed + 1 < pace->value) { // what is before it still runs
            pace->begin_ns = now_ns;
            pace->next.blind_ns = 0;
        }
        return;
    }
    pace->next.busy_ns = now_ns - pace->begin_ns;
    pace->samples[pace->sample_count++ % KRO__PACE_SAMPLES] = pace->next;
    pace->value = 0;
    uint32_t count =
        pace->sample_count < KRO__PACE_SAMPLES ? pace->sample_count : KRO__PACE_SAMPLES;
    uint32_t batch_nodes = atomic_load_explicit(&pace->batch_nodes, memory_order_relaxed);
    atomic_store_explicit(&pace->batch_nodes,
                          kro__pace_next(batch_nodes, pace->samples, count, pace->watchdog_ns),
                          memory_order_relaxed);
}

bool kro__pace_wait_begin(kro__pace *pace, uint64_t value)
{
    bool sees = value <= pace->value;
    pace->waiting += sees;
    return sees;
}

void kro__pace_wait_end(kro__pace *pace)
{
    pace->waiting--;
}
