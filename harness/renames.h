// What cases were called before: the file lists/aliases.txt of a suite. A line is
//
//     OLD NEW             the case is called NEW now; of a family, every one of its cases
//     OLD gone REASON     there is no such case any more
//
// in the order of time: NEW may be the OLD of a later line.
#ifndef KT_RENAMES_H
#define KT_RENAMES_H

#include "text.h"

typedef struct kt_rename {
    char *old;
    char *now;        // as the line says, which another line may have changed since; NULL: gone
    const char *path; // borrowed
    unsigned line;
} kt_rename;

typedef struct kt_renames {
    kt_rename *items;
    size_t count;
} kt_renames;

// Adds the lines of a file's text. `path` is borrowed for the life of the list.
//
// Returns: false with a sentence in `problem`, which names the line.
bool kt_renames_parse(kt_renames *renames, const char *path, const char *text, kt_text *problem);
void kt_renames_finish(kt_renames *renames);

#endif
