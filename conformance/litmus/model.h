// Which outcomes a memory model allows a litmus program: found by trying every execution that it
// could have, and asking the model's axioms of each.
//
// An execution says of each read which write it takes its value from, and of each location in which
// order its writes happen. There are some hundreds of them at most, so the answer is a proof.
#ifndef CONFORMANCE_LITMUS_MODEL_H
#define CONFORMANCE_LITMUS_MODEL_H

#include "program.h"

typedef enum litmus_model {
    LITMUS_VULKAN = 0, // Vulkan's memory model
    LITMUS_TURNS,      // sequential consistency: one access after the other, in any order of roles
    LITMUS_X86,        // total store order, as x86 processors have it, with every fence left out
} litmus_model;

typedef struct litmus_verdict {
    bool allowed[LITMUS_OUTCOMES];
    // Some execution has a data race. Vulkan then promises nothing, and every outcome counts as
    // allowed.
    bool race;
    uint32_t executions; // how many were tried
} litmus_verdict;

// Judges every outcome of a program.
void litmus_judge(const litmus_program *program, litmus_model model, litmus_verdict *verdict);

// The first outcome from number `from` on that was seen, so often, though the model does not allow
// it; LITMUS_OUTCOMES where there is none.
uint32_t litmus_forbidden(const litmus_verdict *verdict, const uint64_t seen[LITMUS_OUTCOMES],
                          uint32_t from);

// Why Vulkan's model does not allow an outcome: how an execution that has it breaks the axiom, a
// sentence.
//
// Returns: the axiom's name, "consistency" or "visibility"; empty where no execution has the
// outcome.
const char *litmus_explain(const litmus_program *program, uint32_t outcome, char *text,
                           size_t bytes);

#endif
