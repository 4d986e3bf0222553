// Litmus programs made wrong on purpose. A mutant's outcome is allowed, so it should be seen; how
// many mutants are seen says how well forbidden outcomes would be.
#ifndef CONFORMANCE_LITMUS_MUTANTS_H
#define CONFORMANCE_LITMUS_MUTANTS_H

#include "program.h"

enum { LITMUS_MUTANTS = 12 };

typedef enum litmus_class {
    LITMUS_REVERSAL = 0, // a role in the other order: taking turns is enough to show the outcome
    LITMUS_WEAKENING,    // a program that asks for less: the device must reorder to show it
    LITMUS_FAULT,        // the test as a driver with a fault would run it, all roles alike
    LITMUS_CLASSES,
} litmus_class;

typedef struct litmus_mutant {
    litmus_program program;
    litmus_class class;
    bool race;       // Vulkan promises nothing of it
    bool x86_allows; // with no fence at all, x86 processors may show it
    bool turns_do;   // a device that runs one access after the other may show it, too
} litmus_mutant;

// All mutants of a program whose outcome, forbidden to the program, Vulkan allows.
uint32_t litmus_mutants_make(const litmus_program *program, litmus_mutant out[LITMUS_MUTANTS]);

const char *litmus_class_name(litmus_class class);

#endif
