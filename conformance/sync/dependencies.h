// The dependency that a pair of accesses needs, as a barrier or as an event.
//
// It is the least that the pair needs: the stages of the two, and no memory access where nothing
// was written before.
#ifndef CONFORMANCE_SYNC_DEPENDENCIES_H
#define CONFORMANCE_SYNC_DEPENDENCIES_H

#include "hazards.h"

// The four ways to write one.
typedef enum sync_form {
    SYNC_MEMORY,  // vkCmdPipelineBarrier, vkCmdWaitEvents: all memory
    SYNC_BUFFER,  // … the words and nothing else
    SYNC_MEMORY2, // vkCmdPipelineBarrier2, vkCmdWaitEvents2
    SYNC_BUFFER2,
    SYNC_FORMS,
} sync_form;

extern const char *const SYNC_FORM[SYNC_FORMS];

// Whether the device has what a form needs; the case is skipped where not.
bool sync_form_is_2(sync_form form);
bool sync_form_needs(kt_raw *raw, sync_form form);

void sync_record_barrier(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                         sync_hazard hazard);

// Its two halves, with an event between them.
void sync_record_set_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                           sync_hazard hazard, VkEvent event);
void sync_record_wait_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                            sync_hazard hazard, VkEvent event);

// Parameters `FIRST-SECOND-FORM`, of every pair in every form.
void sync_param_forms(kt_params *params);
sync_hazard sync_hazard_of(const kt_test *t);
sync_form sync_form_of(const kt_test *t);

#endif
