// How many workgroups a dispatch asks for. Pure.
#ifndef KRO_SRC_GROUPS_H
#define KRO_SRC_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/stream.h>

// Whether any of three counts is given.
bool kro__any_count(const uint32_t counts[3]);

// Works out the workgroups per dimension. `*empty` says that one of them is a valid 0.
//
// Errors: INVALID_ARGUMENT  neither or both of groups and threads, a 0 before a count without dims,
//                           dims above 3 or below a count, more than max_groups
kro_status kro__resolve_groups(const kro_dispatch_args *args, const uint32_t local_size[3],
                               const uint32_t max_groups[3], const char *label, uint32_t groups[3],
                               bool *empty);

#endif
