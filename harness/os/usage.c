#include "usage.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)
#include <malloc.h>

static uint64_t heap_bytes(void)
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static uint64_t resident_bytes(void)
{
    uint64_t size_pages, resident_pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%" SCNu64 " %" SCNu64, &size_pages, &resident_pages) != 2)
        resident_pages = 0;
    fclose(file);
    return resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void trim(void)
{
    (void)malloc_trim(0);
}
#else
static uint64_t heap_bytes(void)
{
    return 0;
}

static uint64_t resident_bytes(void)
{
    return 0;
}

static void trim(void)
{
}
#endif

// How many entries a folder of the system has that stand for something of this process.
static uint64_t count_entries(const char *folder)
{
    DIR *list = opendir(folder);
    uint64_t count = 0;
    for (const struct dirent *entry; list && (entry = readdir(list));)
        count += entry->d_name[0] != '.';
    if (list)
        closedir(list);
    return count;
}

kt_usage kt_usage_now(void)
{
    trim();
    const uint64_t descriptors = count_entries("/proc/self/fd");
    return (kt_usage){.resident_bytes = resident_bytes(),
                      .heap_bytes = heap_bytes(),
                      .descriptors = descriptors ? descriptors - 1 : 0, // that of the list itself
                      .threads = count_entries("/proc/self/task")};
}
