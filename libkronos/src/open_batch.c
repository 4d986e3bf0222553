#include "open_batch.h"

#include <stdlib.h>

void kro__open_batch_init(kro__open_batch *batch)
{
    *batch = (kro__open_batch){.floor = 1};
    kro__accesses_init(&batch->accesses);
    kro__schedule_init(&batch->schedule);
}

void kro__open_batch_finish(kro__open_batch *batch)
{
    free(batch->nodes);
    free(batch->plan);
    free(batch->steps);
    free(batch->following.ids);
    free(batch->push);
    free(batch->dynamic_offsets);
    free(batch->sets);
    free(batch->entries);
    free(batch->touched);
    free(batch->reads);
    kro__accesses_finish(&batch->accesses);
    kro__schedule_finish(&batch->schedule);
    kro__open_batch_init(batch);
}

void kro__open_batch_clear(kro__open_batch *batch, uint64_t number)
{
    batch->number = number;
    batch->node_count = 0;
    batch->floor = 1;
    batch->highest = 0;
    batch->any_indirect = batch->exit_barrier = false;
    batch->push_count = 0;
    batch->dynamic_count = 0;
    batch->set_count = 0;
    batch->descriptor_sets = 0;
    batch->entry_count = 0;
    batch->touched_count = 0;
    batch->read_count = 0;
    batch->following.count = 0;
    batch->following.shaped = 0;
    batch->following.pushed = 0;
    kro__accesses_clear(&batch->accesses);
}
