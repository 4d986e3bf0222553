// What a process leaves behind, told to whoever started it: lines in the file of the spec's word
// `leftovers`, to which several processes, and several proxies in each, append.
//
// A line is PROCESS, PROXY, WHAT, NUMBER, AT, BYTES, MAPPED and LABEL, with tabs between. WHAT is
// the type of an object, NUMBER its place in the order of creation, AT the call that it should have
// been destroyed before, or "exit"; of a VkDeviceMemory BYTES is its size and MAPPED 1 where it is
// mapped, otherwise both are 0. The first line of a proxy has "begin" for WHAT, the last one "end":
// where that is missing, nobody knows what is.
#ifndef KRO_PROXY_LEFTOVERS_H
#define KRO_PROXY_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Appends to the file at `path` from now on.
//
// Returns: false, with a sentence in `message`.
bool kro__leftovers_begin(const char *path, char *message, size_t message_bytes);

typedef struct kro__leftover {
    const char *what;
    uint64_t number;
    const char *at;        // NULL: nothing
    uint64_t memory_bytes; // of device memory
    bool mapped;
    const char *label; // NULL: none
} kro__leftover;

// Appends a line, where there is a file.
void kro__leftovers_tell(const kro__leftover *left);

#endif
