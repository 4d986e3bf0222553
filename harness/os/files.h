// Paths and files of the runner.
#ifndef KT_OS_FILES_H
#define KT_OS_FILES_H

#include <stdbool.h>
#include <stddef.h>

// The folder of the running program, without a slash at its end; "." where the system does not say.
// The caller frees it.
char *kt_program_folder(void);

bool kt_file_exists(const char *path);

// Makes a folder and its parents. False, with errno, where that is not possible.
bool kt_make_folder(const char *path);

// Removes a folder and all that is in it, as far as that is possible.
void kt_remove_folder(const char *path);

// Whether a stream is a terminal.
bool kt_is_terminal(int descriptor);

// Whether terminals can write a line anew, as TERM says.
bool kt_terminal_moves(void);

// Columns of a terminal; 80 where it does not say.
int kt_terminal_width(int descriptor);

// A whole file and a terminator; NULL, with errno, where it cannot be read. The caller frees it.
char *kt_read_file(const char *path, size_t *size_bytes);

// Writes a whole file, or leaves what stood there: it is made beside its place, "PATH.part", and
// moved there when it is whole. What is no plain file, such as a pipe, is written in place. False,
// with errno, where it cannot be written.
bool kt_write_file(const char *path, const void *bytes, size_t size_bytes);

// Seconds since 1970.
long long kt_unix_time(void);

// The day of a time in UTC, "2027-06-30".
enum { KT_DATE_CHARACTERS = 11 };
void kt_date(long long unix_time, char out[KT_DATE_CHARACTERS]);

#endif
