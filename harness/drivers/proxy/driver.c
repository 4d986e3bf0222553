#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = KRO__DRIVER_PATH, MANIFEST_BYTES = 65536 };

kro__driver_library kro__driver_library_open;

// The first line of the file beside this library, which is there for one copy of it alone.
static bool read_beside(char out[KRO__DRIVER_PATH])
{
    Dl_info own;
    char beside[PATH_BYTES];
    if (!dladdr(&kro__driver_library_open, &own) ||
        snprintf(beside, sizeof beside, "%s.driver", own.dli_fname) >= PATH_BYTES)
        return false;
    FILE *file = fopen(beside, "re");
    if (!file)
        return false;
    bool read = fgets(out, PATH_BYTES, file) != NULL;
    fclose(file);
    if (read)
        out[strcspn(out, "\n")] = 0;
    return read && *out;
}

bool kro__driver_named(char out[KRO__DRIVER_PATH])
{
    if (read_beside(out))
        return true;
    const char *variable = getenv("KRONOS_PROXY_DRIVER");
    return variable && *variable && snprintf(out, PATH_BYTES, "%s", variable) < PATH_BYTES;
}

// The value of the manifest's "library_path", which is a path in plain characters.
static bool read_library_path(const char *manifest, char *out)
{
    const char *key = "\"library_path\"";
    const char *at = strstr(manifest, key);
    at = at ? strchr(at + strlen(key), '"') : NULL;
    size_t length = at ? strcspn(at + 1, "\"") : 0;
    if (!length || length >= PATH_BYTES)
        return false;
    memcpy(out, at + 1, length);
    out[length] = 0;
    return true;
}

// Finds the library that a manifest names; a path with a folder in it is relative to the manifest.
static bool resolve_manifest(const char *path, char *out)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char *manifest = malloc(MANIFEST_BYTES);
    size_t length = manifest ? fread(manifest, 1, MANIFEST_BYTES - 1, file) : 0;
    fclose(file);
    char library[PATH_BYTES];
    if (manifest)
        manifest[length] = 0;
    bool found = manifest && read_library_path(manifest, library);
    free(manifest);
    if (!found)
        return false;
    const char *slash = strrchr(path, '/');
    if (library[0] == '/' || !strchr(library, '/') || !slash)
        return snprintf(out, PATH_BYTES, "%s", library) < PATH_BYTES;
    return snprintf(out, PATH_BYTES, "%.*s/%s", (int)(slash - path), path, library) < PATH_BYTES;
}

// dlsym gives functions as object pointers, which ISO C will not cast.
static PFN_vkVoidFunction symbol(void *library, const char *name)
{
    void *address = dlsym(library, name);
    PFN_vkVoidFunction function;
    memcpy(&function, &address, sizeof function);
    return function;
}

bool kro__driver_open(const char *path, kro__driver_library *out, char *message,
                      size_t message_bytes)
{
    char file[PATH_BYTES];
    size_t length = strlen(path);
    bool manifest = length > 5 && !strcmp(path + length - 5, ".json");
    if (manifest ? !resolve_manifest(path, file)
                 : snprintf(file, sizeof file, "%s", path) >= PATH_BYTES) {
        snprintf(message, message_bytes,
                 "KRONOS_PROXY_DRIVER: '%s' cannot be read or names no driver library", path);
        return false;
    }
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(message, message_bytes, "KRONOS_PROXY_DRIVER: %s", dlerror());
        return false;
    }
    *out = (kro__driver_library){
        .negotiate = (PFN_vk_icdNegotiateLoaderICDInterfaceVersion)symbol(
            library, "vk_icdNegotiateLoaderICDInterfaceVersion"),
        .get_instance_proc_addr =
            (PFN_vk_icdGetInstanceProcAddr)symbol(library, "vk_icdGetInstanceProcAddr"),
        .get_physical_device_proc_addr =
            (PFN_vk_icdGetPhysicalDeviceProcAddr)symbol(library, "vk_icdGetPhysicalDeviceProcAddr"),
    };
    if (out->negotiate && out->get_instance_proc_addr)
        return true;
    snprintf(message, message_bytes, "KRONOS_PROXY_DRIVER: '%s' is no Vulkan driver library", path);
    dlclose(library);
    return false;
}
