// config.cache_dir: pipelines are kept between contexts, and no file in it can do harm.
#include "contract.h"

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "proxied.h"

// Runs the simple program on a context and closes it.
static bool run_and_close(kt_test *t, kro_context *ctx)
{
    contract_bench bench = contract_bench_create(t, ctx);
    const bool usable = bench.ctx && contract_check_usable(t, &bench);
    contract_bench_release(t, &bench);
    kt_release(t, ctx);
    return usable;
}

static bool run_with_cache(kt_test *t, const char *folder)
{
    return run_and_close(t, kt_context_with(t, &(kro_context_config){.cache_dir = folder}));
}

// The only file in a folder; NULL, and a failed case, where there is none or more than one.
static const char *only_file(kt_test *t, const char *folder)
{
    DIR *entries = opendir(folder);
    const char *path = NULL;
    int count = 0;
    for (const struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_name[0] == '.')
            continue;
        path = contract_text(t, "%s/%s", folder, entry->d_name);
        count++;
    }
    if (entries)
        closedir(entries);
    return CHECK_EQ_I64(count, 1) ? path : NULL;
}

// A cache file begins with these letters.
static bool is_cache(const char *path)
{
    char magic[8] = "";
    FILE *file = fopen(path, "rb");
    const bool read = file && fread(magic, sizeof magic, 1, file) == 1;
    if (file)
        fclose(file);
    return read && memcmp(magic, "KROCACHE", sizeof magic) == 0;
}

TEST(pipelines_are_kept_in_the_cache_folder)
{
    const char *folder = contract_folder(t);
    if (!folder || !run_with_cache(t, folder))
        return;
    const char *path = only_file(t, folder);
    if (!path)
        return;
    CHECK(is_cache(path));
    CHECK(run_with_cache(t, folder));
    CHECK(only_file(t, folder) != NULL);
}

// Uses the folder; `*rebuilt` receives whether the file there was refused.
static bool run_and_look(kt_test *t, const char *folder, bool *rebuilt)
{
    contract_log *log = contract_log_create(t);
    kro_context *ctx = kt_context_with(
        t, &(kro_context_config){.cache_dir = folder, .log = contract_log_line, .log_user = log});
    const bool usable = run_and_close(t, ctx);
    *rebuilt = contract_log_contains(log, KRO_LOG_INFO, "is damaged or another driver's");
    kt_release(t, log);
    return usable;
}

// A whole file, as the driver's cache makes it, and room for a byte more.
typedef struct cache_bytes {
    size_t size;
    uint8_t *bytes;
} cache_bytes;

static bool read_cache(kt_test *t, const char *path, cache_bytes *out)
{
    struct stat about;
    FILE *file = fopen(path, "rb");
    if (!CHECK(file && stat(path, &about) == 0 && about.st_size > 64))
        return false;
    out->size = (size_t)about.st_size;
    out->bytes = kt_alloc(t, out->size + 1);
    const bool read = fread(out->bytes, 1, out->size, file) == out->size;
    fclose(file);
    out->bytes[out->size] = 0;
    return CHECK(read);
}

// These bytes are refused, nobody is harmed, and a whole file stands there afterwards.
static void check_refused_file(kt_test *t, const char *folder, const char *path, const void *bytes,
                               size_t size_bytes)
{
    bool rebuilt = false;
    contract_write_file(t, path, bytes, size_bytes);
    CHECK(run_and_look(t, folder, &rebuilt));
    CHECK(rebuilt);
    CHECK(is_cache(path));
    CHECK(run_and_look(t, folder, &rebuilt));
    CHECK(!rebuilt);
}

// One byte in each part of the file: every field of the header, and the driver's bytes.
TEST(a_flipped_byte_of_a_cache_file_costs_a_rebuild)
{
    const char *folder = contract_folder(t);
    const char *path = folder && run_with_cache(t, folder) ? only_file(t, folder) : NULL;
    cache_bytes whole;
    if (!path || !read_cache(t, path, &whole))
        return;
    const size_t parts[] = {
        0, 8, 12, 16, 20, 24, 39, 40, 48, 56, 63, 64, 64 + (whole.size - 64) / 2, whole.size - 1};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        LOGF(t, "byte %zu of %zu", parts[i], whole.size);
        whole.bytes[parts[i]] ^= 0x10;
        check_refused_file(t, folder, path, whole.bytes, whole.size);
        whole.bytes[parts[i]] ^= 0x10;
    }
}

// Nothing at all, cut in the header, at its end, in the driver's bytes; and one byte too many.
TEST(cache_files_of_any_other_length_cost_a_rebuild)
{
    const char *folder = contract_folder(t);
    const char *path = folder && run_with_cache(t, folder) ? only_file(t, folder) : NULL;
    cache_bytes whole;
    if (!path || !read_cache(t, path, &whole))
        return;
    const size_t sizes[] = {0, 1, 8, 63, 64, 65, whole.size / 2, whole.size - 1, whole.size + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        LOGF(t, "%zu bytes of %zu", sizes[i], whole.size);
        check_refused_file(t, folder, path, whole.bytes, sizes[i]);
    }
}

TEST(drivers_keep_files_of_their_own)
{
    const char *folder = contract_folder(t);
    const char *others = contract_folder(t);
    if (!folder || !others || !run_with_cache(t, folder))
        return;
    kt_release(t, kt_context_with(
                      t, &(kro_context_config){.driver = kt_null_driver(t), .cache_dir = others}));
    const char *path = only_file(t, folder), *other = only_file(t, others);
    cache_bytes foreign;
    if (!path || !other || !read_cache(t, other, &foreign))
        return;
    CHECK(strcmp(strrchr(path, '/'), strrchr(other, '/')) != 0);
    // Even under this driver's name it is not this driver's.
    check_refused_file(t, folder, path, foreign.bytes, foreign.size);
}

// Where the driver takes no cache but an empty one, what it makes of that one is kept, however long
// it is.
TEST(a_cache_that_the_driver_refuses_is_replaced)
{
    static const char *const specs[] = {
        "", "fail=vkCreatePipelineCache:1:VK_ERROR_INITIALIZATION_FAILED:unlisted"};
    const char *folder = contract_folder(t), *path = NULL;
    struct stat files[2] = {{0}};
    for (int i = 0; folder && i < 2; i++) {
        kro_context *ctx = proxied_context(t, specs[i], &(kro_context_config){.cache_dir = folder});
        if (!ctx || !CHECK(run_and_close(t, ctx)) || !(path = only_file(t, folder)))
            return;
        CHECK(is_cache(path));
        CHECK_EQ_I64(stat(path, &files[i]), 0);
    }
    CHECK(files[0].st_ino != files[1].st_ino);
}

// A context that cannot keep its pipelines computes all the same, and says so once.
static void check_not_kept(kt_test *t, const char *folder)
{
    contract_log *log = contract_log_create(t);
    kro_context *ctx = kt_context_with(
        t, &(kro_context_config){.cache_dir = folder, .log = contract_log_line, .log_user = log});
    if (!run_and_close(t, ctx))
        return;
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_WARNING), 1);
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, "pipelines are not kept"));
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, folder));
}

TEST(a_cache_folder_that_cannot_be_used_costs_a_warning)
{
    const char *folder = contract_folder(t);
    if (!folder)
        return;
    const char *file = contract_text(t, "%s/file", folder);
    contract_write_file(t, file, "", 0);
    check_not_kept(t, contract_text(t, "%s/none", folder));
    check_not_kept(t, file);
    check_not_kept(t, "/proc"); // nobody may write there, root included
}

// Where the file should stand there is a folder: it can neither be read nor replaced.
TEST(a_cache_file_that_cannot_be_replaced_costs_a_warning)
{
    const char *folder = contract_folder(t);
    const char *path = folder && run_with_cache(t, folder) ? only_file(t, folder) : NULL;
    if (!path || !CHECK_EQ_I64(remove(path), 0) || !CHECK_EQ_I64(mkdir(path, 0700), 0))
        return;
    check_not_kept(t, folder);
    CHECK(only_file(t, folder) != NULL); // and nothing beside it
}

// As if the disk were full: no file may become longer than 16 bytes.
TEST(a_full_disk_leaves_the_old_cache_file)
{
    const char *folder = contract_folder(t);
    const char *path = folder && run_with_cache(t, folder) ? only_file(t, folder) : NULL;
    struct rlimit before;
    if (!path || !CHECK_EQ_I64(getrlimit(RLIMIT_FSIZE, &before), 0))
        return;
    contract_write_file(t, path, "damaged", 7); // so that there is something to keep
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    const struct rlimit tight = {.rlim_cur = 16, .rlim_max = before.rlim_max};
    if (CHECK_EQ_I64(setrlimit(RLIMIT_FSIZE, &tight), 0))
        check_not_kept(t, folder);
    CHECK_EQ_I64(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    struct stat file;
    CHECK_EQ_I64(stat(path, &file), 0);
    CHECK_EQ_I64(file.st_size, 7);
    CHECK(only_file(t, folder) != NULL); // no part of a file is left beside it
}

// A context that cannot be opened says why; that its cache folder is missing is not told.
TEST(a_cache_folder_does_not_hide_why_opening_failed)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    const char *folder = contract_folder(t);
    char message[256];
    if (!proxy || !folder || !proxied_context(t, "", NULL))
        return;
    kro_context *ctx;
    CHECK(proxy->configure("fail=vkCreateCommandPool:1:VK_ERROR_OUT_OF_HOST_MEMORY", message,
                           sizeof message));
    CHECK_REFUSED(
        kro_context_create(&(kro_context_config){.driver = kt_proxy_driver(t),
                                                 .cache_dir = contract_text(t, "%s/none", folder)},
                           &ctx),
        KRO_ERROR_OUT_OF_HOST_MEMORY, "vkCreateCommandPool");
}

// What is tried and can be done without is no error: the last one's sentence stands.
TEST(a_cache_folder_leaves_the_sentence)
{
    const char *folder = contract_folder(t);
    if (!folder)
        return;
    CHECK_STATUS(kro_submit(NULL, NULL), KRO_ERROR_INVALID_ARGUMENT);
    const char *sentence = contract_text(t, "%s", kro_error_detail());
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.cache_dir = contract_text(t, "%s/none", folder)});
    CHECK_EQ_STRING(kro_error_detail(), sentence); // there was nothing to load
    kt_release(t, ctx);
    CHECK_EQ_STRING(kro_error_detail(), sentence); // and nowhere to keep it
}

typedef struct cache_user {
    kt_test *t;
    const char *folder, *path;
    atomic_bool *done;
} cache_user;

static void *use_cache(void *argument)
{
    const cache_user *user = argument;
    kt_test *t = user->t;
    enum { ROUNDS = 5 };
    for (int i = 0; i < ROUNDS; i++)
        CHECK(run_with_cache(t, user->folder));
    return NULL;
}

TEST(contexts_may_share_a_cache_folder)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    cache_user user = {.t = t, .folder = contract_folder(t)};
    int started = 0;
    if (!user.folder)
        return;
    for (; started < THREADS; started++)
        if (!CHECK(pthread_create(&threads[started], NULL, use_cache, &user) == 0))
            break;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    CHECK(only_file(t, user.folder) != NULL);
}

// Writes into the file, in place and without any care, until the others have finished.
static void *damage_cache(void *argument)
{
    const cache_user *user = argument;
    kt_test *t = user->t;
    uint64_t random = kt_seed(t);
    while (!atomic_load(user->done)) {
        random = random * UINT64_C(6364136223846793005) + 1;
        FILE *file = fopen(user->path, random >> 40 & 7 ? "r+b" : "wb");
        if (!file)
            continue;
        fseek(file, (long)(random >> 50 & 127), SEEK_SET);
        fputc((int)(random >> 32 & 255), file);
        fclose(file);
    }
    return NULL;
}

TEST(a_cache_file_may_be_damaged_while_it_is_used)
{
    enum { THREADS = 2 };
    pthread_t threads[THREADS + 1];
    atomic_bool done = false;
    cache_user user = {.t = t, .folder = contract_folder(t), .done = &done};
    if (!user.folder || !run_with_cache(t, user.folder) || !(user.path = only_file(t, user.folder)))
        return;
    int started = 0;
    for (; started <= THREADS; started++)
        if (!CHECK(pthread_create(&threads[started], NULL, started ? use_cache : damage_cache,
                                  &user) == 0))
            break;
    for (int i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    atomic_store(&done, true);
    if (started > 0)
        pthread_join(threads[0], NULL);
    bool rebuilt;
    CHECK(run_and_look(t, user.folder, &rebuilt));
    CHECK(run_and_look(t, user.folder, &rebuilt));
    CHECK(!rebuilt);
    CHECK(only_file(t, user.folder) != NULL);
}
