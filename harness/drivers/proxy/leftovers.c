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
static bool append(const kro__leftover *left)
{
    enum { LABEL = 200 }; // characters of a label that are told
    char line[512], kept[LABEL + 1];
    snprintf(kept, sizeof kept, "%s", left->label ? left->label : "");
    for (char *c = kept; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    int length = snprintf(line, sizeof line, "%d\t%p\t%s\t%llu\t%s\t%llu\t%d\t%s\n", (int)getpid(),
                          (void *)file, left->what, (unsigned long long)left->number,
                          left->at ? left->at : "", (unsigned long long)left->memory_bytes,
                          left->mapped, kept);
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
    if (append(&(kro__leftover){.what = "begin"}))
        return true;
    snprintf(message, message_bytes, "what is left behind cannot be written to '%s': %s", path,
             strerror(errno));
    file[0] = 0;
    return false;
}

void kro__leftovers_tell(const kro__leftover *left)
{
    if (file[0])
        (void)append(left); // a missing "end" tells that some may be missing
}
