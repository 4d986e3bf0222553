// What Vulkan lets expressions return whose operations each have a bound: the precision table says
// of many functions that they are as precise as an expression is ("inherited from").
//
// A range holds every number that an operation may have returned, given that its operands are
// anywhere in theirs. Ends are numbers of the format or lie outside of what is allowed by less than
// 2^-40 of themselves. Where an operation may return anything, NaN included, the range is
// unbounded, and so is whatever is computed from it.
#ifndef PRECISION_INTERVAL_H
#define PRECISION_INTERVAL_H

#include "exact.h"

exact_range interval_of(double value);
exact_range interval_unbounded(void);
bool interval_is_unbounded(exact_range x);

// Everything within `slack` of a range: beyond the largest number stands infinity, and what is
// denormal may be zero.
exact_range interval_widen(const exact_format *format, exact_range x, double slack);

// Everything that is so far from a number at most.
exact_range interval_around(const exact_format *format, double number, double distance);

// How far a number of units in the last place is at an exact result. Vulkan's bounds of double
// precision are those of single precision, and so are its units here.
double interval_ulps(const exact_format *format, double exact, double count);

// Correctly rounded operations.
exact_range interval_add(const exact_format *format, exact_range x, exact_range y);
exact_range interval_subtract(const exact_format *format, exact_range x, exact_range y);
exact_range interval_multiply(const exact_format *format, exact_range x, exact_range y);
exact_range interval_floor(exact_range x);
exact_range interval_trunc(exact_range x);
exact_range interval_clamp(exact_range x, double low, double high);

// Operations with a bound of their own.
exact_range interval_divide(const exact_format *format, exact_range x, exact_range y);
exact_range interval_sqrt(const exact_format *format, exact_range x);
exact_range interval_inverse_sqrt(const exact_format *format, exact_range x);
exact_range interval_exp(const exact_format *format, exact_range x);
exact_range interval_exp2(const exact_format *format, exact_range x);
exact_range interval_log(const exact_format *format, exact_range x);
exact_range interval_log2(const exact_format *format, exact_range x);
// y of one sign, x anywhere.
exact_range interval_atan2(const exact_format *format, exact_range y, exact_range x);

// How far such an operation may be off where its exact result is `exact`.
double interval_exp_slack(const exact_format *format, double x, double exact);
double interval_log_slack(const exact_format *format, double x, double exact);
double interval_atan_slack(const exact_format *format, double exact);
bool interval_log_is_absolute(double x);

#endif
