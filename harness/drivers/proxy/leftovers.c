#include "leftovers.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "spec.h"

static char file[KRO__SPEC_PATH]; // "": none; set before there are objects

// One write at the end of the file, which others append to as well. Opened anew each time: programs
// close descriptors that they do not know.
static bool append(const char *what, uint64_t number, const char *at, const char *label)
{
    enum { LABEL = 200 }; // characters of a label that are told
    char line[512], kept[LABEL + 1];
    snprintf(kept, sizeof kept, "%s", label ? label : "");
    for (char *c = kept; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    int length = snprintf(line, sizeof line, "%d\t%p\t%s\t%llu\t%s\t%s\n", (int)getpid(),
                          (void *)file, what, (unsigned long long)number, at, kept);
    int descriptor = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool written = write(descriptor, line, (size_t)length) == length;
    int error = errno;
    close(descriptor);
    errno = error;
    return written;
}

bool kro__leftovers_begin(const char *path, char *message, size_t message_bytes)
{
    snprintf(file, sizeof file, "%s", path);
    if (append("begin", 0, "", NULL))
        return true;
    snprintf(message, message_bytes, "what is left behind cannot be written to '%s': %s", path,
             strerror(errno));
    file[0] = 0;
    return false;
}

void kro__leftovers_tell(const char *what, uint64_t number, const char *at, const char *label)
{
    if (file[0])
        (void)append(what, number, at, label); // a missing "end" tells that some may be missing
}
