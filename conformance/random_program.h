// Random sequences of operations on shared buffers and several streams, and what they must leave
// behind: a host model runs them one after another while they are made.
//
// A program orders its streams only where it must: where an operation shares bytes with one of
// another stream, a post (submit, publish the fence) and an await (wait for it) come between them.
// Everything else may run in any order and must not change a byte.
#ifndef CONFORMANCE_RANDOM_PROGRAM_H
#define CONFORMANCE_RANDOM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RANDOM_MAX_STREAMS = 4,
    RANDOM_MAX_BUFFERS = 5,
    RANDOM_MAX_RANGES = 3,
    RANDOM_MAX_OPS = 256,
    RANDOM_MAX_SLOTS = 128,
    RANDOM_MAX_BYTES = 2560, // of one buffer
    RANDOM_DATA_BYTES = 128 * 1024,
};

typedef enum random_kind {
    RANDOM_AFFINE,       // ranges: words
    RANDOM_XOR_REVERSED, // ranges: from, to
    RANDOM_ADD_SCALED,   // ranges: x, y, sum
    RANDOM_ADD_ATOMIC,   // ranges: from, total
    RANDOM_COPY,         // ranges: from, to
    RANDOM_FILL,
    RANDOM_WRITE,
    RANDOM_READ,
    RANDOM_HOST_WRITE, // kro_buffer_write
    RANDOM_HOST_READ,  // kro_buffer_read
    RANDOM_BARRIER,
    RANDOM_SUBMIT,
    RANDOM_FINISH,
    RANDOM_POST,  // submit and publish the fence in `slot`
    RANDOM_AWAIT, // wait for `slot` to be published, then make the stream wait for it
} random_kind;

typedef struct random_range {
    uint32_t buffer, offset_bytes, size_bytes;
    bool reads, writes;
} random_range;

typedef struct random_op {
    random_kind kind;
    uint32_t stream;
    uint32_t range_count;
    random_range ranges[RANDOM_MAX_RANGES];
    uint32_t factor, addend;
    bool indirect;    // dispatches: the workgroup count comes from the program's groups buffer
    bool independent; // dispatches: marked as such, and it is
    uint32_t slot;
    uint32_t data; // writes: where the bytes are in `data`; reads: where they belong in `results`
} random_op;

typedef struct random_program {
    uint64_t seed;
    uint32_t stream_count, buffer_count, op_count, slot_count;
    uint32_t batch_nodes[RANDOM_MAX_STREAMS]; // 0: the default
    uint32_t sizes[RANDOM_MAX_BUFFERS];
    uint32_t memory[RANDOM_MAX_BUFFERS]; // kro_memory
    random_op ops[RANDOM_MAX_OPS];
    uint8_t data[RANDOM_DATA_BYTES];
    uint32_t data_bytes, result_bytes;
    uint8_t initial[RANDOM_MAX_BUFFERS][RANDOM_MAX_BYTES];
    uint8_t expected[RANDOM_MAX_BUFFERS][RANDOM_MAX_BYTES];
    uint8_t expected_results[RANDOM_DATA_BYTES];
} random_program;

// Makes the program of a seed: the same on every machine.
void random_program_make(random_program *program, uint64_t seed);

// Gives a dispatch other arguments: what it computes with, and ranges of the program's buffers.
void random_op_redraw(const random_program *program, random_op *op, uint64_t seed);

// Runs an operation on the model: program->expected and program->expected_results.
void random_op_model(random_program *program, const random_op *op);

bool random_op_is_dispatch(const random_op *op);

// Whether an operation reads and writes through a stream, not the host or nothing.
bool random_op_on_device(const random_op *op);

#endif
