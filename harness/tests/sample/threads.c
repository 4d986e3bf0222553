// Threads that do not agree.
#include "test.h"

#include <pthread.h>

static void *count_up(void *user)
{
    int *number = user;
    for (int i = 0; i < 1000; i++)
        ++*number;
    return NULL;
}

TEST(races)
{
    int number = 0;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, count_up, &number) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(number > 0);
}

TEST(agrees)
{
    int number = 0;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, count_up, &number) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_EQ_I64(number, 1000);
}
