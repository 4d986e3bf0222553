// The same tests in C++17.
#include "kernel_sample.c"
