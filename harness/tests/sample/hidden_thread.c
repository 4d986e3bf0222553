#include "hidden_thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT char *hidden_thread_read(void);
EXPORT void hidden_thread_free(char *block);

typedef struct reader {
    const char *block;
    volatile size_t size_bytes; // unknown to the compiler: a call of memcpy, which TSan sees
    atomic_bool done;           // which TSan does not see
} reader;

// Nobody joins this thread: that would be seen to agree.
static void *read_block(void *user)
{
    reader *self = user;
    char copy[HIDDEN_THREAD_BYTES];
    memcpy(copy, self->block, self->size_bytes);
    atomic_store_explicit(&self->done, true, memory_order_release);
    return copy[0] ? NULL : self;
}

char *hidden_thread_read(void)
{
    static reader self; // of one call at a time, and there when the thread ends late
    pthread_t thread;
    char *block = calloc(1, HIDDEN_THREAD_BYTES);
    if (!block)
        return NULL;
    self.block = block;
    self.size_bytes = HIDDEN_THREAD_BYTES;
    atomic_store(&self.done, false);
    if (pthread_create(&thread, NULL, read_block, &self) != 0) {
        free(block);
        return NULL;
    }
    pthread_detach(thread);
    while (!atomic_load_explicit(&self.done, memory_order_acquire))
        sched_yield();
    return block;
}

void hidden_thread_free(char *block)
{
    free(block);
}
