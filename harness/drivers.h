// Where our own driver libraries lie.
#ifndef KT_DRIVERS_H
#define KT_DRIVERS_H

// Path of a file in their folder; NULL where it is not there. The caller frees it.
char *kt_own_driver(const char *file);

#endif
