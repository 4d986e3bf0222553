// Mutual exclusion and thread-local storage.
#ifndef KRO_SRC_OS_THREAD_H
#define KRO_SRC_OS_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#define KRO__THREAD_LOCAL _Thread_local

typedef struct kro__mutex {
    pthread_mutex_t handle;
} kro__mutex;

// Returns false where the system has no room for another mutex.
bool kro__mutex_init(kro__mutex *mutex);
void kro__mutex_finish(kro__mutex *mutex);
void kro__mutex_lock(kro__mutex *mutex);
void kro__mutex_unlock(kro__mutex *mutex);

#endif
