#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "os/thread.h"

enum { LINE_BYTES = 2048 };

// The one thing a thread keeps: its last error.
static KRO__THREAD_LOCAL kro__sentence sentence;

const char *kro__detail(void)
{
    return sentence.text;
}

// Drivers, validators and labels may bring line breaks; what leaves here is one line.
static void join_lines(char *text)
{
    while ((text = strpbrk(text, "\r\n"))) {
        const char *rest = text + strspn(text, " \t\r\n");
        if (*rest)
            *text++ = ' ';
        memmove(text, rest, strlen(rest) + 1);
    }
}

kro_status kro__fail(kro_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence.text, sizeof sentence.text, format, arguments);
    va_end(arguments);
    join_lines(sentence.text);
    return status;
}

kro__sentence kro__sentence_keep(void)
{
    return sentence;
}

void kro__sentence_restore(const kro__sentence *kept)
{
    sentence = *kept;
}

void kro__log_line(const kro__log *log, kro_log_level level, const char *format, ...)
{
    if (!log || !log->function)
        return;
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    join_lines(line);
    log->function(log->user, level, line);
}
