#include "object.h"

#include <stdlib.h>

void *kro__null_object_create(void)
{
    return malloc(1);
}

void kro__null_object_destroy(void *object)
{
    free(object);
}
