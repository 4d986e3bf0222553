// What was recorded into a command buffer, kept so that it can be replayed command by command: each
// command with everything that was bound when it was recorded. Recordings do not change once their
// command buffer is submitted; submissions and primaries that execute them share them.
#ifndef KRO_PROXY_RECORDING_H
#define KRO_PROXY_RECORDING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

enum { KRO__BINDS_MAX = 64 };

typedef enum kro__bind_kind {
    KRO__BIND_SETS,
    KRO__BIND_CONSTANTS,
    KRO__BIND_PUSHED_SETS,
} kro__bind_kind;

// One call that set state. The newest calls that nothing later replaced make up what is bound.
typedef struct kro__bind {
    kro__bind_kind kind;
    VkPipelineLayout layout;
    union {
        struct {
            uint32_t first, count, dynamic_count;
            const VkDescriptorSet *sets;
            const uint32_t *dynamic_offsets;
        } sets;
        struct {
            VkShaderStageFlags stages;
            uint32_t offset, size;
            const void *bytes;
        } constants;
        struct {
            uint32_t set, count;
            const VkWriteDescriptorSet *writes;
        } pushed;
    };
} kro__bind;

typedef struct kro__bound {
    VkPipeline pipeline;
    uint32_t count;
    const kro__bind *const *binds; // oldest first
} kro__bound;

// One memory dependency of a barrier.
typedef struct kro__dependency {
    uint32_t src, dst; // KRO__STAGE_…
    bool to_host;      // the second scope names the HOST stage
    VkAccessFlags2 src_access, dst_access;
    VkBuffer buffer; // VK_NULL_HANDLE: all memory
    VkDeviceSize offset, size;
} kro__dependency;

typedef enum kro__command_kind {
    KRO__COMMAND_DISPATCH,
    KRO__COMMAND_DISPATCH_INDIRECT,
    KRO__COMMAND_COPY,
    KRO__COMMAND_FILL,
    KRO__COMMAND_UPDATE,
    KRO__COMMAND_OTHER, // repeated from its arguments, in its place
    KRO__COMMAND_BARRIER,
    KRO__COMMAND_SECONDARY, // what another recording holds
} kro__command_kind;

typedef void (*kro__repeat)(VkCommandBuffer commands, const void *arguments);

typedef struct kro__command {
    struct kro__command *next;
    kro__command_kind kind;
    const kro__bound *bound; // of dispatches
    union {
        struct {
            uint32_t base[3], groups[3];
        } dispatch;
        struct {
            VkBuffer buffer;
            VkDeviceSize offset;
        } indirect;
        struct {
            VkBuffer src, dst;
            uint32_t count;
            const VkBufferCopy *regions;
        } copy;
        struct {
            VkBuffer dst;
            VkDeviceSize offset, size;
            uint32_t word;
            const void *bytes; // of an update
        } fill;
        struct {
            kro__repeat repeat;
            const void *arguments;
        } other;
        struct {
            uint32_t count;
            const kro__dependency *dependencies;
        } barrier;
        struct kro__recording *secondary;
    };
} kro__command;

typedef struct kro__recording {
    atomic_uint references;
    atomic_uint held; // submissions that hold it and have not run
    struct kro__chunk *chunks;
    kro__command *first, **end;
    uint32_t work_count;       // commands that are not barriers
    uint32_t barrier_count[2]; // [1]: those to the host
    bool opaque;               // cannot be taken apart
    bool failed;               // out of memory
    // While recording:
    VkPipeline pipeline;
    const kro__bind *binds[KRO__BINDS_MAX];
    uint32_t bind_count;
    const kro__bound *bound; // made of the above; NULL after a change
} kro__recording;

// Returns: NULL without memory.
kro__recording *kro__recording_create(void);
void kro__recording_hold(kro__recording *recording);    // one more reference
void kro__recording_release(kro__recording *recording); // one less; frees it; accepts NULL

// Memory that lives as long as the recording, or NULL (then the recording has failed). `copy` fills
// it from `bytes` at `from`.
void *kro__recording_room(kro__recording *recording, size_t bytes);
void *kro__recording_copy(kro__recording *recording, const void *from, size_t bytes);

// Appends a command; NULL without memory.
kro__command *kro__recording_add(kro__recording *recording, kro__command_kind kind);

// Adds a call that set state, and drops those that it replaces.
void kro__recording_bind(kro__recording *recording, const kro__bind *bind);

// What is bound now.
const kro__bound *kro__recording_bound(kro__recording *recording);

#endif
