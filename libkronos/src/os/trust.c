#include "os/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "os/environment.h"

static const char override_variable[] = "KRONOS_ALLOW_UNTRUSTED_DRIVERS";

kro__trust kro__trust_judge(const kro__trust_entry *entry, const kro__trust_self *self)
{
    if (entry->uid != 0 && entry->uid != self->uid)
        return KRO__TRUST_FOREIGN_OWNER;
    // In a sticky folder others may add entries, but not replace one that root or we own.
    if (S_ISDIR(entry->mode) && (entry->mode & S_ISVTX))
        return KRO__TRUSTED;
    if (entry->mode & S_IWOTH)
        return KRO__TRUST_OTHERS_WRITE;
    bool private_group = self->has_private_group && entry->gid == self->private_gid;
    if ((entry->mode & S_IWGRP) && !private_group)
        return KRO__TRUST_GROUP_WRITES;
    return KRO__TRUSTED;
}

// The user may be listed in the group without making it less private.
static bool has_other_members(const struct group *group, const char *user)
{
    for (char **member = group->gr_mem; *member; member++)
        if (strcmp(*member, user) != 0)
            return true;
    return false;
}

// The convention of distributions with user private groups: the primary group bears the user's
// name.
static void find_private_group(kro__trust_self *self)
{
    enum { ENTRY_BYTES = 16384 };
    char *buffers = malloc(2 * (size_t)ENTRY_BYTES);
    if (!buffers)
        return; // unknown counts as none
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;
    if (getpwuid_r(self->uid, &user, buffers, ENTRY_BYTES, &found_user) == 0 && found_user &&
        getgrgid_r(user.pw_gid, &group, buffers + ENTRY_BYTES, ENTRY_BYTES, &found_group) == 0 &&
        found_group) {
        self->has_private_group =
            strcmp(user.pw_name, group.gr_name) == 0 && !has_other_members(&group, user.pw_name);
        self->private_gid = user.pw_gid;
    }
    free(buffers);
}

// Exactly "1": a variable that was set by accident should not open a door.
static bool override_is_set(void)
{
    const char *value = kro__environment(override_variable);
    return value && strcmp(value, "1") == 0;
}

// One sentence: which part of the path, what is wrong with it, what to do.
static kro_status fail_untrusted(const char *path, const char *component,
                                 const kro__trust_entry *entry, kro__trust verdict)
{
    const char *why = verdict == KRO__TRUST_FOREIGN_OWNER  ? "belongs to another user"
                      : verdict == KRO__TRUST_OTHERS_WRITE ? "is writable by every user"
                                                           : "is writable by its group";
    const char *remedy = verdict == KRO__TRUST_FOREIGN_OWNER  ? "chown it to root or to yourself"
                         : verdict == KRO__TRUST_OTHERS_WRITE ? "chmod o-w it"
                                                              : "chmod g-w it";
    return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                     "driver file '%s' is not trusted: '%s' (mode %04o, owner %u:%u) %s; %s, use "
                     "another folder, or set %s=1",
                     path, component, (unsigned)(entry->mode & 07777), (unsigned)entry->uid,
                     (unsigned)entry->gid, why, remedy, override_variable);
}

// Judges an open component. The group database is asked only where a group may write.
static kro_status check_component(int descriptor, const char *path, const char *component)
{
    struct stat stat;
    if (fstat(descriptor, &stat) != 0)
        return kro__fail(KRO_ERROR_IO, "driver file '%s': cannot examine '%s': %s", path, component,
                         strerror(errno));
    kro__trust_entry entry = {.mode = stat.st_mode, .uid = stat.st_uid, .gid = stat.st_gid};
    kro__trust_self self = {.uid = geteuid()};
    kro__trust verdict = kro__trust_judge(&entry, &self);
    if (verdict == KRO__TRUST_GROUP_WRITES) {
        find_private_group(&self);
        verdict = kro__trust_judge(&entry, &self);
    }
    return verdict == KRO__TRUSTED ? KRO_OK : fail_untrusted(path, component, &entry, verdict);
}

// A regular file, and openable: a folder or a device is never a driver, trusted or not.
static kro_status check_kind(int descriptor, const char *path)
{
    struct stat stat;
    if (fstat(descriptor, &stat) != 0)
        return kro__fail(KRO_ERROR_IO, "driver file '%s': %s", path, strerror(errno));
    if (S_ISDIR(stat.st_mode))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "driver '%s' is a folder; give the path of a driver library or of its "
                         ".json manifest",
                         path);
    if (!S_ISREG(stat.st_mode))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "driver '%s' is not a regular file", path);
    return KRO_OK;
}

// Walks from the root to the file. A folder that passed cannot be changed by anyone else, so what
// is opened below it next stays what it is: no check can be overtaken by a rename.
static kro_status open_checked(const char *path, char *resolved, bool judged, int *out)
{
    kro_status status = KRO_OK;
    int folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return kro__fail(KRO_ERROR_IO, "driver file '%s': cannot open '/': %s", path,
                         strerror(errno));
    if (judged)
        status = check_component(folder, path, "/");
    char *name = resolved + 1; // realpath gives an absolute path
    while (status == KRO_OK) {
        char *slash = strchr(name, '/');
        if (slash)
            *slash = '\0'; // `resolved` is now the path of this component
        // The file is opened for reading at once: what was judged is what is read. Not blocking: it
        // may be a pipe.
        int flags = slash ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK | O_NOCTTY;
        int next = openat(folder, *name ? name : ".", flags | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            status = kro__fail(KRO_ERROR_IO, "driver file '%s': cannot open '%s': %s", path,
                               resolved, strerror(errno));
        else if (judged)
            status = check_component(next, path, resolved);
        close(folder);
        folder = next;
        if (!slash)
            break;
        *slash = '/';
        name = slash + 1;
    }
    if (status == KRO_OK)
        status = check_kind(folder, path);
    if (status == KRO_OK)
        *out = folder;
    else if (folder >= 0)
        close(folder);
    return status;
}

kro_status kro__trusted_file_open(const char *path, kro__trusted_file *out)
{
    *out = (kro__trusted_file){.descriptor = -1};
    // The dynamic linker would search its own folders for it, past every check.
    if (!strchr(path, '/'))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "driver '%s' is a bare name; give a path, such as './%s'", path, path);
    char *resolved = realpath(path, NULL);
    if (!resolved)
        return errno == ENOMEM
                   ? kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to resolve '%s'", path)
                   : kro__fail(KRO_ERROR_IO, "driver '%s' cannot be read: %s", path,
                               strerror(errno));
    kro_status status = open_checked(path, resolved, !override_is_set(), &out->descriptor);
    if (status < 0) {
        free(resolved);
        return status;
    }
    out->path = resolved;
    return KRO_OK;
}

kro_status kro__trusted_file_read(const kro__trusted_file *file, size_t limit_bytes, char **out,
                                  size_t *out_bytes)
{
    const char *problem = NULL;
    size_t length = 0;
    ssize_t got = 1;
    char *text = malloc(limit_bytes);
    if (!text)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to read '%s'", file->path);
    while (got != 0 && !problem) {
        got = read(file->descriptor, text + length, limit_bytes - length);
        if (got > 0)
            length += (size_t)got;
        else if (got < 0 && errno != EINTR)
            problem = strerror(errno);
        if (length == limit_bytes)
            problem = "it is too large";
    }
    if (problem) {
        free(text);
        return kro__fail(KRO_ERROR_IO, "'%s' cannot be read: %s", file->path, problem);
    }
    *out = text;
    *out_bytes = length;
    return KRO_OK;
}

void kro__trusted_file_finish(kro__trusted_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->path);
    *file = (kro__trusted_file){.descriptor = -1};
}
