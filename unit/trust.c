// Which files may be loaded as a driver: the rule on plain values, then on real files.
#include "os/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "heap_watch.h"
#include "test.h"

enum { US = 1000, OUR_GROUP = 1000, STRANGER = 2000 };

static kro__trust judge(mode_t mode, uid_t uid, gid_t gid)
{
    kro__trust_entry entry = {.mode = mode, .uid = uid, .gid = gid};
    kro__trust_self self = {.uid = US, .has_private_group = true, .private_gid = OUR_GROUP};
    return kro__trust_judge(&entry, &self);
}

TEST(only_root_and_we_may_own_and_write)
{
    CHECK_EQ_I64(judge(S_IFREG | 0644, 0, 0), KRO__TRUSTED);
    CHECK_EQ_I64(judge(S_IFREG | 0644, US, STRANGER), KRO__TRUSTED);
    CHECK_EQ_I64(judge(S_IFREG | 0600, STRANGER, OUR_GROUP), KRO__TRUST_FOREIGN_OWNER);
    CHECK_EQ_I64(judge(S_IFREG | 0646, US, OUR_GROUP), KRO__TRUST_OTHERS_WRITE);
    CHECK_EQ_I64(judge(S_IFREG | 0664, US, STRANGER), KRO__TRUST_GROUP_WRITES);
    CHECK_EQ_I64(judge(S_IFREG | 0664, 0, 0), KRO__TRUST_GROUP_WRITES);
    CHECK_EQ_I64(judge(S_IFREG | 0664, US, OUR_GROUP), KRO__TRUSTED);
}

TEST(a_group_that_is_not_private_never_counts)
{
    kro__trust_entry entry = {.mode = S_IFREG | 0664, .uid = US, .gid = OUR_GROUP};
    kro__trust_self self = {.uid = US, .has_private_group = false, .private_gid = OUR_GROUP};
    CHECK_EQ_I64(kro__trust_judge(&entry, &self), KRO__TRUST_GROUP_WRITES);
}

TEST(sticky_folders_are_the_exception)
{
    CHECK_EQ_I64(judge(S_IFDIR | 01777, 0, 0), KRO__TRUSTED);
    CHECK_EQ_I64(judge(S_IFDIR | 01777, STRANGER, 0), KRO__TRUST_FOREIGN_OWNER);
    CHECK_EQ_I64(judge(S_IFDIR | 0777, 0, 0), KRO__TRUST_OTHERS_WRITE);
    CHECK_EQ_I64(judge(S_IFREG | 01777, 0, 0), KRO__TRUST_OTHERS_WRITE); // sticky files are not
}

// A folder of our own with a folder and a file in it, removed with the case.
typedef struct tree {
    char top[64], folder[80], file[96], link[96];
} tree;

static void remove_tree(void *object)
{
    const tree *files = object;
    (void)unlink(files->link);
    (void)unlink(files->file);
    (void)rmdir(files->folder);
    (void)rmdir(files->top);
}

static tree *make_tree(kt_test *t)
{
    tree *files = kt_alloc(t, sizeof *files);
    snprintf(files->top, sizeof files->top, "/tmp/kronos-trust-XXXXXX");
    if (!CHECK(mkdtemp(files->top)))
        return NULL;
    snprintf(files->folder, sizeof files->folder, "%s/folder", files->top);
    snprintf(files->file, sizeof files->file, "%s/driver.so", files->folder);
    snprintf(files->link, sizeof files->link, "%s/link.so", files->top);
    kt_defer(t, remove_tree, files);
    FILE *file = mkdir(files->folder, 0755) == 0 ? fopen(files->file, "w") : NULL;
    if (!CHECK(file))
        return NULL;
    fputs("contents", file);
    fclose(file);
    CHECK(chmod(files->file, 0644) == 0);
    CHECK(symlink(files->file, files->link) == 0);
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", NULL);
    return files;
}

static void check_open(kt_test *t, const char *path, kro_status expected, const char *sentence)
{
    kro__trusted_file file;
    CHECK_STATUS(kro__trusted_file_open(path, &file), expected);
    if (sentence)
        CHECK_CONTAINS(kro_error_detail(), sentence);
    CHECK((file.descriptor >= 0) == (expected == KRO_OK));
    CHECK((file.path != NULL) == (expected == KRO_OK));
    kro__trusted_file_finish(&file);
}

TEST(a_file_of_our_own_opens_through_links)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    kro__trusted_file file;
    if (!CHECK_OK(kro__trusted_file_open(files->link, &file)))
        return;
    CHECK_EQ_STRING(file.path, files->file);
    char *text = NULL;
    size_t bytes = 0;
    if (CHECK_OK(kro__trusted_file_read(&file, 100, &text, &bytes))) {
        CHECK_EQ_U64(bytes, 8);
        CHECK_BYTES(text, "contents", 8);
    }
    free(text);
    CHECK_STATUS(kro__trusted_file_read(&file, 4, &text, &bytes), KRO_OK); // at its end by now
    free(text);
    kro__trusted_file_finish(&file);
    CHECK_OK(kro__trusted_file_open(files->file, &file));
    CHECK_STATUS(kro__trusted_file_read(&file, 8, &text, &bytes), KRO_ERROR_IO);
    kro__trusted_file_finish(&file);
}

TEST(a_component_that_others_write_is_named)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    CHECK(chmod(files->file, 0666) == 0);
    check_open(t, files->file, KRO_ERROR_INVALID_ARGUMENT, "driver.so' (mode 0666");
    CHECK(chmod(files->file, 0644) == 0);
    CHECK(chmod(files->folder, 0777) == 0);
    check_open(t, files->file, KRO_ERROR_INVALID_ARGUMENT, "folder' (mode 0777");
    check_open(t, files->link, KRO_ERROR_INVALID_ARGUMENT, "is writable by every user");
    CHECK(chmod(files->folder, 01777) == 0);
    check_open(t, files->file, KRO_OK, NULL);
}

TEST(another_users_file_is_refused)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    if (geteuid() != 0) {
        SKIP(t, "only root can give a file away");
        return;
    }
    CHECK(chown(files->file, STRANGER, STRANGER) == 0);
    check_open(t, files->file, KRO_ERROR_INVALID_ARGUMENT, "belongs to another user");
    CHECK(chown(files->file, 0, STRANGER) == 0);
    check_open(t, files->file, KRO_OK, NULL);
    CHECK(chmod(files->file, 0664) == 0);
    check_open(t, files->file, KRO_ERROR_INVALID_ARGUMENT, "is writable by its group");
}

TEST(what_is_no_file_is_refused)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    check_open(t, "driver.so", KRO_ERROR_INVALID_ARGUMENT, "bare name");
    check_open(t, files->folder, KRO_ERROR_INVALID_ARGUMENT, "is a folder");
    check_open(t, "/dev/null", KRO_ERROR_INVALID_ARGUMENT, "/dev/null");
    check_open(t, "/tmp/kronos-trust-none/driver.so", KRO_ERROR_IO, "No such file");
}

// A socket resolves like any path, and no open takes it.
TEST(a_file_that_does_not_open_is_named)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", files->file);
    CHECK(unlink(files->file) == 0);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0);
    check_open(t, files->file, KRO_ERROR_IO, "cannot open");
    CHECK_CONTAINS(kro_error_detail(), "driver.so'");
    close(descriptor);
}

// The memory of a process is a file of its own, and nothing lies at its beginning.
TEST(a_file_that_does_not_read_is_named)
{
    kro__trusted_file file;
    char *text;
    size_t bytes;
    if (!CHECK_OK(kro__trusted_file_open("/proc/self/mem", &file)))
        return;
    CHECK_STATUS(kro__trusted_file_read(&file, 100, &text, &bytes), KRO_ERROR_IO);
    CHECK_CONTAINS(kro_error_detail(), "/mem' cannot be read: ");
    kro__trusted_file_finish(&file);
}

// Without memory to ask whose group it is, a group that may write counts as another's.
TEST(judging_and_reading_without_memory_fail)
{
    tree *files = make_tree(t);
    kro__trusted_file file;
    char *text;
    size_t bytes;
    if (!files)
        return;
    CHECK(chmod(files->file, 0664) == 0);
    heap_watch_begin(1); // for the path
    CHECK_STATUS(kro__trusted_file_open(files->file, &file), KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_EQ_I64(heap_watch_end().live_blocks, 0);
    heap_watch_begin(2); // for the group
    CHECK_STATUS(kro__trusted_file_open(files->file, &file), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "is writable by its group");
    CHECK_EQ_I64(heap_watch_end().live_blocks, 0);
    CHECK(chmod(files->file, 0644) == 0);
    if (!CHECK_OK(kro__trusted_file_open(files->file, &file)))
        return;
    heap_watch_begin(1);
    CHECK_STATUS(kro__trusted_file_read(&file, 100, &text, &bytes), KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_EQ_I64(heap_watch_end().live_blocks, 0);
    kro__trusted_file_finish(&file);
}

TEST(the_override_allows_what_is_untrusted_and_nothing_more)
{
    tree *files = make_tree(t);
    if (!files)
        return;
    CHECK(chmod(files->file, 0666) == 0);
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "yes");
    check_open(t, files->file, KRO_ERROR_INVALID_ARGUMENT, "KRONOS_ALLOW_UNTRUSTED_DRIVERS=1");
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    check_open(t, files->file, KRO_OK, NULL);
    check_open(t, "driver.so", KRO_ERROR_INVALID_ARGUMENT, "bare name");
    check_open(t, files->folder, KRO_ERROR_INVALID_ARGUMENT, "is a folder");
}
