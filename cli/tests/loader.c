#include "loader.h"

#include <stdlib.h>

#include "drivers.h"
#include "text.h"

static void use_drivers(kt_test *t, const char *manifests)
{
    kt_set_environment(t, "VK_DRIVER_FILES", manifests);
    kt_set_environment(t, "VK_ICD_FILENAMES", manifests); // what older loaders call it
}

bool loader_use_null(kt_test *t)
{
    static const char *const OTHERS[] = {"VK_ADD_DRIVER_FILES", "KRONOS_DRIVER", "KRONOS_DEVICE",
                                         "KRONOS_NULL", "KRONOS_PROXY"};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        kt_set_environment(t, OTHERS[i], NULL);
    char *manifest = kt_own_driver("kronos_null.json");
    bool found = CHECK(manifest);
    if (found)
        use_drivers(t, manifest);
    free(manifest);
    return found;
}

bool loader_use_second_driver(kt_test *t)
{
    if (!*KRONOS_SECOND_DRIVER) {
        SKIP(t, "lavapipe");
        return false;
    }
    kt_text both = {0};
    kt_text_format(&both, "%s:%s", getenv("VK_DRIVER_FILES"), KRONOS_SECOND_DRIVER);
    use_drivers(t, kt_text_string(&both));
    kt_text_finish(&both);
    return true;
}
