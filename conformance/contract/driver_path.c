// config.driver: only files that nobody else can have written are loaded, and whatever else the
// path leads to is refused with a reason.
#include "contract.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A trusted folder with a driver in it: a copy of the null driver.
typedef struct driver_folder {
    const char *path, *driver; // NULL where they could not be made
} driver_folder;

static void copy_driver(kt_test *t, const char *path)
{
    char bytes[65536];
    size_t size;
    FILE *from = fopen(kt_null_driver(t), "rb"), *to = fopen(path, "wb");
    bool copied = from && to;
    while (copied && (size = fread(bytes, 1, sizeof bytes, from)) > 0)
        copied = fwrite(bytes, 1, size, to) == size;
    if (from)
        fclose(from);
    if (to)
        copied &= fclose(to) == 0;
    if (!copied || chmod(path, 0644) != 0)
        FAILF(t, "cannot copy the null driver to %s: %s", path, strerror(errno));
}

static driver_folder driver_folder_create(kt_test *t)
{
    driver_folder folder = {.path = contract_folder(t)};
    if (folder.path) {
        folder.driver = contract_text(t, "%s/driver.so", folder.path);
        copy_driver(t, folder.driver);
    }
    return folder;
}

static kro_status list_devices(const char *driver)
{
    kro_devices *devices = (kro_devices *)(uintptr_t)1;
    kro_status status = kro_devices_create(&(kro_context_config){.driver = driver}, &devices);
    if (status < 0 && devices)
        return KRO_ERROR_DRIVER; // the out-parameter was not cleared
    if (status >= 0)
        kro_devices_destroy(devices);
    return status;
}

#define REFUSES_DRIVER(driver, status, ...) \
    CHECK_REFUSED(list_devices(driver), status, "'", __VA_ARGS__)
#define NOT_TRUSTED(driver, ...) \
    REFUSES_DRIVER(driver, KRO_ERROR_INVALID_ARGUMENT, driver, "not trusted", __VA_ARGS__)

TEST(trusted_drivers_are_opened)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    CHECK_OK(list_devices(folder.driver));
    CHECK_OK(list_devices(
        contract_text(t, "%s/../%s/./driver.so", folder.path, strrchr(folder.path, '/') + 1)));
    const char *link = contract_text(t, "%s/link", folder.path);
    CHECK(symlink("driver.so", link) == 0);
    CHECK_OK(list_devices(link));
    // Others may add files to a sticky folder, but not replace ours.
    const char *sticky = contract_text(t, "%s/sticky", folder.path);
    const char *inside = contract_text(t, "%s/driver.so", sticky);
    CHECK(mkdir(sticky, 0700) == 0 && chmod(sticky, 01777) == 0);
    copy_driver(t, inside);
    CHECK_OK(list_devices(inside));
}

TEST(paths_to_no_file_are_refused)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    const char *missing = contract_text(t, "%s/missing.so", folder.path);
    const char *below = contract_text(t, "%s/driver.so", folder.driver);
    const char *dangling = contract_text(t, "%s/dangling", folder.path);
    const char *loop = contract_text(t, "%s/loop", folder.path);
    const char *fifo = contract_text(t, "%s/fifo", folder.path);
    CHECK(symlink("missing.so", dangling) == 0 && symlink("loop", loop) == 0);
    CHECK(mkfifo(fifo, 0600) == 0);
    REFUSES_DRIVER(missing, KRO_ERROR_IO, missing, "No such file");
    REFUSES_DRIVER(below, KRO_ERROR_IO, below, "Not a directory");
    REFUSES_DRIVER(dangling, KRO_ERROR_IO, dangling);
    REFUSES_DRIVER(loop, KRO_ERROR_IO, loop);
    REFUSES_DRIVER(folder.path, KRO_ERROR_INVALID_ARGUMENT, folder.path, "folder");
    REFUSES_DRIVER(fifo, KRO_ERROR_INVALID_ARGUMENT, fifo, "regular file");
    REFUSES_DRIVER("driver.so", KRO_ERROR_INVALID_ARGUMENT, "'driver.so'", "bare name");
    REFUSES_DRIVER("libvulkan.so.1", KRO_ERROR_INVALID_ARGUMENT, "bare name");
}

TEST(files_that_others_can_write_are_refused)
{
    static const mode_t modes[] = {0646, 0666, 0777, 0602};
    driver_folder folder = driver_folder_create(t);
    for (int i = 0; folder.driver && i < 4; i++) {
        CHECK(chmod(folder.driver, modes[i]) == 0);
        NOT_TRUSTED(folder.driver, "writable by every user", "chmod o-w",
                    "KRONOS_ALLOW_UNTRUSTED_DRIVERS");
        struct stat stat_after;
        CHECK(stat(folder.driver, &stat_after) == 0);
        CHECK_EQ_U64(stat_after.st_mode & 07777, modes[i]);
    }
}

TEST(files_below_folders_that_others_can_write_are_refused)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    const char *open = contract_text(t, "%s/open", folder.path);
    const char *inner = contract_text(t, "%s/inner", open);
    const char *driver = contract_text(t, "%s/driver.so", inner);
    CHECK(mkdir(open, 0700) == 0 && mkdir(inner, 0700) == 0);
    copy_driver(t, driver);
    CHECK_OK(list_devices(driver));
    CHECK(chmod(open, 0777) == 0);
    NOT_TRUSTED(driver, open, "writable by every user");
    const char *link = contract_text(t, "%s/link.so", folder.path);
    CHECK(symlink(driver, link) == 0);
    NOT_TRUSTED(link, open);
    const char *folder_link = contract_text(t, "%s/link", folder.path);
    CHECK(symlink(open, folder_link) == 0);
    NOT_TRUSTED(contract_text(t, "%s/inner/driver.so", folder_link), open);
}

TEST(files_of_other_users_are_refused)
{
    driver_folder folder = driver_folder_create(t);
    if (geteuid() != 0) {
        SKIP(t, "root, who can give files away");
        return;
    }
    if (!folder.driver || !CHECK(chown(folder.driver, 65534, (gid_t)-1) == 0))
        return;
    NOT_TRUSTED(folder.driver, "another user", "65534");
    CHECK(chown(folder.driver, 0, 65534) == 0);
    CHECK_OK(list_devices(folder.driver)); // the group may only read
    CHECK(chmod(folder.driver, 0664) == 0);
    NOT_TRUSTED(folder.driver, "group", "chmod g-w");
    CHECK(chown(folder.driver, 0, 0) == 0 && chmod(folder.driver, 0644) == 0);
    CHECK(chown(folder.path, 65534, (gid_t)-1) == 0);
    NOT_TRUSTED(folder.driver, folder.path, "another user");
}

TEST(untrusted_drivers_can_be_allowed)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    CHECK(chmod(folder.driver, 0666) == 0);
    static const char *const values[] = {NULL, "", "0", "yes", "11"};
    for (int i = 0; i < 5; i++) {
        kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", values[i]);
        NOT_TRUSTED(folder.driver, "writable");
    }
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    CHECK_OK(list_devices(folder.driver));
    // What is no driver is none with every permission in the world.
    REFUSES_DRIVER(folder.path, KRO_ERROR_INVALID_ARGUMENT, "folder");
    REFUSES_DRIVER("driver.so", KRO_ERROR_INVALID_ARGUMENT, "bare name");
}

TEST(files_that_are_no_driver_are_refused)
{
    driver_folder folder = driver_folder_create(t);
    Dl_info libc;
    if (!folder.driver)
        return;
    contract_write_file(t, folder.driver, "", 0);
    REFUSES_DRIVER(folder.driver, KRO_ERROR_INVALID_ARGUMENT, folder.driver);
    contract_write_file(t, folder.driver, "not a library\n", 14);
    REFUSES_DRIVER(folder.driver, KRO_ERROR_INVALID_ARGUMENT, folder.driver);
    kro_context *ctx = (kro_context *)(uintptr_t)1;
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = folder.driver}, &ctx),
                  KRO_ERROR_INVALID_ARGUMENT, folder.driver);
    CHECK(ctx == NULL);
    if (CHECK(dladdr((void *)(uintptr_t)getpid, &libc) != 0) && strchr(libc.dli_fname, '/'))
        REFUSES_DRIVER(libc.dli_fname, KRO_ERROR_INVALID_ARGUMENT, "vk_icdGetInstanceProcAddr");
}

// A manifest with this text; its path.
static const char *write_manifest(kt_test *t, const driver_folder *folder, const char *text)
{
    const char *path = contract_text(t, "%s/driver.json", folder->path);
    contract_write_file(t, path, text, strlen(text));
    return path;
}

static const char good_manifest[] =
    "{\"file_format_version\": \"1.0.1\", \"extra\": [1, {\"library_path\": \"no\"}],\n"
    " \"ICD\": {\"library_path\": \"./driver.so\", \"api_version\": \"1.3.239\", \"x\": null}}\n";

TEST(manifests_lead_to_their_driver)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    CHECK_OK(list_devices(write_manifest(t, &folder, good_manifest)));
    CHECK_OK(list_devices(write_manifest(
        t, &folder,
        contract_text(t, "{\"ICD\": {\"api_version\": \"1.1\", \"library_path\": \"%s\"}}",
                      folder.driver))));
    // Both files are judged.
    const char *manifest = write_manifest(t, &folder, good_manifest);
    CHECK(chmod(folder.driver, 0666) == 0);
    REFUSES_DRIVER(manifest, KRO_ERROR_INVALID_ARGUMENT, folder.driver, "not trusted");
    CHECK(chmod(folder.driver, 0644) == 0 && chmod(manifest, 0666) == 0);
    NOT_TRUSTED(manifest, "writable by every user");
}

TEST(broken_manifests_are_refused)
{
    static const struct {
        const char *text;
        kro_status status;
        const char *part;
    } manifests[] = {
        {"", KRO_ERROR_INVALID_ARGUMENT, "object"},
        {"library_path", KRO_ERROR_INVALID_ARGUMENT, "object"},
        {"[]", KRO_ERROR_INVALID_ARGUMENT, "object"},
        {"{}", KRO_ERROR_INVALID_ARGUMENT, "ICD"},
        {"{\"layer\": {\"library_path\": \"./driver.so\"}}", KRO_ERROR_INVALID_ARGUMENT, "ICD"},
        {"{\"ICD\": \"./driver.so\"}", KRO_ERROR_INVALID_ARGUMENT, "ICD"},
        {"{\"ICD\": {}}", KRO_ERROR_INVALID_ARGUMENT, "library_path"},
        {"{\"ICD\": {\"api_version\": \"1.3\"}}", KRO_ERROR_INVALID_ARGUMENT, "library_path"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": 7}}", KRO_ERROR_INVALID_ARGUMENT,
         "string"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"\"}}",
         KRO_ERROR_INVALID_ARGUMENT, "empty"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"./gone.so\"}}", KRO_ERROR_IO,
         "gone.so"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"libkronos_no_such.so\"}}",
         KRO_ERROR_INVALID_ARGUMENT, "libkronos_no_such.so"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"./\"}}",
         KRO_ERROR_INVALID_ARGUMENT, "folder"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"./driver.json\"}}",
         KRO_ERROR_INVALID_ARGUMENT, "driver.json"},
        {"{\"ICD\": {\"api_version\": \"2.0\", \"library_path\": \"./driver.so\"}}",
         KRO_ERROR_UNSUPPORTED, "2.0"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"./driver.so\"}} more",
         KRO_ERROR_INVALID_ARGUMENT, "after the end"},
        {"{\"ICD\": {\"api_version\": \"1.3\", \"library_path\": \"./driver.so\\u0000\"}}",
         KRO_ERROR_INVALID_ARGUMENT, "u0000"},
    };
    driver_folder folder = driver_folder_create(t);
    for (size_t i = 0; folder.driver && i < sizeof manifests / sizeof *manifests; i++) {
        const char *path = write_manifest(t, &folder, manifests[i].text);
        REFUSES_DRIVER(path, manifests[i].status, manifests[i].part);
    }
}

TEST(manifests_of_any_shape_do_no_harm)
{
    driver_folder folder = driver_folder_create(t);
    if (!folder.driver)
        return;
    // Cut anywhere before its last brace it is no manifest.
    for (size_t length = 0; length < sizeof good_manifest - 3; length++)
        REFUSES_DRIVER(
            write_manifest(t, &folder, contract_text(t, "%.*s", (int)length, good_manifest)),
            KRO_ERROR_INVALID_ARGUMENT, "driver.json");
    enum { DEPTH = 500000, TOO_LARGE = 2 << 20 };
    char *text = kt_alloc(t, TOO_LARGE + 1);
    memset(text, '[', DEPTH);
    REFUSES_DRIVER(write_manifest(t, &folder, text), KRO_ERROR_INVALID_ARGUMENT, "driver.json");
    memcpy(text, "{\"a\":", 5);
    REFUSES_DRIVER(write_manifest(t, &folder, text), KRO_ERROR_INVALID_ARGUMENT, "deep");
    memset(text, ' ', TOO_LARGE);
    REFUSES_DRIVER(write_manifest(t, &folder, text), KRO_ERROR_IO, "driver.json", "large");
}
