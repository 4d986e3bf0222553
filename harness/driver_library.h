// Which files on disk a context runs on.
#ifndef KT_DRIVER_LIBRARY_H
#define KT_DRIVER_LIBRARY_H

#include <kronos/context.h>

// Path of the library that implements vkCmdDispatch for this context; NULL where it cannot be told.
// The caller frees it.
char *kt_driver_library(kro_context *context);

// Path of the Vulkan loader, or of the driver where it was opened without one.
char *kt_loader_library(kro_context *context);

#endif
