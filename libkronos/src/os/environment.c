#include "os/environment.h"

#include <stdlib.h>

const char *kro__environment(const char *variable)
{
    const char *value = secure_getenv(variable);
    return value && *value ? value : NULL;
}
