// Environment variables.
#ifndef KRO_SRC_OS_ENVIRONMENT_H
#define KRO_SRC_OS_ENVIRONMENT_H

// The value of a variable; NULL where it is not set or empty, and always NULL in a process that
// runs with more rights than its caller: the caller must not choose what such a process loads or
// writes.
const char *kro__environment(const char *variable);

#endif
