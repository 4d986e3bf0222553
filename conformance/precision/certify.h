// A tally as the certificate of a case.
#ifndef PRECISION_CERTIFY_H
#define PRECISION_CERTIFY_H

#include "tally.h"
#include "test.h"

// Certifies the tally, and fails the case where a result is not allowed.
void precision_certify(kt_test *t, const precision_tally *tally);

#endif
