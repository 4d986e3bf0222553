#include "vk/loader.h"

#include <stdlib.h>
#include <string.h>

#include <vulkan/vk_icd.h>

#include "os/library.h"
#include "os/trust.h"
#include "vk/manifest.h"

enum { REASON_BYTES = 512, MANIFEST_LIMIT_BYTES = 1 << 20 };

// The loader that the dynamic linker finds; VK_DRIVER_FILES and the like are its own business.
static kro_status open_system_loader(kro__vk_loader *out)
{
    char reason[REASON_BYTES];
    kro__library *library = kro__library_open("libvulkan.so.1", reason, sizeof reason);
    if (!library)
        return kro__fail(
            KRO_ERROR_NO_DRIVER,
            "no Vulkan loader on this machine (%s); install it (Debian: libvulkan1 and "
            "mesa-vulkan-drivers or the GPU vendor's driver), or name a driver library "
            "in KRONOS_DRIVER; run 'kronos doctor'",
            reason);
    out->get_instance_proc_addr =
        (PFN_vkGetInstanceProcAddr)kro__library_symbol(library, "vkGetInstanceProcAddr");
    if (!out->get_instance_proc_addr)
        return kro__fail(KRO_ERROR_NO_DRIVER,
                         "libvulkan.so.1 is no Vulkan loader: it has no vkGetInstanceProcAddr; "
                         "run 'kronos doctor'");
    return KRO_OK;
}

// Agrees on the interface between loader and driver, as the loader would.
//
// Source: Vulkan loader, "Loader and Driver Interface Negotiation".
static kro_status negotiate(kro__library *library, const char *path,
                            PFN_vk_icdGetInstanceProcAddr get)
{
    static const char name[] = "vk_icdNegotiateLoaderICDInterfaceVersion";
    kro_void_function function = kro__library_symbol(library, name);
    if (!function)
        function = (kro_void_function)get(NULL, name); // version 7 need not export it
    // Such drivers still have vk_icdGetInstanceProcAddr, which is all that is used here.
    if (!function)
        return KRO_OK; // version 1: older than the negotiation
    uint32_t version = CURRENT_LOADER_ICD_INTERFACE_VERSION;
    VkResult result = ((PFN_vk_icdNegotiateLoaderICDInterfaceVersion)function)(&version);
    if (result != VK_SUCCESS)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "driver '%s' refuses loader interface version %u, the newest that this "
                         "build of Kronos knows",
                         path, (unsigned)CURRENT_LOADER_ICD_INTERFACE_VERSION);
    return KRO_OK;
}

// A path that passed the trust rule, or a bare name out of a trusted manifest.
static kro_status open_driver_library(const char *path, kro__vk_loader *out)
{
    char reason[REASON_BYTES];
    kro__library *library = kro__library_open(path, reason, sizeof reason);
    if (!library)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "driver '%s' does not load: %s", path, reason);
    PFN_vk_icdGetInstanceProcAddr get =
        (PFN_vk_icdGetInstanceProcAddr)kro__library_symbol(library, "vk_icdGetInstanceProcAddr");
    if (!get)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "'%s' is no Vulkan driver: it has no vk_icdGetInstanceProcAddr", path);
    *out = (kro__vk_loader){.get_instance_proc_addr = get, .is_driver = true};
    return negotiate(library, path, get);
}

static kro_status open_driver_path(const char *path, bool may_be_manifest, kro__vk_loader *out);

// A bare name inside a manifest is the dynamic linker's to find; any path is held to the same trust
// as the manifest.
static kro_status open_manifest(const kro__trusted_file *file, kro__vk_loader *out)
{
    char *text;
    size_t text_bytes;
    kro__manifest manifest;
    char library[2 * KRO__MANIFEST_PATH_BYTES];
    kro_status status = kro__trusted_file_read(file, MANIFEST_LIMIT_BYTES, &text, &text_bytes);
    if (status < 0)
        return status;
    // The manifest outlives its text: it copies.
    status = kro__manifest_parse(text, text_bytes, file->path, &manifest);
    free(text);
    if (status < 0)
        return status;
    if (manifest.api_major != 1)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "driver manifest '%s' is for Vulkan %u.%u; Kronos needs Vulkan 1",
                         file->path, manifest.api_major, manifest.api_minor);
    if (!kro__manifest_resolve(file->path, manifest.library_path, library, sizeof library))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "driver manifest '%s': the path of its library is too long", file->path);
    return strchr(library, '/') ? open_driver_path(library, false, out)
                                : open_driver_library(library, out);
}

static bool is_manifest_name(const char *path)
{
    static const char ending[] = ".json";
    size_t length = strlen(path), ending_length = sizeof ending - 1;
    return length >= ending_length && strcmp(path + length - ending_length, ending) == 0;
}

// A link may be called anything, so the name of the file itself decides what it is.
static kro_status open_driver_path(const char *path, bool may_be_manifest, kro__vk_loader *out)
{
    kro__trusted_file file;
    kro_status status = kro__trusted_file_open(path, &file);
    if (status < 0)
        return status;
    if (may_be_manifest && is_manifest_name(file.path))
        status = open_manifest(&file, out);
    else
        status = open_driver_library(file.path, out);
    kro__trusted_file_finish(&file);
    return status;
}

kro_status kro__vk_loader_open(const kro__open_config *config, kro__vk_loader *out)
{
    *out = (kro__vk_loader){0};
    if (config->driver && config->get_instance_proc_addr)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "driver '%s' (config.driver or KRONOS_DRIVER) and "
                         "config.get_instance_proc_addr exclude each other",
                         config->driver);
    if (config->driver && config->validation)
        return kro__fail(
            KRO_ERROR_UNSUPPORTED,
            "validation needs the Vulkan loader, and driver '%s' is opened without it; "
            "leave one of them out, or name the driver in VK_DRIVER_FILES",
            config->driver);
    if (config->driver)
        return open_driver_path(config->driver, true, out);
    if (config->get_instance_proc_addr) {
        out->get_instance_proc_addr =
            (PFN_vkGetInstanceProcAddr)(kro_void_function)config->get_instance_proc_addr;
        return KRO_OK;
    }
    return open_system_loader(out);
}
