// Libraries for the doctor to look at. The needy one calls a function of one that is not found; the
// silent one is a driver that looks for that library when it is asked, and then says nothing.
void kronos_doctor_gone(void);
void vkGetInstanceProcAddr(void);
void *vk_icdGetInstanceProcAddr(void *instance, const char *name);

#if defined(KRONOS_DOCTOR_NEEDY)
void vkGetInstanceProcAddr(void)
{
    kronos_doctor_gone();
}
#elif defined(KRONOS_DOCTOR_SILENT)
#include <dlfcn.h>
#include <stddef.h>

void *vk_icdGetInstanceProcAddr(void *instance, const char *name)
{
    (void)instance, (void)name;
    (void)dlopen("libkronos_doctor_gone.so.3", RTLD_NOW);
    return NULL;
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
