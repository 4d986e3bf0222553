// The integer operations, for the shaders and for the host: one for each instruction.
#define INTEGER_ADD                          0
#define INTEGER_SUBTRACT                     1
#define INTEGER_MULTIPLY                     2
#define INTEGER_NEGATE                       3
#define INTEGER_AND                          4
#define INTEGER_OR                           5
#define INTEGER_XOR                          6
#define INTEGER_NOT                          7
#define INTEGER_SHIFT_LEFT                   8
#define INTEGER_SHIFT_RIGHT_SIGNED           9
#define INTEGER_SHIFT_RIGHT_UNSIGNED         10
#define INTEGER_SHIFT_LEFT_BY_WORD           11 // by an amount of 32 bits
#define INTEGER_SHIFT_RIGHT_SIGNED_BY_WORD   12
#define INTEGER_SHIFT_RIGHT_UNSIGNED_BY_WORD 13
#define INTEGER_DIVIDE_SIGNED                14
#define INTEGER_DIVIDE_UNSIGNED              15
#define INTEGER_REMAINDER_SIGNED             16 // SRem
#define INTEGER_REMAINDER_UNSIGNED           17 // UMod
#define INTEGER_MODULO_SIGNED                18 // SMod
#define INTEGER_MIN_SIGNED                   19
#define INTEGER_MIN_UNSIGNED                 20
#define INTEGER_MAX_SIGNED                   21
#define INTEGER_MAX_UNSIGNED                 22
#define INTEGER_CLAMP_SIGNED                 23
#define INTEGER_CLAMP_UNSIGNED               24
#define INTEGER_ABS                          25
#define INTEGER_SIGN                         26
#define INTEGER_EQUAL                        27
#define INTEGER_NOT_EQUAL                    28
#define INTEGER_LESS_SIGNED                  29
#define INTEGER_LESS_UNSIGNED                30
#define INTEGER_LESS_OR_EQUAL_SIGNED         31
#define INTEGER_LESS_OR_EQUAL_UNSIGNED       32
#define INTEGER_GREATER_SIGNED               33
#define INTEGER_GREATER_UNSIGNED             34
#define INTEGER_GREATER_OR_EQUAL_SIGNED      35
#define INTEGER_GREATER_OR_EQUAL_UNSIGNED    36
#define INTEGER_SELECT                       37
#define INTEGER_ADD_WITH_CARRY               38 // these four have two results
#define INTEGER_SUBTRACT_WITH_BORROW         39
#define INTEGER_MULTIPLY_EXTENDED_SIGNED     40
#define INTEGER_MULTIPLY_EXTENDED_UNSIGNED   41
// Vulkan has these for 32 bits alone.
#define INTEGER_INSERT_FIELD           42
#define INTEGER_EXTRACT_FIELD_SIGNED   43
#define INTEGER_EXTRACT_FIELD_UNSIGNED 44
#define INTEGER_REVERSE_BITS           45
#define INTEGER_COUNT_BITS             46
#define INTEGER_FIND_LOWEST            47
#define INTEGER_FIND_HIGHEST_SIGNED    48
#define INTEGER_FIND_HIGHEST_UNSIGNED  49
#define INTEGER_OPERATION_COUNT        50

#define INTEGER_FIRST_OF_32_BITS INTEGER_INSERT_FIELD

// Kernels of up to four components work on whole vectors: what is given in elements is a multiple.
#define INTEGER_VECTOR_ELEMENTS 12
