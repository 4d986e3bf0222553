// Numbers of the atomic operations, for the shaders and for the host.
#define ATOMIC_ADD             0
#define ATOMIC_MIN             1
#define ATOMIC_MAX             2
#define ATOMIC_AND             3
#define ATOMIC_OR              4
#define ATOMIC_XOR             5
#define ATOMIC_EXCHANGE        6
#define ATOMIC_COMPARE         7
#define ATOMIC_OPERATION_COUNT 8
