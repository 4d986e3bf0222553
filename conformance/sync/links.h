// How a semaphore can order two accesses.
#ifndef CONFORMANCE_SYNC_LINKS_H
#define CONFORMANCE_SYNC_LINKS_H

#include "hazards.h"

typedef struct sync_link {
    const char *name;
    bool two_queues, timeline, submit2;
} sync_link;

enum { SYNC_LINKS = 8 };
extern const sync_link SYNC_LINK[SYNC_LINKS];

// Whether the device has what a link needs; the case is skipped where not.
bool sync_link_needs(kt_raw *raw, uint32_t link);

// Submits the first access to the first queue, where it signals a semaphore, and the second access,
// whose stage waits for it, to the first or second queue, and waits for both. No barrier. Unless
// `linked` there is no semaphore either, and no order.
bool sync_run_linked(const sync_scene *scene, uint32_t link, sync_hazard hazard, bool linked);

// Parameters: the names of all links.
void sync_param_links(kt_params *params);

#endif
