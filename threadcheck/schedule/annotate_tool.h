// What Helgrind and DRD are told. Their headers give the same names to different requests, so each
// has a compilation of annotate_tool.c of its own.
#ifndef KS_ANNOTATE_TOOL_H
#define KS_ANNOTATE_TOOL_H

#include <stdbool.h>
#include <stdint.h>

// Before a store: the variable is atomic, so it may be raced for; and where `releases`, what was
// done before is done for whoever observes it.
void ks_helgrind_published(void *object, uint64_t size_bytes, bool releases);
void ks_drd_published(void *object, uint64_t size_bytes, bool releases);
// Behind a load.
void ks_helgrind_observed(void *object, uint64_t size_bytes, bool acquires);
void ks_drd_observed(void *object, uint64_t size_bytes, bool acquires);

#endif
