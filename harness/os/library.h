// Libraries that are loaded in this process.
#ifndef KT_OS_LIBRARY_H
#define KT_OS_LIBRARY_H

typedef void (*kt_function)(void);

// A function of a library that something else has loaded already; NULL where it is not loaded.
kt_function kt_loaded_function(const char *path, const char *name);

// Path of the library that a function is in; NULL where it cannot be told. The caller frees it.
char *kt_function_library(kt_function function);

// Path of a loaded library in `folder` that has a function of its own by that name; NULL where
// there is none. The caller frees it.
char *kt_loaded_library_in(const char *folder, const char *function);

#endif
