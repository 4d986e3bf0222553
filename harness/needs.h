// What a case needs before it runs; the runner checks it, and a lack is NotSupported by that name.
#ifndef KT_NEEDS_H
#define KT_NEEDS_H

#include <stdint.h>

#include <kronos/context.h>

// Needs join with `|`. In a suite with devices each case gets the run's device, with the features
// named here, unless it says that it opens its own contexts.
#define NEEDS_NOTHING UINT64_C(0)

#define KT_NEED(bit) (UINT64_C(1) << (bit))

// Fields of kro_features, from bit 0 up; there is room for 48.
#define NEEDS_FLOAT64                 KT_NEED(0)
#define NEEDS_INT64                   KT_NEED(1)
#define NEEDS_FLOAT16                 KT_NEED(2)
#define NEEDS_INT8                    KT_NEED(3)
#define NEEDS_INT16                   KT_NEED(4)
#define NEEDS_STORAGE8                KT_NEED(5)
#define NEEDS_STORAGE16               KT_NEED(6)
#define NEEDS_PUSH8                   KT_NEED(7)
#define NEEDS_PUSH16                  KT_NEED(8)
#define NEEDS_INT64_ATOMICS           KT_NEED(9)
#define NEEDS_SHARED_INT64_ATOMICS    KT_NEED(10)
#define NEEDS_FLOAT_ATOMIC_ADD        KT_NEED(11)
#define NEEDS_SHARED_FLOAT_ATOMIC_ADD KT_NEED(12)
#define NEEDS_DEVICE_ADDRESS          KT_NEED(13)
#define NEEDS_SUBGROUP_SIZE_CONTROL   KT_NEED(14)
#define NEEDS_VULKAN_MEMORY_MODEL     KT_NEED(15)
#define NEEDS_TIMELINE_SEMAPHORES     KT_NEED(16)
#define NEEDS_COOPERATIVE_MATRIX      KT_NEED(17)
#define NEEDS_SCALAR_LAYOUT           KT_NEED(18)
#define NEEDS_VARIABLE_POINTERS       KT_NEED(19)
#define NEEDS_INTEGER_DOT_PRODUCT     KT_NEED(20)
#define NEEDS_ZERO_INIT_WORKGROUP     KT_NEED(21)
#define NEEDS_MAINTENANCE4            KT_NEED(22)
#define NEEDS_SHADER_FLOAT_CONTROLS   KT_NEED(23)
#define NEEDS_UNIFORM8                KT_NEED(24)
#define NEEDS_UNIFORM16               KT_NEED(25)
#define NEEDS_STORAGE_ARRAY_INDEXING  KT_NEED(26)
#define NEEDS_UNIFORM_ARRAY_INDEXING  KT_NEED(27)

// Subgroup operation classes in compute, of kro_device_info.subgroup_operations.
#define NEEDS_SUBGROUP_BASIC            KT_NEED(48)
#define NEEDS_SUBGROUP_VOTE             KT_NEED(49)
#define NEEDS_SUBGROUP_ARITHMETIC       KT_NEED(50)
#define NEEDS_SUBGROUP_BALLOT           KT_NEED(51)
#define NEEDS_SUBGROUP_SHUFFLE          KT_NEED(52)
#define NEEDS_SUBGROUP_SHUFFLE_RELATIVE KT_NEED(53)
#define NEEDS_SUBGROUP_CLUSTERED        KT_NEED(54)
#define NEEDS_SUBGROUP_QUAD             KT_NEED(55)

// The case opens its own contexts; none of these opens the run's device by itself.
// A driver on this machine:
#define NEEDS_DRIVER KT_NEED(56)
// The null or the proxy driver of this build (kt_null_driver, kt_proxy_driver):
#define NEEDS_NULL  KT_NEED(57)
#define NEEDS_PROXY KT_NEED(58)
// The run's driver with the proxy in front of it:
#define NEEDS_PROXIED (NEEDS_DRIVER | NEEDS_PROXY)

// The case gives the driver wrong input on purpose: errors in the log do not fail it.
#define NEEDS_WRONG_INPUT KT_NEED(59)

// No other case runs meanwhile, whatever --jobs says: the case measures, or needs the whole
// machine.
#define NEEDS_ALONE KT_NEED(60)

// No other case ran before in its process, but with --here: the case looks at all that the process
// holds.
#define NEEDS_NEW_PROCESS KT_NEED(61)

#define KT_NEEDS_FEATURES    (KT_NEED(56) - 1) // every bit that names an ability of the device
#define KT_NEEDS_SUBGROUP    (UINT64_C(0xff) << 48)
#define KT_NEEDS_OWN_CONTEXT (NEEDS_DRIVER | NEEDS_NULL | NEEDS_PROXY)

// The first thing in `needs` that a device lacks, such as "float64"; NULL if it lacks nothing.
// Drivers of our own and the bits that are no device's are not looked at.
const char *kt_needs_missing(uint64_t needs, const kro_device_info *device);

#endif
