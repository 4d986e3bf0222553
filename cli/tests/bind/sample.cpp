// The same tests in C++17.
#include "sample.c"
