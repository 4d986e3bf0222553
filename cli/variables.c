#include "variables.h"

const cli_variable cli_variables[] = {
    {"VK_DRIVER_FILES", NULL}, // what these hide is told with the manifests
    {"VK_ADD_DRIVER_FILES", NULL},
    {"VK_ICD_FILENAMES", NULL},
    {"VK_LOADER_DRIVERS_SELECT", NULL},
    {"VK_LOADER_DRIVERS_DISABLE", NULL},
    {"VK_INSTANCE_LAYERS", "its layers are loaded into every program and change times"},
    {"VK_LOADER_LAYERS_ENABLE", "its layers are loaded into every program and change times"},
    {"VK_LOADER_LAYERS_DISABLE", NULL},
    {"VK_LAYER_PATH", NULL},
    {"VK_ADD_LAYER_PATH", NULL},
    {"VK_LOADER_DEBUG", "the loader writes its log to standard error"},
    {"KRONOS_DEVICE", "only this device is used where --device is not given"},
    {"KRONOS_DRIVER", "the loader and its layers are left out"},
    {"KRONOS_VALIDATION", "the validation layer checks every call: times are several times longer"},
    {"KRONOS_PLAIN", "a submit, a wait and full barriers for each operation: times are longer"},
    {"KRONOS_CACHE_DIR", NULL},
    {"KRONOS_LOG", NULL},
    {"KRONOS_EXTRA_DRIVERS", NULL},
    {"KRONOS_ALLOW_UNTRUSTED_DRIVERS", "driver files that anybody can change are loaded"},
    {"KRONOS_PROXY", "the proxy driver reorders, delays or fails what passes through it"},
    {"LD_PRELOAD", "its libraries run inside every program"},
    {"LP_NUM_THREADS", "lavapipe uses this many threads"},
    {"MESA_VK_DEVICE_SELECT", "a layer of Mesa's changes the order of the devices"},
    {"MESA_SHADER_CACHE_DISABLE", "Mesa compiles every kernel anew: first runs are slower"},
    {"RADV_DEBUG", "AMD's driver in Mesa works in another way"},
    {"RADV_PERFTEST", "AMD's driver in Mesa works in another way"},
    {"RADV_FORCE_FAMILY", "AMD's driver in Mesa compiles for another GPU and runs nothing"},
    {"ANV_DEBUG", "Intel's driver in Mesa works in another way"},
    {"INTEL_DEBUG", "Intel's driver in Mesa works in another way"},
    {"NVK_DEBUG", "Mesa's driver for NVIDIA works in another way"},
};

const size_t cli_variable_count = sizeof cli_variables / sizeof cli_variables[0];
