// What a process leaves behind, told to whoever started it: lines in the file of the spec's word
// `leftovers`, to which several processes, and several proxies in each, append.
//
// A line is PROCESS, PROXY, WHAT, NUMBER, AT and LABEL, with tabs between. WHAT is the type of an
// object, NUMBER its place in the order of creation, AT the call that it should have been destroyed
// before, or "exit". The first line of a proxy has "begin" for WHAT, the last one "end": where that
// is missing, nobody knows what is.
#ifndef KRO_PROXY_LEFTOVERS_H
#define KRO_PROXY_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Appends to the file at `path` from now on.
//
// Returns: false, with a sentence in `message`.
bool kro__leftovers_begin(const char *path, char *message, size_t message_bytes);

// Appends a line, where there is a file.
void kro__leftovers_tell(const char *what, uint64_t number, const char *at, const char *label);

#endif
