#include "library.h"

#include <dlfcn.h>
#include <link.h>
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

// A search through the libraries of this process.
typedef struct search {
    const char *folder, *function;
    char *found;
} search;

static int visit_library(struct dl_phdr_info *info, size_t info_bytes, void *user)
{
    (void)info_bytes;
    search *wanted = user;
    char *path = *info->dlpi_name ? realpath(info->dlpi_name, NULL) : NULL;
    const char *slash = path ? strrchr(path, '/') : NULL;
    size_t folder_bytes = strlen(wanted->folder);
    if (slash && (size_t)(slash - path) == folder_bytes &&
        strncmp(path, wanted->folder, folder_bytes) == 0) {
        // A look-up also goes through what a library depends on: the function must be its own.
        kt_function function = kt_loaded_function(info->dlpi_name, wanted->function);
        char *owner = kt_function_library(function);
        if (owner && strcmp(owner, path) == 0)
            wanted->found = strdup(path);
        free(owner);
    }
    free(path);
    return wanted->found != NULL;
}

char *kt_loaded_library_in(const char *folder, const char *function)
{
    search wanted = {.folder = folder, .function = function};
    dl_iterate_phdr(visit_library, &wanted);
    return wanted.found;
}
