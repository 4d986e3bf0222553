#include "heap_watch.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

static _Thread_local heap_watch watch;
static _Thread_local uint64_t failing; // number of the first allocation that fails; 0: none
static _Thread_local bool failing_on;  // and of all later ones
static _Thread_local bool watching;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void __real_free(void *block);
char *__real_realpath(const char *path, char *resolved);
FILE *__real_fopen(const char *path, const char *mode);
int __real_fclose(FILE *file);
int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __real_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __real_pthread_cond_destroy(pthread_cond_t *condition);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *user);
int __real_pthread_join(pthread_t thread, void **result);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);
void __wrap_free(void *block);
char *__wrap_realpath(const char *path, char *resolved);
FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap_fclose(FILE *file);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_destroy(pthread_cond_t *condition);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *user);
int __wrap_pthread_join(pthread_t thread, void **result);

void heap_watch_begin(uint64_t fail_at)
{
    watch = (heap_watch){0};
    watching = true;
    heap_watch_fail(fail_at, false);
}

heap_watch heap_watch_end(void)
{
    watching = false;
    return watch;
}

void heap_watch_fail(uint64_t nth, bool later)
{
    failing = nth ? watch.allocations + nth : 0;
    failing_on = later;
}

heap_watch heap_watch_now(void)
{
    return watch;
}

static bool fails(void)
{
    if (!watching)
        return false;
    const uint64_t number = ++watch.allocations;
    return failing && (number == failing || (failing_on && number > failing));
}

static void *allocated(void *block)
{
    if (watching && block)
        watch.live_blocks++;
    return block;
}

void *__wrap_malloc(size_t bytes)
{
    return fails() ? NULL : allocated(__real_malloc(bytes));
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fails() ? NULL : allocated(__real_calloc(count, bytes));
}

void *__wrap_realloc(void *block, size_t bytes)
{
    if (fails())
        return NULL;
    void *moved = __real_realloc(block, bytes);
    return block ? moved : allocated(moved);
}

void __wrap_free(void *block)
{
    if (watching && block)
        watch.live_blocks--;
    __real_free(block);
}

// What the C library allocates here is the caller's to free.
char *__wrap_realpath(const char *path, char *resolved)
{
    if (fails()) {
        errno = ENOMEM;
        return NULL;
    }
    char *found = __real_realpath(path, resolved);
    return resolved ? found : allocated(found);
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
    if (fails()) {
        errno = ENOMEM;
        return NULL;
    }
    return allocated(__real_fopen(path, mode));
}

int __wrap_fclose(FILE *file)
{
    if (watching)
        watch.live_blocks--;
    return __real_fclose(file);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    if (fails())
        return ENOMEM;
    allocated(mutex);
    return __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    if (watching)
        watch.live_blocks--;
    return __real_pthread_mutex_destroy(mutex);
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    if (fails())
        return ENOMEM;
    allocated(condition);
    return __real_pthread_cond_init(condition, attributes);
}

int __wrap_pthread_cond_destroy(pthread_cond_t *condition)
{
    if (watching)
        watch.live_blocks--;
    return __real_pthread_cond_destroy(condition);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *user)
{
    if (fails())
        return EAGAIN;
    // What the C library takes for it stays out of the count.
    bool watched = watching;
    watching = false;
    int error = __real_pthread_create(thread, attributes, function, user);
    watching = watched;
    if (error == 0)
        allocated(thread);
    return error;
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    bool watched = watching;
    watching = false;
    int error = __real_pthread_join(thread, result);
    watching = watched;
    if (watching && error == 0)
        watch.live_blocks--;
    return error;
}
