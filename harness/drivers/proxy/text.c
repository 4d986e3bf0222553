#include "text.h"

#include <stdarg.h>
#include <stdio.h>

void kro__text_add(kro__text *text, const char *format, ...)
{
    size_t used = text->length < text->room ? text->length : text->room;
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(text->room > used ? text->at + used : NULL, text->room - used, format, arguments);
    va_end(arguments);
    if (length > 0)
        text->length += (size_t)length;
}
