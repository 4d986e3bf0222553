// Arrays that grow.
#include "grow.h"

#include <stdlib.h>

#include "test.h"

TEST(arrays_keep_what_they_hold_when_they_grow)
{
    enum { COUNT = 1000 };
    uint32_t *array = NULL, capacity = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        if (!CHECK(kro__grow(&array, &capacity, i + 1, sizeof *array)))
            return;
        array[i] = i;
    }
    CHECK(capacity >= COUNT && capacity < 2 * COUNT);
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_EQ_U64(array[i], i);
    free(array);
}

TEST(arrays_do_not_grow_past_what_can_be_counted)
{
    char *array = NULL;
    uint32_t capacity = 0;
    CHECK(!kro__grow(&array, &capacity, UINT32_MAX, sizeof *array));
    CHECK(!kro__grow(&array, &capacity, UINT32_C(1) << 31, (size_t)1 << (sizeof(size_t) * 8 - 8)));
    CHECK(array == NULL);
    CHECK_EQ_U64(capacity, 0);
}
