// Which workloads there are, which of them a survey measures on a device, and for how long: decided
// by what they do and by the device's type, never by measuring.
#ifndef KP_CATALOGUE_H
#define KP_CATALOGUE_H

#include "batch.h"
#include "measure.h"
#include "test.h"

enum { KP_NAME_BYTES = 64 };

// All workloads, in their order.
size_t kp_catalogue_count(void);
kp_work kp_catalogue_at(size_t index);

// PATTERN/TIMES or PATTERN/SIZE/TIMES.
void kp_catalogue_name(const kp_work *work, char name[KP_NAME_BYTES]);

// A batch that is measured.
typedef struct kp_workload {
    char name[KP_NAME_BYTES];
    kp_batch batch;
    kp_plan plan;
} kp_workload;

// What a round takes about.
double kp_catalogue_round_ns(const kp_batch *batch, const kro_device_info *device);

// Whether a survey of the tier has the batch, and the device room for it.
bool kp_catalogue_chooses(const kp_batch *batch, const kro_device_info *device, kt_tier tier);

// Contenders take fewer turns where a round takes long. The seed is the caller's.
kp_plan kp_catalogue_plan(kt_tier tier, double round_ns);

#endif
