#include "contract.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// What the one operation that precedes a refused call would leave in `sum`.
static const uint32_t dropped_word = 0x7f7f7f7f;

// One sentence for a reader: something, on one line, with no hole in it.
static bool check_sentence(kt_test *t, kt_here here, const char *text, const char *sentence)
{
    bool good = *sentence && !strchr(sentence, '\n') && !strstr(sentence, "(null)");
    if (!good)
        kt_fail(t, here, "%s: the sentence is \"%s\"", text, sentence);
    return good;
}

bool contract_check_refused(kt_test *t, kt_here here, const char *text, kro_status actual,
                            kro_status expected, const char *const *parts)
{
    if (!kt_check_status(t, here, text, actual, expected))
        return false;
    bool held = check_sentence(t, here, text, kro_error_detail());
    for (; *parts; parts++)
        held &= kt_check_contains(t, here, text, kro_error_detail(), *parts);
    return held;
}

static float left_at(int i)
{
    return (float)i;
}

static float right_at(int i)
{
    return 0.5f - 3.0f * (float)i;
}

static float sum_at(int i)
{
    (void)i;
    return -1.0f;
}

static float added_at(int i)
{
    return left_at(i) + right_at(i);
}

static void fill(float (*at)(int), float out[CONTRACT_COUNT])
{
    for (int i = 0; i < CONTRACT_COUNT; i++)
        out[i] = at(i);
}

static kro_buffer *create_buffer(kt_test *t, kro_context *ctx, float (*at)(int), const char *label)
{
    float data[CONTRACT_COUNT];
    fill(at, data);
    return kt_buffer_in(
        t, ctx, &(kro_buffer_config){.size_bytes = sizeof data, .data = data, .label = label});
}

contract_bench contract_bench_create(kt_test *t, kro_context *ctx)
{
    contract_bench bench = {
        .ctx = ctx,
        .stream = kt_stream_in(t, ctx, &(kro_stream_config){.label = "bench"}),
        .add = kt_pipeline_in(t, ctx, "vector_add", NULL),
        .left = create_buffer(t, ctx, left_at, "left"),
        .right = create_buffer(t, ctx, right_at, "right"),
        .sum = create_buffer(t, ctx, sum_at, "sum"),
    };
    if (!bench.stream || !bench.add || !bench.left || !bench.right || !bench.sum)
        bench.ctx = NULL;
    return bench;
}

void contract_bench_release(kt_test *t, const contract_bench *bench)
{
    kt_release(t, bench->sum);
    kt_release(t, bench->right);
    kt_release(t, bench->left);
    kt_release(t, bench->add);
    kt_release(t, bench->stream);
}

static bool check_floats(kt_test *t, kro_buffer *buffer, float (*at)(int))
{
    float actual[CONTRACT_COUNT] = {0}, expected[CONTRACT_COUNT];
    fill(at, expected);
    return CHECK_OK(kro_buffer_read(buffer, 0, actual, sizeof actual)) &&
           CHECK_FLOATS(actual, expected, CONTRACT_COUNT);
}

bool contract_check_untouched(kt_test *t, const contract_bench *bench)
{
    bool held = check_floats(t, bench->left, left_at);
    held &= check_floats(t, bench->right, right_at);
    held &= check_floats(t, bench->sum, sum_at);
    return held;
}

bool contract_check_usable(kt_test *t, const contract_bench *bench)
{
    kro_buffer *const buffers[4] = {bench->left, bench->right, bench->sum};
    return CHECK_OK(contract_dispatch(bench->stream, bench->add, CONTRACT_COUNT, buffers)) &&
           CHECK_OK(kro_finish(bench->stream)) && check_floats(t, bench->sum, added_at);
}

void contract_record_before(kt_test *t, const contract_bench *bench)
{
    CHECK_OK(kro_fill(bench->stream, bench->sum, 0, CONTRACT_BYTES, dropped_word));
}

bool contract_check_dropped(kt_test *t, kt_here here, const char *text, const contract_bench *bench,
                            kro_status actual, const char *const *parts)
{
    char sentence[1024];
    bool held = contract_check_refused(t, here, text, actual, KRO_ERROR_INVALID_ARGUMENT, parts);
    snprintf(sentence, sizeof sentence, "%s", kro_error_detail());
    // Another error of this thread, so that a kept sentence shows.
    held &= CHECK_STATUS(kro_poll(NULL, (kro_fence){0}), KRO_ERROR_INVALID_ARGUMENT);
    kro_fence fence = {.queue = 77, .value = 77};
    held &= kt_check_status(t, here, "the next kro_submit", kro_submit(bench->stream, &fence),
                            KRO_ERROR_INVALID_ARGUMENT);
    held &= kt_check_string(t, here, "its sentence", text, kro_error_detail(), sentence);
    held &= kt_check_u64(t, here, "fence.queue", "0", fence.queue, 0);
    held &= kt_check_status(t, here, "the submit after it", kro_finish(bench->stream), KRO_OK);
    return contract_check_untouched(t, bench) && held;
}

kro_status contract_dispatch(kro_stream *stream, kro_pipeline *pipeline, uint32_t threads,
                             kro_buffer *const buffers[4])
{
    kro_dispatch_args args = {.threads = {threads}};
    memcpy(args.buffers, buffers, 4 * sizeof *buffers);
    return kro_dispatch(stream, pipeline, &args);
}

const char *contract_text(kt_test *t, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) {
        FAILF(t, "a text of %d bytes does not fit", length);
        length = 0;
    }
    char *copy = kt_alloc(t, (size_t)length + 1);
    return memcpy(copy, text, (size_t)length);
}

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *position)
{
    (void)stat;
    (void)kind;
    (void)position;
    return remove(path);
}

static void remove_folder(void *path)
{
    nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *contract_folder(kt_test *t)
{
    const char *base = getenv("TMPDIR");
    const char *pattern = contract_text(t, "%s/kronos-case-XXXXXX", base ? base : "/tmp");
    char *path = kt_alloc(t, strlen(pattern) + 1);
    strcpy(path, pattern);
    if (!mkdtemp(path)) {
        FAILF(t, "no folder like %s can be made: %s", pattern, strerror(errno));
        return NULL;
    }
    kt_defer(t, remove_folder, path);
    return path;
}

void contract_write_file(kt_test *t, const char *path, const void *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(bytes, 1, size_bytes, file) == size_bytes;
    written &= file && fclose(file) == 0;
    if (!written)
        FAILF(t, "cannot write %s: %s", path, strerror(errno));
}

static void finish_log(void *object)
{
    contract_log *log = object;
    pthread_mutex_destroy(&log->lock);
}

contract_log *contract_log_create(kt_test *t)
{
    contract_log *log = kt_alloc(t, sizeof *log);
    pthread_mutex_init(&log->lock, NULL);
    kt_defer(t, finish_log, log);
    return log;
}

void contract_log_line(void *object, kro_log_level level, const char *message)
{
    contract_log *log = object;
    pthread_mutex_lock(&log->lock);
    char *lines = log->lines[level];
    size_t used = strlen(lines);
    snprintf(lines + used, sizeof log->lines[level] - used, "%s\n", message);
    log->counts[level]++;
    pthread_mutex_unlock(&log->lock);
}

uint32_t contract_log_count(contract_log *log, kro_log_level level)
{
    pthread_mutex_lock(&log->lock);
    uint32_t count = log->counts[level];
    pthread_mutex_unlock(&log->lock);
    return count;
}

bool contract_log_contains(contract_log *log, kro_log_level level, const char *part)
{
    pthread_mutex_lock(&log->lock);
    bool found = strstr(log->lines[level], part) != NULL;
    pthread_mutex_unlock(&log->lock);
    return found;
}
