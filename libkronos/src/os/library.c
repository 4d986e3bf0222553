#include "os/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

kro__library *kro__library_open(const char *name, char *reason, size_t reason_bytes)
{
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *message = dlerror();
        snprintf(reason, reason_bytes, "%s", message ? message : "no reason given");
    }
    return handle;
}

kro_void_function kro__library_symbol(kro__library *library, const char *name)
{
    // C has no conversion from an object pointer to a function pointer; POSIX promises the bytes.
    void *symbol = dlsym(library, name);
    kro_void_function function;
    memcpy(&function, &symbol, sizeof function);
    return function;
}
