#include "counts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const kro__figure_text kro__figures[KRO__FIGURE_COUNT] = {
#define FIGURE(name, what) {#name, what},
#include "figures.def"
#undef FIGURE
};

void *kro__shared_map(const char *path, size_t size_bytes, bool create, char *message,
                      size_t message_bytes)
{
    void *mapped = MAP_FAILED;
    struct stat state = {0};
    int file = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_TRUNC : 0), 0600);
    bool right = file >= 0 && (!create || ftruncate(file, (off_t)size_bytes) == 0) &&
                 fstat(file, &state) == 0;
    if (right && state.st_size == (off_t)size_bytes)
        mapped = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    else if (right)
        errno = EINVAL;
    if (mapped == MAP_FAILED)
        snprintf(message, message_bytes, "the counts in '%s' cannot be reached: %s", path,
                 strerror(errno));
    if (file >= 0)
        close(file); // what is mapped stays
    return mapped == MAP_FAILED ? NULL : mapped;
}

kro__counts *kro__counts_map(const char *path, bool create, char *message, size_t message_bytes)
{
    kro__counts *counts = kro__shared_map(path, sizeof *counts, create, message, message_bytes);
    if (counts && create)
        atomic_store(&counts->layout.value, KRO__COUNTS_LAYOUT);
    if (!counts || atomic_load(&counts->layout.value) == KRO__COUNTS_LAYOUT)
        return counts;
    snprintf(message, message_bytes, "the counts in '%s' belong to another build of Kronos", path);
    munmap(counts, sizeof *counts);
    return NULL;
}
