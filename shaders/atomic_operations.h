// The atomic operations and where they meet, for the shaders and for the host.
#define ATOMIC_ADD             0
#define ATOMIC_SUBTRACT        1
#define ATOMIC_INCREMENT       2
#define ATOMIC_DECREMENT       3
#define ATOMIC_MIN             4
#define ATOMIC_MAX             5
#define ATOMIC_AND             6
#define ATOMIC_OR              7
#define ATOMIC_XOR             8
#define ATOMIC_EXCHANGE        9
#define ATOMIC_COMPARE         10 // compare and exchange
#define ATOMIC_LOAD            11 // half of the steps load, the others exchange
#define ATOMIC_STORE           12 // half of the steps store, the others exchange
#define ATOMIC_OPERATION_COUNT 13

// Which words the invocations of a unit choose: a unit is what the scope spans.
#define ATOMIC_ONE_WORD       0
#define ATOMIC_ONE_LINE       1 // 16 neighbouring words
#define ATOMIC_RANDOM_WORDS   2
#define ATOMIC_WORD_PER_GROUP 3 // neighbouring words, one for each workgroup
#define ATOMIC_PATTERN_COUNT  4

#define ATOMIC_SCOPE_DEVICE       0
#define ATOMIC_SCOPE_QUEUE_FAMILY 1
#define ATOMIC_SCOPE_WORKGROUP    2
#define ATOMIC_SCOPE_SUBGROUP     3
#define ATOMIC_SCOPE_COUNT        4

#define ATOMIC_RELAXED         0
#define ATOMIC_ACQUIRE         1
#define ATOMIC_RELEASE         2
#define ATOMIC_ACQUIRE_RELEASE 3
#define ATOMIC_ORDER_COUNT     4

#define ATOMIC_GROUPS         40
#define ATOMIC_GROUP_SIZE     64
#define ATOMIC_GROUP_WORDS    1024 // that a workgroup has; the device has the first workgroup's
#define ATOMIC_SUBGROUP_WORDS 16
#define ATOMIC_ROUNDS         4 // operations of each invocation

// Which of the two a step does: every word of every pattern sees both.
#define ATOMIC_IS_FIRST(invocation, round) (((invocation) + (invocation) / 16 + (round)) % 2 == 0)
