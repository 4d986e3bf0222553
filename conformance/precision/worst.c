// Inputs that are known as worst, of single precision.
//
// Who finds a driver with a worse error adds its input: `max_of_bound_at` of the certificate of the
// full tier, or of the largest that was run. Other formats are covered whole, or have no list.
#include "inputs.h"

static const struct {
    uint32_t operation;
    double x[PRECISION_OPERANDS];
} WORST[] = {
    // Where drivers come closest to their bounds or go beyond them.
    // llvmpipe 22.3.6.
    {PRECISION_SQRT, {0x1.000002p-126}},
    {PRECISION_INVERSE_SQRT, {0x1.019566p-70}},
    {PRECISION_RECIPROCAL, {-0x1.fffffep+125}},
    {PRECISION_RADIANS, {-0x1.7fb93ap+109}},
    {PRECISION_DEGREES, {-0x1.1e07c4p+58}},
    {PRECISION_SIN, {-0x1.2bd78ap+1}},
    {PRECISION_COS, {0x1.3220c4p+1}},
    {PRECISION_TAN, {-0x1.97a548p-1}},
    {PRECISION_ASIN, {0x1.aed4eep-1}},
    {PRECISION_ACOS, {0x1.ff00f6p-1}},
    {PRECISION_ATAN, {0x1.ff4342p-9}},
    {PRECISION_SINH, {-0x1.6df33cp+5}},
    {PRECISION_COSH, {0x1.c3c6eep-5}},
    {PRECISION_TANH, {-0x1.848864p-7}},
    {PRECISION_ASINH, {0x1.a823bp+1}},
    {PRECISION_ACOSH, {0x1.001042p+0}},
    {PRECISION_ATANH, {-0x1.96ae26p-2}},
    {PRECISION_EXP, {-0x1.7254e8p-5}},
    {PRECISION_EXP2, {-0x1.e84c6ep-5}},
    {PRECISION_LOG, {0x1.fff99cp-127}},
    {PRECISION_LOG2, {0x1.fffbdcp-127}},
    {PRECISION_DIVIDE, {-0x1.fffffep-6, -0x1.8p+122}},
    {PRECISION_ATAN2, {-0x1.d6dfd2p-59, 0x1.d7466ap-8}},
    {PRECISION_POW, {0x1.38cb12p-23, 0x1.6ec1b4p-9}},
    {PRECISION_LENGTH, {-0x1.f81098p-76, 0x1.f81018p-76}},
    {PRECISION_NORMALIZE, {0x1.a379fep-123, -0x1.9d1ea8p+27}},
    {PRECISION_EXP, {-0x1.44d3f4p-5}},
    // SwiftShader 5.0.
    {PRECISION_SQRT, {0x1p-149}},
    {PRECISION_DEGREES, {-0x1.3af8cap+98}},
    {PRECISION_SIN, {-0x1.bd6b24p+0}},
    {PRECISION_COS, {-0x1.7c6e64p+1}},
    {PRECISION_TAN, {-0x1.705f04p+1}},
    {PRECISION_ASIN, {0x1.00f2c4p-1}},
    {PRECISION_ATAN, {-0x1.31c45p+0}},
    {PRECISION_COSH, {0x1.571f6ep-2}},
    {PRECISION_TANH, {-0x1.5378bep-9}},
    {PRECISION_ASINH, {0x1.c759c8p+1}},
    {PRECISION_ACOSH, {0x1.9d0db6p+1}},
    {PRECISION_ATANH, {-0x1.612392p-2}},
    {PRECISION_EXP, {-0x1.817c46p-5}},
    {PRECISION_EXP2, {-0x1.1957a6p-4}},
    {PRECISION_LOG, {0x1.ec4258p-2}},
    {PRECISION_DIVIDE, {-0x1p+127, -0x1.fffffep+11}},
    {PRECISION_ATAN2, {-0x1.dec18ap+20, 0x1.d4ce7ap+20}},
    {PRECISION_POW, {0x1.7b8596p-7, 0x1.7b8416p-7}},
    {PRECISION_LENGTH, {-0x1.edbb54p-64, -0x1.edbb14p-64}},
    {PRECISION_NORMALIZE, {-0x1.1f4766p-63, -0x1.4bc5d4p-65}},
    {PRECISION_LOG, {0x1.cde556p-2}},
    // NVIDIA 580.159.
    {PRECISION_INVERSE_SQRT, {0x1.040732p-126}},
    {PRECISION_RECIPROCAL, {-0x1.039ffep+125}},
    {PRECISION_SIN, {-0x1.4e9824p-1}},
    {PRECISION_COS, {-0x1.c23b94p+0}},
    {PRECISION_TAN, {-0x1.af75a4p+0}},
    {PRECISION_ASIN, {-0x1.a8c83p-1}},
    {PRECISION_ACOS, {0x1.520142p-1}},
    {PRECISION_ATAN, {-0x1.0f95bep+0}},
    {PRECISION_SINH, {-0x1.68631cp+5}},
    {PRECISION_TANH, {-0x1.3ffcap-1}},
    {PRECISION_EXP, {-0x1.bbc998p-5}},
    {PRECISION_EXP2, {-0x1.402p-4}},
    {PRECISION_LOG, {0x1.ba660ep-2}},
    {PRECISION_LOG, {0x1.8dbf5ep-2}},
    {PRECISION_LOG2, {0x1.0adfdep-2}},
    // Where results overflow, become denormal and become zero.
    {PRECISION_EXP, {0x1.62e42ep6}},
    {PRECISION_EXP, {0x1.62e43p6}},
    {PRECISION_EXP, {-0x1.5d589ep6}},
    {PRECISION_EXP, {-0x1.5d58ap6}},
    {PRECISION_EXP, {-0x1.9fe368p6}},
    {PRECISION_SINH, {0x1.65a9f8p6}},
    {PRECISION_SINH, {0x1.65a9fap6}},
    {PRECISION_COSH, {0x1.65a9f8p6}},
    {PRECISION_COSH, {0x1.65a9fap6}},
    // The ends of the range in which sine and cosine are bounded, and multiples of a quarter.
    {PRECISION_SIN, {0x1.921fb4p1}},
    {PRECISION_SIN, {-0x1.921fb4p1}},
    {PRECISION_SIN, {0x1.921fb6p0}},
    {PRECISION_SIN, {0x1.921fb6p-1}},
    {PRECISION_COS, {0x1.921fb4p1}},
    {PRECISION_COS, {0x1.921fb4p0}},
    {PRECISION_COS, {0x1.921fb6p0}},
    {PRECISION_COS, {0x1.921fb6p-1}},
    {PRECISION_TAN, {0x1.921fb4p0}},
    {PRECISION_TAN, {0x1.921fb6p0}},
    {PRECISION_TAN, {0x1.921fb6p-1}},
    // The numbers with the last halves.
    {PRECISION_ROUND, {0x1.fffffep-2}},
    {PRECISION_ROUND, {0x1.000002p-1}},
    {PRECISION_ROUND, {0x1.000002p22}},
    {PRECISION_ROUND, {0x1.000002p23}},
    {PRECISION_ROUND_EVEN, {2.5}},
    {PRECISION_ROUND_EVEN, {0x1.000002p22}},
    {PRECISION_ROUND_EVEN, {0x1.000002p23}},
    {PRECISION_FRACT, {-0x1p-25}},
    {PRECISION_FRACT, {-0x1.000002p-25}},
};

enum { WORST_COUNT = sizeof WORST / sizeof WORST[0] };

uint64_t precision_known_worst_count(void)
{
    return WORST_COUNT;
}

void precision_add_known_worst(precision_inputs *self, uint32_t operation)
{
    if (self->format != &exact_single)
        return;
    for (int i = 0; i < WORST_COUNT; i++)
        if (WORST[i].operation == operation)
            precision_add_numbers(self, WORST[i].x);
}
