// A driver library that nobody survives loading.
#include <stdlib.h>

__attribute__((constructor)) static void crash(void)
{
    abort();
}
