// Keeps what seldom runs out of what often does.
#ifndef KRO_SRC_ASIDE_H
#define KRO_SRC_ASIDE_H

// A function that its callers call and never take in: they stay short, and where it is the only
// call they make, they save no registers.
#if defined(__GNUC__)
#define KRO__ASIDE __attribute__((noinline))
#else
#define KRO__ASIDE
#endif

#endif
