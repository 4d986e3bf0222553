// The child process: runs the cases that it is told to.
#ifndef KT_CHILD_H
#define KT_CHILD_H

#include "suite.h"

// The first argument of a child. Further ones: parent's process id, seed, device, driver ("" for
// the default).
#define KT_CHILD_FLAG "--kronos-child"

// Whether this process was started as a child.
bool kt_is_child(int argc, char **argv);

// The child's main function.
int kt_child_main(int argc, char **argv, const kt_suite *const *suites, size_t suite_count);

#endif
