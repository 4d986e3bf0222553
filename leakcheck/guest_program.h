// A program of somebody else's: run with what it prints in files, and ended where it hangs.
#ifndef LEAKCHECK_GUEST_PROGRAM_H
#define LEAKCHECK_GUEST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct guest_program {
    const char *path, *argument; // NULL: no argument
    const char *folder;          // where it runs
    const char *out, *err;       // files for what it prints
    const char *spec;            // KRONOS_PROXY
    const char *drivers;         // VK_DRIVER_FILES
    const char *preload;         // LD_PRELOAD; NULL: nothing
    const char *heap;            // KRONOS_GUEST_HEAP, for guest_heap.c; NULL: nothing
} guest_program;

typedef struct guest_end {
    bool started, late; // `late`: it hung and was ended
    bool signaled;
    int code; // exit status or signal number
} guest_end;

guest_end guest_program_run(const guest_program *program);

// Reads a file as text, cut to `bytes`.
void guest_read(const char *path, char *out, size_t bytes);

#endif
