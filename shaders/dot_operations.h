// The integer dot products, for the shaders and for the host.
#define DOT_SIGNED             0
#define DOT_UNSIGNED           1
#define DOT_MIXED              2 // the first vector's components are signed, the second's are not
#define DOT_SIGNED_SATURATED   3 // these three add to an accumulator, and stop at its ends
#define DOT_UNSIGNED_SATURATED 4
#define DOT_MIXED_SATURATED    5
#define DOT_OPERATION_COUNT    6
