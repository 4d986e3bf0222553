#include "entropy.h"

#include <sys/random.h>

bool kt_entropy(void *out, size_t size_bytes)
{
    return getentropy(out, size_bytes) == 0;
}
