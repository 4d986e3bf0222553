// Devices and contexts: what is on this machine, and one device opened for use.
#ifndef KRONOS_CONTEXT_H
#define KRONOS_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kro_context kro_context; // one open device, its queues and its default stream
typedef struct kro_devices kro_devices; // a list of the devices on this machine
typedef struct kro_stream kro_stream;   // see stream.h

// What kind of device it is, as its driver says.
typedef enum kro_device_type {
    KRO_DEVICE_TYPE_OTHER = 0,      // none of the others, or the driver does not say
    KRO_DEVICE_TYPE_INTEGRATED = 1, // a GPU that shares the host's memory
    KRO_DEVICE_TYPE_DISCRETE = 2,   // a GPU with memory of its own
    KRO_DEVICE_TYPE_VIRTUAL = 3,    // a part of a GPU, in a virtual machine
    KRO_DEVICE_TYPE_CPU = 4,        // the processor, by a driver such as lavapipe
} kro_device_type;

// How much a log line matters.
typedef enum kro_log_level {
    KRO_LOG_ERROR = 0,   // something is wrong; what the validation layer calls an error, too
    KRO_LOG_WARNING = 1, // right, but not as it might seem to be
    KRO_LOG_INFO = 2,    // what was chosen and opened
} kro_log_level;

// Receives one line of the library's log or of the validation layer, without a line break.
// Called on whichever thread caused it, sometimes with a lock held: it must not call Kronos.
typedef void (*kro_log_function)(void *user, kro_log_level level, const char *message);

// Any function; cast it to its type before calling it.
// A function of unknown type; cast it before it is called.
typedef void (*kro_void_function)(void);

// vkGetInstanceProcAddr without Vulkan's names: `instance` is a VkInstance or NULL.
typedef kro_void_function (*kro_get_instance_proc_addr)(void *instance, const char *name);

// What to open and how. Environment variables stand in for fields that are zero: KRONOS_DEVICE,
// KRONOS_DRIVER, KRONOS_VALIDATION=1, KRONOS_PLAIN=1, KRONOS_CACHE_DIR,
// KRONOS_LOG=error|warning|info.
typedef struct kro_context_config {
    const char *device;       // "index:1", "vendor:nvidia", "type:cpu", "uuid:…", part of a name;
                              // default: the best device (discrete before integrated before CPU)
    const char *driver;       // path of a driver library or manifest to open without the loader; it
                              // must be trusted (see docs/architecture.md); default: the loader
    bool validation;          // load the Khronos validation layer and log what it says
    bool plain;               // standard Vulkan: program order, full barriers, a wait per dispatch
    bool check_hazards;       // log unordered use of one buffer by several streams (costs time)
    bool robust;              // out-of-bounds accesses in shaders are defined (robustBufferAccess)
    bool enable_all_features; // enable every feature the device has, not only those kernels need
    uint32_t batch_nodes;     // operations recorded before a stream submits by itself, or sooner on
                              // drivers with a watchdog; default 2048
    uint32_t queues;          // device queues of one family, clamped to what there is; default 1
    uint64_t slab_bytes;   // size of one device allocation shared by small buffers; default 64 MiB
                           // (1 MiB for devices with less than 1 GiB)
    uint64_t spin_ns;      // time a wait polls before it blocks, or around the time when, by the
                           // last ones, it should end; default by device type (GPUs 50,000, CPU
                           // drivers 0); UINT64_MAX polls without end
    const char *cache_dir; // where pipelines are kept between runs; default: nowhere
    kro_log_function log;  // default: errors and warnings to stderr as KRONOS_LOG says
    void *log_user;        // handed to `log`
    kro_get_instance_proc_addr
        get_instance_proc_addr; // a Vulkan entry point the caller has loaded
                                // already; default: the library opens its own
    uint32_t copy_threads; // threads that share the copying of large transfers, the calling one
                           // included: the others are made at the first and end with the context;
                           // default and 1: none are made; at most 64
    bool no_memory_budget; // allocate beyond what the driver grants this process, until it fails
} kro_context_config;

// Hard limits of a device. Sizes in bytes.
typedef struct kro_limits {
    uint64_t max_buffer_bytes;      // largest kro_buffer
    uint64_t max_binding_bytes;     // largest range that one binding may cover
    uint32_t max_groups[3];         // workgroups per dispatch
    uint32_t max_group_size[3];     // invocations per workgroup, per dimension
    uint32_t max_group_invocations; // invocations per workgroup, in all
    uint32_t max_shared_bytes;      // workgroup memory
    uint32_t max_push_bytes;        // push constants
    uint32_t max_bindings;          // storage buffers that one kernel may declare
    uint32_t offset_alignment;      // a storage binding's offset is a multiple of this
    uint32_t uniform_alignment;     // a uniform binding's offset is a multiple of this
    uint64_t max_uniform_bytes;     // largest range of a uniform binding
    uint32_t staging_bytes;         // kro_write copies its source at once up to this size
    uint32_t max_uniform_bindings;  // uniform buffers that one kernel may declare
    uint64_t host_alignment;        // kro_host_register takes memory at, and of, multiples of this;
                                    // 0: the device cannot use the caller's memory in place
} kro_limits;

// Optional abilities of a device, as kernels see them.
typedef struct kro_features {
    bool float64;                 // double arithmetic
    bool int64;                   // 64-bit integer arithmetic
    bool float16;                 // half arithmetic
    bool int8;                    // 8-bit integer arithmetic
    bool int16;                   // 16-bit integer arithmetic
    bool storage8;                // 8-bit members in storage buffers
    bool storage16;               // 16-bit members in storage buffers
    bool push8;                   // 8-bit members in push constants
    bool push16;                  // 16-bit members in push constants
    bool int64_atomics;           // 64-bit integer atomics on buffers
    bool shared_int64_atomics;    // 64-bit integer atomics on workgroup memory
    bool float_atomic_add;        // 32-bit float addition, atomic, on buffers
    bool shared_float_atomic_add; // 32-bit float addition, atomic, on workgroup memory
    bool device_address;          // kernels reach buffers by address
    bool subgroup_size_control;   // a kernel may ask for a subgroup size
    bool vulkan_memory_model;     // kernels may declare the Vulkan memory model
    bool timeline_semaphores;     // one counter a queue; without it a fence a batch is used
    bool cooperative_matrix;      // VK_KHR_cooperative_matrix
    bool scalar_layout;           // members of blocks stand as in C, without padding to 16 bytes
    bool variable_pointers;       // pointers that are chosen while the kernel runs
    bool integer_dot_product;     // dot products of packed integers
    bool zero_init_workgroup;     // workgroup memory may start as zero
    bool maintenance4;            // LocalSizeId
    bool shader_float_controls;   // the device reports its float controls
    bool uniform8;                // 8-bit members in uniform buffers
    bool uniform16;               // 16-bit members in uniform buffers
    bool storage_array_indexing;  // arrays of storage buffers, their indices computed
    bool uniform_array_indexing;  // arrays of uniform buffers, their indices computed
} kro_features;

// Subgroup operation classes in kro_device_info.subgroup_operations (bit values of Vulkan 1.1,
// VkSubgroupFeatureFlagBits).
typedef enum kro_subgroup_operation {
    KRO_SUBGROUP_BASIC = 1,             // subgroup size, id, elect and barrier
    KRO_SUBGROUP_VOTE = 2,              // all, any, equal
    KRO_SUBGROUP_ARITHMETIC = 4,        // reductions and scans
    KRO_SUBGROUP_BALLOT = 8,            // ballot, broadcast and bit counts
    KRO_SUBGROUP_SHUFFLE = 16,          // the value of any invocation
    KRO_SUBGROUP_SHUFFLE_RELATIVE = 32, // the value of an invocation so many places off
    KRO_SUBGROUP_CLUSTERED = 64,        // reductions within clusters
    KRO_SUBGROUP_QUAD = 128,            // among four neighbours
} kro_subgroup_operation;

#define KRO_MAX_HEAPS 16 // memories that a device may have

// One of a device's memories.
typedef struct kro_heap_info {
    uint64_t size_bytes;   // of it all
    uint64_t budget_bytes; // what this process may use of it before allocations fail or other
                           // programs slow down: the driver's estimate, which changes with what
                           // they use; size_bytes where it makes none (VK_EXT_memory_budget)
    uint64_t used_bytes;   // what this process uses of it; held_bytes where the driver says less
    uint64_t held_bytes;   // what the context has allocated of it, free room in slabs included
    bool device_local;     // the device's own; otherwise the host's
} kro_heap_info;

// The memories of a device, and what is in use.
typedef struct kro_memory_info {
    uint32_t heap_count;                // length of `heaps`
    kro_heap_info heaps[KRO_MAX_HEAPS]; // in the driver's order
    bool budget_known;                  // the driver makes estimates
    uint32_t allocation_count;          // of the driver's, that the context holds
    uint32_t max_allocation_count;      // how many it may hold
} kro_memory_info;

// Everything known of a device. Strings are never NULL.
typedef struct kro_device_info {
    uint32_t index;              // position that `index:N` counts
    const char *name;            // "llvmpipe (LLVM 15.0.6, 256 bits)"
    const char *vendor;          // "NVIDIA", "AMD", "Intel", "Mesa", "Google", …; else "0x1234"
    const char *driver_name;     // "llvmpipe"; "" where the driver does not say
    const char *driver_info;     // "Mesa 22.3.6 (LLVM 15.0.6)"; "" where the driver does not say
    const char *driver_version;  // decoded by the vendor's own scheme
    const char *api_version;     // "1.3.230"
    const char *uuid;            // 32 hexadecimal digits, as `uuid:…` takes them
    uint32_t vendor_id;          // PCI vendor, or a value of VkVendorId
    uint32_t device_id;          // the vendor's number for the device
    uint32_t driver_id;          // VkDriverId; 0 where the driver does not say
    uint32_t api_version_number; // as Vulkan packs it
    uint32_t driver_version_number; // as the vendor packs it
    kro_device_type type;           // a GPU, and which kind, or the processor
    uint64_t device_memory_bytes;   // sum of the device-local heaps
    uint64_t host_memory_bytes;     // sum of the other heaps
    uint32_t subgroup_size;         // what kernels get unless they ask
    uint32_t min_subgroup_size;     // smallest that a kernel may ask for
    uint32_t max_subgroup_size;     // largest that a kernel may ask for
    uint32_t subgroup_operations;   // kro_subgroup_operation bits for compute
    uint32_t queue_count;           // of an open context: queues in use; in a list: available
    uint32_t queue_family;          // family of those queues
    kro_limits limits;              // hard limits
    kro_features features;          // optional abilities
    kro_memory_info memory;         // as it was when the list was made or the context opened
} kro_device_info;

// Lists the devices that a context could be made on, best first; `index:N` counts this list.
//
// Of `config`, which may be NULL, driver, validation, log and get_instance_proc_addr count.
//
// Returns:   KRO_OK and a list, which may be empty.
// Errors:    NO_DRIVER         no Vulkan loader, or a loader with no driver
//            INVALID_ARGUMENT  config->driver is not trusted or not a driver
//            UNSUPPORTED       validation asked for and not installed
//            IO                config->driver cannot be read
// Ownership: the caller destroys the list; it depends on no context.
// Threads:   safe; the list is read-only after this.
KRO_API KRO_MUST_USE kro_status kro_devices_create(const kro_context_config *config,
                                                   kro_devices **out);

// The number of devices in a list; 0 for NULL.
//
// Threads: safe.
KRO_API uint32_t kro_devices_count(const kro_devices *devices);

// Facts about one device of a list.
//
// Returns:   NULL where index is out of range.
// Ownership: the list's.
// Threads:   safe.
KRO_API const kro_device_info *kro_devices_info(const kro_devices *devices, uint32_t index);

// Frees a list.
//
// Threads: not while another call uses the list.
KRO_API void kro_devices_destroy(kro_devices *devices);

// Opens a device. NULL opens the best one with every default.
//
// Returns:   KRO_OK and the context.
// Errors:    NO_DRIVER         no Vulkan loader, or a loader with no driver
//            NO_DEVICE         no device fits config->device; the sentence lists those there are
//            INVALID_ARGUMENT  config->device has an unknown form, config->driver is not trusted
//            UNSUPPORTED       validation not installed, or asked for together with driver; the
//                              device has no compute queue or is older than Vulkan 1.1
//            IO                config->driver cannot be read
// Ownership: the caller destroys it, after everything made from it.
// Threads:   safe.
KRO_API KRO_MUST_USE kro_status kro_context_create(const kro_context_config *config,
                                                   kro_context **out);

// Waits for the device's work and closes it. Unsubmitted work is dropped. Buffers, pipelines and
// streams that were not destroyed are destroyed with it; their handles are invalid afterwards.
//
// Threads: not while another call uses the context or anything made from it.
// Blocks:  until submitted work has finished or the device is lost.
KRO_API void kro_context_destroy(kro_context *ctx);

// Facts about the context's device.
//
// Returns:   NULL for NULL.
// Ownership: the context's.
// Threads:   safe.
KRO_API const kro_device_info *kro_context_info(const kro_context *ctx);

// The memories of the context's device as they are now. A buffer that would go over the budget of
// its heap is refused with OUT_OF_DEVICE_MEMORY (unless config.no_memory_budget), after slabs that
// nothing is in were given back.
//
// Returns:   NULL for NULL.
// Ownership: the context's; the values change with the next call.
// Threads:   one thread at a time for a context.
// Source:    VK_EXT_memory_budget.
KRO_API const kro_memory_info *kro_context_memory(kro_context *ctx);

// The context's default stream. Blocking host access (kro_buffer_read, kro_buffer_write,
// kro_buffer_map) belongs to it. It alone takes a lock in each call and so may be used by several
// threads at once; streams of kro_stream_create are cheaper.
//
// Returns:   NULL for NULL.
// Ownership: the context's; kro_stream_destroy refuses it.
// Threads:   safe.
KRO_API kro_stream *kro_context_stream(kro_context *ctx);

#ifdef __cplusplus
}
#endif

#endif
