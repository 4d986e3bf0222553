#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "json.h"
#include "os/files.h"
#include "text.h"

// What stands behind "KEY : " in a line of its own.
static char *value_of(const char *lines, const char *key)
{
    const size_t length = strlen(key);
    for (const char *line = lines; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (!strncmp(line, key, length)) {
            const char *value = line + length + strspn(line + length, " \t:");
            char *copy = kt_copy_string(value);
            copy[strcspn(copy, "\n")] = '\0';
            return copy;
        }
    return NULL;
}

// Linux has a name for the processors of some architectures only.
static void add_cpu(cJSON *machine)
{
    char *lines = kt_read_file("/proc/cpuinfo", NULL);
    char *name = lines ? value_of(lines, "model name") : NULL;
    struct utsname system;
    if (!name)
        name = kt_copy_string(uname(&system) == 0 ? system.machine : "unknown");
    kt_json_add_text(machine, "cpu", name);
    free(name);
    free(lines);
}

cJSON *kp_machine(void)
{
    cJSON *machine = cJSON_CreateObject();
    const char *threads = getenv("LP_NUM_THREADS"); // lavapipe: with 0 it computes on our thread
    add_cpu(machine);
    cJSON_AddNumberToObject(machine, "cores", (double)sysconf(_SC_NPROCESSORS_ONLN));
    if (threads)
        kt_json_add_text(machine, "lp_num_threads", threads);
    return machine;
}
