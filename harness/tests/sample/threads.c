// Threads that do not agree.
#include "test.h"

#include <pthread.h>

#include "hidden_thread.h"

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

// Between a driver's thread and an access of our own.
TEST(races_with_a_driver)
{
    char *block = hidden_thread_read();
    if (CHECK(block))
        block[0] = 1;
    hidden_thread_free(block);
}

// Between a driver's thread and a call into the driver.
TEST(drivers_agree_unseen)
{
    char *block = hidden_thread_read();
    CHECK(block);
    hidden_thread_free(block);
}

TEST(agrees)
{
    int number = 0;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, count_up, &number) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK_EQ_I64(number, 1000);
}
