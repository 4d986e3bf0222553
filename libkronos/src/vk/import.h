// A device that the program has made, as adapters that hold it alone.
#ifndef KRO_SRC_VK_IMPORT_H
#define KRO_SRC_VK_IMPORT_H

#include "vk/api.h"

#include <kronos/vulkan.h>

#include "vk/adapters.h"

// Checks what the program says of its device. The one adapter has what is enabled, and no more.
//
// Errors: those of kro_context_import
kro_status kro__vk_import(const kro_vk_import *import, const kro__log *log, kro__adapters **out);

#endif
