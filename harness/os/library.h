// Libraries that are loaded in this process.
#ifndef KT_OS_LIBRARY_H
#define KT_OS_LIBRARY_H

typedef void (*kt_function)(void);

// A function of a library that something else has loaded already; NULL where it is not loaded.
kt_function kt_loaded_function(const char *path, const char *name);

// Path of the library that a function is in; NULL where it cannot be told. The caller frees it.
char *kt_function_library(kt_function function);

#endif
