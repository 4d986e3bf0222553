#include "heap_watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static _Thread_local heap_watch watch;
static _Thread_local uint64_t failing;
static _Thread_local bool watching;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void __real_free(void *block);
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
    failing = fail_at;
    watching = true;
}

heap_watch heap_watch_end(void)
{
    watching = false;
    return watch;
}

static bool fails(void)
{
    return watching && ++watch.allocations == failing;
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
