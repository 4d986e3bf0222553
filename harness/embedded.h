// Files that are part of a program; kronos_embed (cmake/embed.cmake) makes tables of them.
#ifndef KT_EMBEDDED_H
#define KT_EMBEDDED_H

#include <stddef.h>

typedef struct kt_embedded {
    const char *path; // from the folder that the table was made for
    const char *text; // ends with a zero byte
    const char *sha256;
} kt_embedded;

#endif
