// What cases about the library's contract share: checks of refused calls, a small program to
// refuse them on, and the case's own environment, files and log.
#ifndef CONTRACT_H
#define CONTRACT_H

#include <pthread.h>

#include "test.h"

// A call is refused with `status`, and the sentence holds every part given.
#define CHECK_REFUSED(call, status, ...)                        \
    contract_check_refused(t, KT_HERE, #call, (call), (status), \
                           (const char *const[]){__VA_ARGS__, NULL})

// A recording call on the bench's stream is refused with INVALID_ARGUMENT, and all that the
// contract says of it: the operation recorded before it is dropped, nothing runs, the next submit
// returns the same sentence, the one after it works.
#define CHECK_DROPPED(bench, call, ...)                                  \
    contract_check_dropped(t, KT_HERE, #call, (bench),                   \
                           (contract_record_before(t, (bench)), (call)), \
                           (const char *const[]){__VA_ARGS__, NULL})

bool contract_check_refused(kt_test *t, kt_here here, const char *text, kro_status actual,
                            kro_status expected, const char *const *parts);

enum { CONTRACT_COUNT = 1024, CONTRACT_BYTES = 4 * CONTRACT_COUNT };

// The simplest program: sum = left + right, with known contents and a label on everything.
typedef struct contract_bench {
    kro_context *ctx; // NULL where something could not be made; the case has failed then
    kro_stream *stream;
    kro_pipeline *add;
    kro_buffer *left, *right, *sum; // CONTRACT_COUNT floats each
} contract_bench;

contract_bench contract_bench_create(kt_test *t, kro_context *ctx);
// Releases everything in it now; its context stays.
void contract_bench_release(kt_test *t, const contract_bench *bench);
// The buffers hold what they were created with.
bool contract_check_untouched(kt_test *t, const contract_bench *bench);
// The program runs and gives the right numbers.
bool contract_check_usable(kt_test *t, const contract_bench *bench);

void contract_record_before(kt_test *t, const contract_bench *bench);
bool contract_check_dropped(kt_test *t, kt_here here, const char *text, const contract_bench *bench,
                            kro_status actual, const char *const *parts);

// Dispatches `pipeline` on up to four whole buffers.
kro_status contract_dispatch(kro_stream *stream, kro_pipeline *pipeline, uint32_t threads,
                             kro_buffer *const buffers[4]);

// A text that lives as long as the case.
const char *contract_text(kt_test *t, const char *format, ...) KT_PRINTF(2, 3);

// A new folder, removed with everything in it when the case ends; NULL after a failure.
const char *contract_folder(kt_test *t);
// Writes a file; the case fails where that is not possible.
void contract_write_file(kt_test *t, const char *path, const void *bytes, size_t size_bytes);

// Receives a context's log.
typedef struct contract_log {
    pthread_mutex_t lock;
    uint32_t counts[3];  // by kro_log_level
    char lines[3][8192]; // by kro_log_level, each line ended by a line break
} contract_log;

// A log that lives as long as the case: create it before the context that it belongs to.
contract_log *contract_log_create(kt_test *t);
// For kro_context_config.log.
void contract_log_line(void *log, kro_log_level level, const char *message);
uint32_t contract_log_count(contract_log *log, kro_log_level level);
bool contract_log_contains(contract_log *log, kro_log_level level, const char *part);

#endif
