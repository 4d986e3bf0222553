// What a conversion takes its operand and its result for, for the shaders and for the host.
#define CONVERT_FROM_SIGNED  1
#define CONVERT_TO_SIGNED    2
#define CONVERT_THROUGH_BOOL 4 // a number that is not 0 becomes 1
