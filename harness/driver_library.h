// Which files on disk a context runs on.
#ifndef KT_DRIVER_LIBRARY_H
#define KT_DRIVER_LIBRARY_H

#include <kronos/context.h>

// Path of the driver library that the loader opens for this context; NULL where it cannot be told.
// The caller frees it.
char *kt_driver_library(kro_context *context);

// Path of the library that implements vkCmdDispatch: the same one, or one that a driver keeps its
// code in (NVIDIA's does); NULL where it cannot be told. The caller frees it.
char *kt_driver_code_library(kro_context *context);

// Path of the Vulkan loader, or of the driver where it was opened without one.
char *kt_loader_library(kro_context *context);

#endif
