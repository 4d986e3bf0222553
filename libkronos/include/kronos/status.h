// What calls return, and how to learn more about a failure.
#ifndef KRONOS_STATUS_H
#define KRONOS_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KRO_API      __attribute__((visibility("default"))) // the library exports it
#define KRO_MUST_USE __attribute__((warn_unused_result))    // its result has to be looked at
#else
#define KRO_API
#define KRO_MUST_USE
#endif

// The result of every call that can fail. Negative values are errors, positive values are answers.
typedef enum kro_status {
    KRO_OK = 0,        // done
    KRO_NOT_READY = 1, // kro_poll: the work has not finished yet
    KRO_TIMEOUT = 2,   // kro_wait: the work has not finished within the time given

    KRO_ERROR_INVALID_ARGUMENT = -1,     // the call is wrong; kro_error_detail() says what and why
    KRO_ERROR_OUT_OF_HOST_MEMORY = -2,   // malloc, or the driver's host memory, ran out
    KRO_ERROR_OUT_OF_DEVICE_MEMORY = -3, // no heap of the kind asked for has room
    KRO_ERROR_NO_DRIVER = -4,            // no Vulkan loader or driver on this machine
    KRO_ERROR_NO_DEVICE = -5,            // drivers, but no device that fits the request
    KRO_ERROR_UNSUPPORTED = -6,          // the device, driver or build cannot do it
    KRO_ERROR_INVALID_SHADER = -7,       // not a valid SPIR-V compute module
    KRO_ERROR_IO = -8,                   // a file could not be read
    KRO_ERROR_DEVICE_LOST = -9, // sticky: only destroy calls are useful on this context now
    KRO_ERROR_DRIVER = -10,     // the driver returned something it may not return
} kro_status;

// The name of a status, such as "KRO_ERROR_NO_DRIVER", for logs and test output.
//
// Returns: a static string; "KRO_STATUS_UNKNOWN" for a value that is no status.
// Threads: safe.
KRO_API const char *kro_status_name(kro_status status);

// The calling thread's last error as one sentence: which object, which numbers, what to do.
//
// Returns:   never NULL; "" when no call of this thread has failed yet. Calls that succeed
//            and destroy calls leave it as it was, so read it only after a negative status.
// Ownership: the library's; valid until the thread's next failing call.
// Threads:   safe; each thread has its own sentence.
KRO_API const char *kro_error_detail(void);

#ifdef __cplusplus
}
#endif

#endif
