#include "hash.h"

#include <sodium.h>
#include <stdio.h>

static void finish(crypto_hash_sha256_state *state, char out[CLI_HASH_CHARACTERS])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state, hash);
    sodium_bin2hex(out, CLI_HASH_CHARACTERS, hash, sizeof hash);
}

void cli_hash_bytes(const void *bytes, size_t size_bytes, char out[CLI_HASH_CHARACTERS])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, bytes, size_bytes);
    finish(&state, out);
}

bool cli_hash_file(const char *path, char out[CLI_HASH_CHARACTERS])
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    unsigned char bytes[65536];
    size_t size;
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        crypto_hash_sha256_update(&state, bytes, size);
    bool complete = !ferror(file);
    fclose(file);
    if (complete)
        finish(&state, out);
    return complete;
}
