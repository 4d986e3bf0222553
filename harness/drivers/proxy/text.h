// A text that is appended to and cut where its room ends.
#ifndef KRO_PROXY_TEXT_H
#define KRO_PROXY_TEXT_H

#include <stddef.h>

typedef struct kro__text {
    char *at;      // may be NULL if room is 0
    size_t room;   // bytes, with the final zero
    size_t length; // bytes that the whole text needs, without it
} kro__text;

void kro__text_add(kro__text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
