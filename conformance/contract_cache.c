// config.cache_dir: pipelines are kept between contexts, and no file in it can do harm.
#include "contract.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
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

TEST(damaged_cache_files_are_replaced)
{
    static const char noise[4096] = "no cache";
    const size_t sizes[] = {0, 1, 63, 64, 65, sizeof noise};
    const char *folder = contract_folder(t);
    if (!folder || !run_with_cache(t, folder))
        return;
    const char *path = only_file(t, folder);
    if (!path)
        return;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        contract_write_file(t, path, noise, sizes[i]);
        CHECK(run_with_cache(t, folder));
        CHECK(is_cache(path));
    }
}

// Where the driver takes no cache but an empty one, what it makes of that one is kept, however long
// it is.
TEST(a_cache_that_the_driver_refuses_is_replaced)
{
    static const char *const specs[] = {
        "", "fail=vkCreatePipelineCache:1:VK_ERROR_INITIALIZATION_FAILED"};
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

TEST(a_cache_folder_that_cannot_be_used_costs_a_warning)
{
    const char *folder = contract_folder(t);
    contract_log *log = contract_log_create(t);
    if (!folder)
        return;
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.cache_dir = contract_text(t, "%s/none", folder),
                                                 .log = contract_log_line,
                                                 .log_user = log});
    if (!run_and_close(t, ctx))
        return;
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_WARNING), 1);
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, "pipelines are not kept"));
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
    const char *folder;
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
    cache_user user = {t, contract_folder(t)};
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
