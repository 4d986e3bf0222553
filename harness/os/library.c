#include "library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// POSIX promises that functions and data share one kind of pointer; ISO C does not, hence the
// copies.
_Static_assert(sizeof(kt_function) == sizeof(void *), "function pointers fit a void *");

kt_function kt_loaded_function(const char *path, const char *name)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (!library)
        return NULL;
    void *symbol = dlsym(library, name);
    kt_function function;
    memcpy(&function, &symbol, sizeof function);
    // Whoever loaded it keeps it.
    dlclose(library);
    return function;
}

char *kt_function_library(kt_function function)
{
    void *address;
    memcpy(&address, &function, sizeof address);
    Dl_info info;
    if (!address || !dladdr(address, &info) || !info.dli_fname)
        return NULL;
    char *path = realpath(info.dli_fname, NULL);
    return path ? path : strdup(info.dli_fname);
}
