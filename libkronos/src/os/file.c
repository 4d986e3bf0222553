#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

enum { READ_BYTES = 1 << 16 };

// A file that the system has no memory for may be as good as any.
static kro_status status_of(int error)
{
    return error == ENOMEM ? KRO_ERROR_OUT_OF_HOST_MEMORY : KRO_ERROR_IO;
}

kro_status kro__file_read(const char *path, void **out, uint64_t *out_bytes)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return kro__fail(status_of(errno), "cannot open '%s': %s", path, strerror(errno));
    char *bytes = NULL;
    size_t used = 0, capacity = 0;
    kro_status status = KRO_OK;
    // Grows as it goes: sizes of pipes are not known beforehand.
    while (!feof(file)) {
        if (capacity - used < READ_BYTES) {
            char *larger = realloc(bytes, capacity * 2 + READ_BYTES);
            if (!larger) {
                status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                                   "out of host memory reading '%s' after %zu bytes", path, used);
                goto fail;
            }
            bytes = larger;
            capacity = capacity * 2 + READ_BYTES;
        }
        used += fread(bytes + used, 1, capacity - used, file);
        if (ferror(file)) {
            status = kro__fail(KRO_ERROR_IO, "cannot read '%s': %s", path, strerror(errno));
            goto fail;
        }
    }
    fclose(file);
    *out = bytes;
    *out_bytes = used;
    return KRO_OK;
fail:
    fclose(file);
    free(bytes);
    return status;
}

static kro_status write_all(int descriptor, const char *path, const char *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t written = write(descriptor, bytes, size_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return kro__fail(KRO_ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
        bytes += written;
        size_bytes -= (size_t)written;
    }
    return KRO_OK;
}

kro_status kro__file_replace(const char *path, const void *bytes, size_t size_bytes)
{
    static const char suffix[] = ".XXXXXX";
    size_t path_bytes = strlen(path);
    char *part = malloc(path_bytes + sizeof suffix);
    if (!part)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory writing '%s'", path);
    memcpy(part, path, path_bytes);
    memcpy(part + path_bytes, suffix, sizeof suffix);
    int descriptor = mkostemp(part, O_CLOEXEC);
    if (descriptor < 0) {
        free(part);
        return kro__fail(KRO_ERROR_IO, "cannot create a file beside '%s': %s", path,
                         strerror(errno));
    }
    kro_status status = write_all(descriptor, path, bytes, size_bytes);
    if (close(descriptor) != 0 && status >= 0)
        status = kro__fail(KRO_ERROR_IO, "cannot write '%s': %s", path, strerror(errno));
    if (status >= 0 && rename(part, path) != 0)
        status = kro__fail(KRO_ERROR_IO, "cannot replace '%s': %s", path, strerror(errno));
    if (status < 0)
        unlink(part);
    free(part);
    return status;
}
