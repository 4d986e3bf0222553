// Whether a file may be loaded into this process: nobody but root and us can have written it.
#ifndef KRO_SRC_OS_TRUST_H
#define KRO_SRC_OS_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/types.h>

#include <kronos/status.h>

// The owner and permissions of a file or folder.
typedef struct kro__trust_entry {
    mode_t mode; // with the file type bits
    uid_t uid;
    gid_t gid;
} kro__trust_entry;

// Who asks.
typedef struct kro__trust_self {
    uid_t uid;
    bool has_private_group; // the user's own group, with no other member
    gid_t private_gid;
} kro__trust_self;

typedef enum kro__trust {
    KRO__TRUSTED,
    KRO__TRUST_FOREIGN_OWNER,
    KRO__TRUST_OTHERS_WRITE,
    KRO__TRUST_GROUP_WRITES,
} kro__trust;

// The rule for one path component. Pure.
kro__trust kro__trust_judge(const kro__trust_entry *entry, const kro__trust_self *self);

// A file that passed, open for reading.
typedef struct kro__trusted_file {
    int descriptor; // below 0: none
    char *path;     // with every link resolved
} kro__trusted_file;

// Resolves a path, opens it component by component from the root and judges each on its open
// descriptor. After success only root and this user can make `out->path` name another file, so a
// later open by path is safe. KRONOS_ALLOW_UNTRUSTED_DRIVERS=1 turns the judging off, except in a
// privileged process.
//
// Errors:    INVALID_ARGUMENT  a bare name, a folder or another special file, not trusted
//            IO                cannot be opened
//            OUT_OF_HOST_MEMORY
// Ownership: the caller's, for kro__trusted_file_finish; empty after an error.
kro_status kro__trusted_file_open(const char *path, kro__trusted_file *out);

// Reads the whole file, which may have fewer than `limit_bytes`.
//
// Errors:    IO  cannot be read, or too large; OUT_OF_HOST_MEMORY
// Ownership: `*out` is the caller's to free.
kro_status kro__trusted_file_read(const kro__trusted_file *file, size_t limit_bytes, char **out,
                                  size_t *out_bytes);

// Accepts a file that open left empty.
void kro__trusted_file_finish(kro__trusted_file *file);

#endif
