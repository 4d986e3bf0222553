// SHA-256, from libsodium.
#ifndef CLI_HASH_H
#define CLI_HASH_H

#include <stdbool.h>
#include <stddef.h>

enum { CLI_HASH_CHARACTERS = 65 }; // hexadecimal and terminated

void cli_hash_bytes(const void *bytes, size_t size_bytes, char out[CLI_HASH_CHARACTERS]);

// False where the file cannot be read.
bool cli_hash_file(const char *path, char out[CLI_HASH_CHARACTERS]);

#endif
