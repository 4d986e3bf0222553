// What programs left behind, as the proxies told it (harness/drivers/proxy/leftovers.h). Pure.
#ifndef CLI_LEFTOVERS_H
#define CLI_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cli_leftover {
    uint64_t process;
    const char *type;      // "VkBuffer"
    uint64_t number;       // its place in the order of creation, in its process and driver
    const char *at;        // "vkDestroyDevice", "vkDestroyInstance" or "exit"
    uint64_t memory_bytes; // of a VkDeviceMemory
    bool mapped;
    const char *label; // "" where it has none
} cli_leftover;

typedef struct cli_leftovers {
    cli_leftover *items; // by process, type and number
    size_t count;
    uint64_t memory_bytes; // of all items
    size_t mapping_count;
    uint64_t *unknown; // processes that did not tell everything, each once
    size_t unknown_count;
} cli_leftovers;

// Reads what the proxies wrote, and keeps pointers into `text`, which is cut into pieces. Each
// driver makes its share of an instance and of what belongs to it: those of one driver are kept.
//
// Returns: false where a line is none of theirs.
bool cli_leftovers_init(cli_leftovers *leftovers, char *text);
void cli_leftovers_finish(cli_leftovers *leftovers);

#endif
