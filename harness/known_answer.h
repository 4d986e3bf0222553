// A dispatch whose answer is known: whether the machine still computes at all.
#ifndef KT_KNOWN_ANSWER_H
#define KT_KNOWN_ANSWER_H

#include "cases.h"

// Fails where the run's device cannot be opened, or does not give the answer. Belongs to no suite.
// Of the null driver, which suites may run on though it computes nothing, no answer is asked.
extern const kt_case kt_known_answer;
// The same for whoever needs a device that computes.
extern const kt_case kt_computed_answer;

#endif
