#include "heap.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"

// The functions below are called in the place of others, and get no word from whoever watches.
static _Thread_local uint64_t allocations;

static void *count_malloc(size_t size_bytes)
{
    allocations++;
    return malloc(size_bytes);
}

static void *count_calloc(size_t count, size_t size_bytes)
{
    allocations++;
    return calloc(count, size_bytes);
}

static void *count_realloc(void *block, size_t size_bytes)
{
    allocations++;
    return realloc(block, size_bytes);
}

static void *count_aligned_alloc(size_t alignment, size_t size_bytes)
{
    allocations++;
    return aligned_alloc(alignment, size_bytes);
}

static int count_posix_memalign(void **out, size_t alignment, size_t size_bytes)
{
    allocations++;
    return posix_memalign(out, alignment, size_bytes);
}

static char *count_strdup(const char *string)
{
    allocations++;
    return strdup(string);
}

static const struct counted {
    const char *name;
    kt_function function;
} COUNTED[] = {
    {"malloc", (kt_function)count_malloc},
    {"calloc", (kt_function)count_calloc},
    {"realloc", (kt_function)count_realloc},
    {"aligned_alloc", (kt_function)count_aligned_alloc},
    {"posix_memalign", (kt_function)count_posix_memalign},
    {"strdup", (kt_function)count_strdup},
};

// What the dynamic linker has of a library.
typedef struct tables {
    const ElfW(Sym) * symbols;
    const char *names;
    const ElfW(Rela) * relocations[2];
    size_t counts[2];
} tables;

// Where a table lies: some systems leave the offsets that the file has.
static const void *address_of(const struct link_map *map, ElfW(Addr) address)
{
    return (const void *)(address < map->l_addr ? map->l_addr + address : address);
}

static tables read_tables(const struct link_map *map)
{
    tables found = {0};
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        const void *address = address_of(map, entry->d_un.d_ptr);
        switch (entry->d_tag) {
        case DT_SYMTAB:
            found.symbols = address;
            break;
        case DT_STRTAB:
            found.names = address;
            break;
        case DT_RELA:
            found.relocations[0] = address;
            break;
        case DT_RELASZ:
            found.counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela));
            break;
        case DT_JMPREL:
            found.relocations[1] = address;
            break;
        case DT_PLTRELSZ:
            found.counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela));
            break;
        default:
            break;
        }
    }
    return found;
}

static kt_function find_counted(const char *name)
{
    for (size_t i = 0; i < sizeof COUNTED / sizeof COUNTED[0]; i++)
        if (!strcmp(COUNTED[i].name, name))
            return COUNTED[i].function;
    return NULL;
}

// The page is read-only where the library was bound at once.
static bool redirect(kp_heap *heap, void **slot, kt_function function)
{
    const uintptr_t page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)slot & ~(page_bytes - 1));
    if (heap->count == KP_HEAP_SLOTS || mprotect(page, page_bytes, PROT_READ | PROT_WRITE) != 0)
        return false;
    heap->slots[heap->count] = slot;
    heap->kept[heap->count++] = *slot;
    memcpy(slot, &function, sizeof function);
    return true;
}

static bool redirect_all(kp_heap *heap, const struct link_map *map)
{
    const tables found = read_tables(map);
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < found.counts[i]; k++) {
            const ElfW(Rela) *relocation = &found.relocations[i][k];
            const ElfW(Sym) *symbol = &found.symbols[ELF64_R_SYM(relocation->r_info)];
            const kt_function function = symbol->st_shndx == SHN_UNDEF && !relocation->r_addend
                                             ? find_counted(found.names + symbol->st_name)
                                             : NULL;
            if (function &&
                !redirect(heap, (void **)(map->l_addr + relocation->r_offset), function))
                return false;
        }
    return heap->count > 0;
}

bool kp_heap_begin(kp_heap *heap, kt_function function, kt_text *problem)
{
    Dl_info info;
    struct link_map *map;
    void *address;
    memcpy(&address, &function, sizeof address);
    *heap = (kp_heap){0};
    if (dladdr1(address, &info, (void **)&map, RTLD_DL_LINKMAP) && redirect_all(heap, map)) {
        allocations = 0;
        return true;
    }
    kp_heap_end(heap);
    return kt_refuse(problem, "counting: the library's calls of malloc cannot be watched");
}

uint64_t kp_heap_end(kp_heap *heap)
{
    for (size_t i = 0; i < heap->count; i++)
        *heap->slots[i] = heap->kept[i];
    heap->count = 0;
    return allocations;
}
