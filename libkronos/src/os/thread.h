// Mutual exclusion, threads and thread-local storage.
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

// What threads wait for while they hold a mutex.
typedef struct kro__condition {
    pthread_cond_t handle;
} kro__condition;

// Returns false where the system has no room for another.
bool kro__condition_init(kro__condition *condition);
void kro__condition_finish(kro__condition *condition);
void kro__condition_wait(kro__condition *condition, kro__mutex *held);
void kro__condition_wake_all(kro__condition *condition);

typedef struct kro__thread {
    pthread_t handle;
} kro__thread;

// Runs `function` on a thread of its own, which takes none of the process's signals.
//
// Returns: false where the system has no thread to give.
bool kro__thread_start(kro__thread *thread, void *(*function)(void *user), void *user);
void kro__thread_join(kro__thread *thread);

#endif
