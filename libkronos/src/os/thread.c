#include "os/thread.h"

bool kro__mutex_init(kro__mutex *mutex)
{
    return pthread_mutex_init(&mutex->handle, NULL) == 0;
}

void kro__mutex_finish(kro__mutex *mutex)
{
    pthread_mutex_destroy(&mutex->handle);
}

void kro__mutex_lock(kro__mutex *mutex)
{
    pthread_mutex_lock(&mutex->handle);
}

void kro__mutex_unlock(kro__mutex *mutex)
{
    pthread_mutex_unlock(&mutex->handle);
}
