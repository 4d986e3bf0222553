// A kernel that multiplies cooperative matrices and adds one, written word by word: the shader
// tools of Debian 12 do not know them.
#ifndef CONFORMANCE_COOPERATIVE_KERNEL_H
#define CONFORMANCE_COOPERATIVE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cooperative_matrix {
    COOPERATIVE_A,      // m rows, k columns
    COOPERATIVE_B,      // k rows, n columns
    COOPERATIVE_C,      // m rows, n columns
    COOPERATIVE_RESULT, // the same: A times B plus C
    COOPERATIVE_MATRICES,
} cooperative_matrix;

typedef struct cooperative_type {
    uint32_t bits; // 8, 16 or 32
    bool is_float, is_signed;
} cooperative_type;

// Matrix i is in binding i of set 0, an array of which each workgroup has a part.
typedef struct cooperative_kernel {
    uint32_t m, n, k;
    cooperative_type types[COOPERATIVE_MATRICES];
    uint32_t strides[COOPERATIVE_MATRICES];    // elements from one row, or column, to the next
    uint32_t tile_sizes[COOPERATIVE_MATRICES]; // elements from one workgroup's to the next's
    bool by_columns;                           // as the matrices lie in memory
    bool saturates;
    uint32_t group_size; // invocations of a workgroup, which are one subgroup
} cooperative_kernel;

// Rows and columns of a matrix.
uint32_t cooperative_rows(const cooperative_kernel *kernel, cooperative_matrix which);
uint32_t cooperative_columns(const cooperative_kernel *kernel, cooperative_matrix which);

// Writes the module.
//
// Returns: how many words it has; 0 where there was no room.
size_t cooperative_kernel_write(const cooperative_kernel *kernel, uint32_t *words, size_t room);

#endif
