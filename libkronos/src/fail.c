#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "os/thread.h"

enum { LINE_BYTES = 2048 };

// The one thing a thread keeps: its last error.
static KRO__THREAD_LOCAL char sentence[KRO__SENTENCE_BYTES];

const char *kro_error_detail(void)
{
    return sentence;
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
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    join_lines(sentence);
    return status;
}

kro_status kro__fail_again(kro_status status, const char *kept)
{
    if (kept != sentence)
        snprintf(sentence, sizeof sentence, "%s", kept);
    return status;
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

const char *kro_status_name(kro_status status)
{
    switch (status) {
    case KRO_OK:
        return "KRO_OK";
    case KRO_NOT_READY:
        return "KRO_NOT_READY";
    case KRO_TIMEOUT:
        return "KRO_TIMEOUT";
    case KRO_ERROR_INVALID_ARGUMENT:
        return "KRO_ERROR_INVALID_ARGUMENT";
    case KRO_ERROR_OUT_OF_HOST_MEMORY:
        return "KRO_ERROR_OUT_OF_HOST_MEMORY";
    case KRO_ERROR_OUT_OF_DEVICE_MEMORY:
        return "KRO_ERROR_OUT_OF_DEVICE_MEMORY";
    case KRO_ERROR_NO_DRIVER:
        return "KRO_ERROR_NO_DRIVER";
    case KRO_ERROR_NO_DEVICE:
        return "KRO_ERROR_NO_DEVICE";
    case KRO_ERROR_UNSUPPORTED:
        return "KRO_ERROR_UNSUPPORTED";
    case KRO_ERROR_INVALID_SHADER:
        return "KRO_ERROR_INVALID_SHADER";
    case KRO_ERROR_IO:
        return "KRO_ERROR_IO";
    case KRO_ERROR_DEVICE_LOST:
        return "KRO_ERROR_DEVICE_LOST";
    case KRO_ERROR_DRIVER:
        return "KRO_ERROR_DRIVER";
    }
    return "KRO_STATUS_UNKNOWN";
}
