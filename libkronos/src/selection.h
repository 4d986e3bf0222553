// Which device to open. Pure.
#ifndef KRO_SRC_SELECTION_H
#define KRO_SRC_SELECTION_H

#include <stdint.h>

#include <kronos/context.h>
#include <kronos/status.h>

// Orders devices best first: discrete, integrated, virtual, other, CPU; then by device memory; then
// as the driver listed them. `order` receives `count` indices.
void kro__rank_devices(const kro_device_info *infos, uint32_t count, uint32_t *order);

// Finds the device that `request` names among ranked ones (NULL or "": the first).
//
// Returns: KRO_OK and the position in `ranked`.
// Errors:  NO_DEVICE         nothing fits; the sentence lists what there is
//          INVALID_ARGUMENT  the request has an unknown form
kro_status kro__select_device(const kro_device_info *const *ranked, uint32_t count,
                              const char *request, uint32_t *out);

#endif
