// Dispatches with all that they need, written to a file (shared/capture_format.h): the word
// `capture`.
#ifndef KRO_PROXY_CAPTURE_H
#define KRO_PROXY_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture_format.h"
#include "replay.h"

// Memory that the host reads regions from; of one engine.
typedef struct kro__capture {
    kro__replay *replay;
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkDeviceSize room_bytes;
    void *bytes; // mapped
} kro__capture;

void kro__capture_init(kro__capture *capture, kro__replay *replay);
void kro__capture_finish(kro__capture *capture);

// Whether a command is a dispatch on a device that is captured.
bool kro__capture_wants(const kro__capture *capture, const kro__command *command);

// Runs such a command and waits for it, with a record before it and one behind it. What cannot be
// captured is run all the same.
void kro__capture_run(kro__capture *capture, kro__queue *queue, const kro__command *command);

// Notes with which extensions a device was made.
void kro__capture_made(const VkDeviceCreateInfo *info);

// The part of a dispatch's record that its pipeline makes up; the caller frees it. NULL without
// memory.
kro__capture_pipeline *kro__capture_pipeline_make(const VkPipelineShaderStageCreateInfo *stage,
                                                  const void *code, size_t code_bytes,
                                                  size_t *size_bytes);

// The file
// Opens it, to be added to.
//
// Returns: false, with a sentence in `message`.
bool kro__capture_open(const char *path, char *message, size_t message_bytes);
bool kro__capture_is_on(void);
// Adds a record of two parts, as a whole.
void kro__capture_add(uint32_t kind, const void *head, size_t head_bytes, const void *bytes,
                      size_t size_bytes);

#endif
