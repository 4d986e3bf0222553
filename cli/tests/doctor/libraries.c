// Libraries for the doctor to look at. The needy one calls a function of one that is not found.
void kronos_doctor_gone(void);
void vkGetInstanceProcAddr(void);

#ifdef KRONOS_DOCTOR_NEEDY
void vkGetInstanceProcAddr(void)
{
    kronos_doctor_gone();
}
#else
#include <stdlib.h>

void kronos_doctor_gone(void)
{
}

void vkGetInstanceProcAddr(void)
{
    abort(); // a symbol of glibc's, with its version
}
#endif
