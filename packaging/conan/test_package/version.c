// The library that is running is the one whose headers were compiled.
#include <kronos/kronos.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    printf("kronos %s\n", kro_version());
    return strcmp(kro_version(), KRO_VERSION) != 0;
}
