// A good run, which `kronos diff` compares fuzzed ones with.
#ifndef FUZZ_EARLIER_H
#define FUZZ_EARLIER_H

// The text of a results.jsonl.
extern const char fuzz_earlier_lines[];

// Reads a folder of these texts as `kronos diff` does, compares it with the good run, and writes
// all that can be said of both. `certificate` may be NULL.
void fuzz_compare(const char *lines, const char *certificate);

#endif
