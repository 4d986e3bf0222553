// Preloaded into an example: counts the allocations that libkronos makes, SPIRV-Tools and the C++
// runtime inside it included, and lets some of them fail. Those of the program, of drivers and of
// the C library on anybody's behalf pass.
//
//     KRONOS_GUEST_HEAP=N[:from]    the N-th one fails, from 1, or it and all later ones; 0: none
//     KRONOS_GUEST_HEAP_COUNT=FILE  where their number is written when the process ends
#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What the GNU C library's own functions are called inside it.
void *__libc_malloc(size_t size_bytes);
void *__libc_calloc(size_t count, size_t size_bytes);
void *__libc_realloc(void *block, size_t size_bytes);
void *__libc_memalign(size_t alignment, size_t size_bytes);

static uintptr_t code_begin, code_end; // of libkronos; 0 until it is found
static uint64_t fail_at;
static bool fails_later;
static _Atomic uint64_t made;

static int find_library(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size;
    (void)user;
    if (!strstr(info->dlpi_name, "/libkronos.so"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X)) {
            code_begin = info->dlpi_addr + part->p_vaddr;
            code_end = code_begin + part->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *word = getenv("KRONOS_GUEST_HEAP");
    char *rest = NULL;
    if (word)
        fail_at = strtoull(word, &rest, 10);
    fails_later = rest && strcmp(rest, ":from") == 0;
    (void)dl_iterate_phdr(find_library, NULL);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("KRONOS_GUEST_HEAP_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    (void)fprintf(file, "%" PRIu64 "\n", atomic_load(&made));
    (void)fclose(file);
}

static bool fails(const void *caller)
{
    const uintptr_t at = (uintptr_t)caller;
    if (at < code_begin || at >= code_end)
        return false;
    const uint64_t number = atomic_fetch_add(&made, 1) + 1;
    if (fail_at == 0 || (number != fail_at && !(fails_later && number > fail_at)))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size_bytes)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size_bytes);
}

void *calloc(size_t count, size_t size_bytes)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size_bytes);
}

void *realloc(void *block, size_t size_bytes)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size_bytes);
}

void *aligned_alloc(size_t alignment, size_t size_bytes)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size_bytes);
}

int posix_memalign(void **out, size_t alignment, size_t size_bytes)
{
    if (fails(__builtin_return_address(0)))
        return ENOMEM;
    void *block = __libc_memalign(alignment, size_bytes);
    if (!block)
        return ENOMEM;
    *out = block;
    return 0;
}
