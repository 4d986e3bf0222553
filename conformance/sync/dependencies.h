// The dependency that a pair of accesses needs, as a barrier or as an event.
//
// It is the least that the pair needs: the stages of the two, and no memory access where nothing
// was written before.
#ifndef CONFORMANCE_SYNC_DEPENDENCIES_H
#define CONFORMANCE_SYNC_DEPENDENCIES_H

#include "hazards.h"

// How one is written.
typedef enum sync_form {
    SYNC_MEMORY,  // vkCmdPipelineBarrier, vkCmdWaitEvents: all memory
    SYNC_BUFFER,  // … the words and nothing else
    SYNC_MEMORY2, // vkCmdPipelineBarrier2, vkCmdWaitEvents2
    SYNC_BUFFER2,
    SYNC_BASIC_FORMS,
    SYNC_WHOLE = SYNC_BASIC_FORMS, // all commands, all accesses
    SYNC_RANGES,                   // the words in pieces, side by side
    SYNC_CHAIN,                    // two barriers, by a stage in which nothing happens
    SYNC_WHOLE2,
    SYNC_RANGES2,
    SYNC_CHAIN2,
    SYNC_FORMS,
} sync_form;

extern const char *const SYNC_FORM[SYNC_FORMS];

// Whether the device has what a form needs; the case is skipped where not.
bool sync_form_is_2(sync_form form);
bool sync_form_needs(kt_raw *raw, sync_form form);

// What can be wrong with one, for tests of the tests.
typedef enum sync_fault {
    SYNC_RIGHT,
    SYNC_OTHER_FIRST_STAGE,
    SYNC_OTHER_SECOND_STAGE,
    SYNC_NO_FIRST_ACCESS, // this one and those behind it matter where something was written
    SYNC_NO_SECOND_ACCESS,
    SYNC_OTHER_BUFFER,
    SYNC_FAULTS,
} sync_fault;

typedef struct sync_barrier {
    sync_form form;
    sync_fault fault;
} sync_barrier;

void sync_record_barrier(const sync_scene *scene, VkCommandBuffer commands, sync_barrier barrier,
                         sync_hazard hazard);

// Its two halves, with an event between them; in basic forms.
void sync_record_set_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                           sync_hazard hazard, VkEvent event);
void sync_record_wait_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                            sync_hazard hazard, VkEvent event);

// Parameters `FIRST-SECOND-FORM`: every pair in `count` forms from `first_form` on, and what of it
// a case is about.
void sync_param_forms(kt_params *params, sync_form first_form, uint32_t count);
sync_hazard sync_hazard_of(const kt_test *t, uint32_t count);
sync_form sync_form_of(const kt_test *t, sync_form first_form, uint32_t count);

#endif
