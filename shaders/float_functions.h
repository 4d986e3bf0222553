// Numbers of the transcendental functions, for the shaders and for the host.
#define FUNCTION_EXP   0
#define FUNCTION_EXP2  1
#define FUNCTION_LOG   2
#define FUNCTION_LOG2  3
#define FUNCTION_SIN   4
#define FUNCTION_COS   5
#define FUNCTION_ATAN  6
#define FUNCTION_ATAN2 7
#define FUNCTION_POW   8
#define FUNCTION_COUNT 9
