// The file of captured records, and what goes into it but dispatches.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static FILE *file; // under the mutex; once open it stays, for devices that were made with it

bool kro__capture_open(const char *path, char *message, size_t message_bytes)
{
    FILE *opened = fopen(path, "abe");
    if (!opened) {
        snprintf(message, message_bytes, "KRONOS_PROXY: 'capture=%.200s' cannot be opened: %s",
                 path, strerror(errno));
        return false;
    }
    pthread_mutex_lock(&mutex);
    FILE *old = file;
    file = opened;
    pthread_mutex_unlock(&mutex);
    if (old)
        fclose(old);
    kro__capture_add(KRO__CAPTURE_OPEN, NULL, 0, NULL, 0);
    return true;
}

bool kro__capture_is_on(void)
{
    pthread_mutex_lock(&mutex);
    const bool on = file != NULL;
    pthread_mutex_unlock(&mutex);
    return on;
}

// Records are whole on the disk before what they tell of happens: it may end the process. One that
// cannot be written is missed by who reads the file.
void kro__capture_add(uint32_t kind, const void *head, size_t head_bytes, const void *bytes,
                      size_t size_bytes)
{
    const kro__capture_record record = {.kind = kind, .size_bytes = head_bytes + size_bytes};
    pthread_mutex_lock(&mutex);
    if (file) {
        (void)fwrite(&record, sizeof record, 1, file);
        if (head_bytes)
            (void)fwrite(head, 1, head_bytes, file);
        if (size_bytes)
            (void)fwrite(bytes, 1, size_bytes, file);
        (void)fflush(file);
    }
    pthread_mutex_unlock(&mutex);
}

static bool is_robust(const VkDeviceCreateInfo *info)
{
    for (const VkBaseInStructure *at = info->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
            return ((const VkPhysicalDeviceFeatures2 *)(const void *)at)
                ->features.robustBufferAccess;
    return info->pEnabledFeatures && info->pEnabledFeatures->robustBufferAccess;
}

void kro__capture_made(const VkDeviceCreateInfo *info)
{
    const kro__capture_device head = {.robust = is_robust(info)};
    char names[4096];
    size_t size_bytes = 0;
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++) {
        const size_t length = strlen(info->ppEnabledExtensionNames[i]) + 1;
        if (length > sizeof names - size_bytes)
            break;
        memcpy(names + size_bytes, info->ppEnabledExtensionNames[i], length);
        size_bytes += length;
    }
    kro__capture_add(KRO__CAPTURE_DEVICE, &head, sizeof head, names, size_bytes);
}

static uint32_t required_subgroup_size(const VkPipelineShaderStageCreateInfo *stage)
{
    const VkStructureType wanted =
        VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO;
    for (const VkBaseInStructure *at = stage->pNext; at; at = at->pNext)
        if (at->sType == wanted)
            return ((const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo *)(const void *)at)
                ->requiredSubgroupSize;
    return 0;
}

static char *put(char *at, const void *bytes, size_t size_bytes)
{
    if (size_bytes)
        memcpy(at, bytes, size_bytes);
    return at + size_bytes;
}

kro__capture_pipeline *kro__capture_pipeline_make(const VkPipelineShaderStageCreateInfo *stage,
                                                  const void *code, size_t code_bytes,
                                                  size_t *size_bytes)
{
    const VkSpecializationInfo none = {0};
    const VkSpecializationInfo *special =
        stage->pSpecializationInfo ? stage->pSpecializationInfo : &none;
    const kro__capture_pipeline head = {
        .code_bytes = (uint32_t)code_bytes,
        .entry_bytes = (uint32_t)strlen(stage->pName) + 1,
        .constant_count = special->mapEntryCount,
        .constant_bytes = (uint32_t)special->dataSize,
        .stage_flags = stage->flags,
        .subgroup_size = required_subgroup_size(stage),
    };
    *size_bytes = sizeof head + code_bytes + head.entry_bytes +
                  head.constant_count * sizeof(kro__capture_constant) + head.constant_bytes;
    kro__capture_pipeline *made = malloc(*size_bytes);
    if (!made)
        return NULL;
    char *at = put((char *)made, &head, sizeof head);
    at = put(at, code, code_bytes);
    at = put(at, stage->pName, head.entry_bytes);
    for (uint32_t i = 0; i < head.constant_count; i++) {
        const VkSpecializationMapEntry *entry = &special->pMapEntries[i];
        const kro__capture_constant constant = {entry->constantID, entry->offset,
                                                (uint32_t)entry->size};
        at = put(at, &constant, sizeof constant);
    }
    put(at, special->pData, head.constant_bytes);
    return made;
}
