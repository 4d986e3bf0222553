// Kronos: GPU compute on Vulkan without the ceremony.
//
//     kro_dispatch(kro_context_stream(ctx), add,
//                  &(kro_dispatch_args){.buffers = {a, b, c}, .threads = {n}});
//     kro_buffer_read(c, 0, result, sizeof result);
//
// House rules, stated once and true of every call:
//
// - Every field of a config struct means something sensible at zero, and its comment says what.
// - A call that can fail returns a kro_status. Out-parameters come last and are NULL (or zero)
//   after an error; an error leaves every object as it was. kro_error_detail() has the sentence.
// - Any call that reaches the device may also return OUT_OF_HOST_MEMORY, OUT_OF_DEVICE_MEMORY,
//   DEVICE_LOST or DRIVER; doc comments list them only where there is more to say.
// - A NULL handle or a NULL required argument is INVALID_ARGUMENT. Destroy calls accept NULL.
// - Strings and config structs are borrowed for the call; labels are copied.
// - Facts come back as `const kro_*_info *`, owned by the object they describe.
// - Objects are destroyed before their context. A destroy call may come while recorded or submitted
//   work still uses the object; it must not run at the same time as a call that names the object.
// - Objects of one context are used with that context only; mixing them is INVALID_ARGUMENT.
// - A child of fork() uses no object of its parent, not even to destroy it, and opens a context
// only
//   where its parent had never opened one: drivers do not follow a fork.
#ifndef KRONOS_KRONOS_H
#define KRONOS_KRONOS_H

#include <kronos/buffer.h>
#include <kronos/context.h>
#include <kronos/graph.h>
#include <kronos/pipeline.h>
#include <kronos/status.h>
#include <kronos/stream.h>

#define KRO_VERSION_MAJOR 0       // changes with what breaks programs, from 1.0 on
#define KRO_VERSION_MINOR 1       // changes with what is new
#define KRO_VERSION_PATCH 0       // changes with what was mended
#define KRO_VERSION       "0.1.0" // of these headers; kro_version() is the library's

#ifdef __cplusplus
extern "C" {
#endif

// The version of the library that is running, such as "0.1.0"; compare it with KRO_VERSION.
//
// Returns: a static string.
// Threads: safe.
KRO_API const char *kro_version(void);

#ifdef __cplusplus
}
#endif

#endif
