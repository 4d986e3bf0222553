// IN_SCOPE_NAME(): an operation in the scope IN_SCOPE, in the memory order that the host asks for.
#define JOINED_(a, b) a##b
#define JOINED(a, b)  JOINED_(a, b)

#define NAME    JOINED(IN_SCOPE_NAME, _relaxed)
#define LOADING gl_SemanticsRelaxed
#define STORING gl_SemanticsRelaxed
#define BOTH    gl_SemanticsRelaxed
#include "atomic_order.glsl"
#define NAME    JOINED(IN_SCOPE_NAME, _acquire)
#define LOADING gl_SemanticsAcquire
#define STORING gl_SemanticsRelaxed
#define BOTH    gl_SemanticsAcquire
#include "atomic_order.glsl"
#define NAME    JOINED(IN_SCOPE_NAME, _release)
#define LOADING gl_SemanticsRelaxed
#define STORING gl_SemanticsRelease
#define BOTH    gl_SemanticsRelease
#include "atomic_order.glsl"
#define NAME    JOINED(IN_SCOPE_NAME, _acquire_release)
#define LOADING gl_SemanticsAcquire
#define STORING gl_SemanticsRelease
#define BOTH    gl_SemanticsAcquireRelease
#include "atomic_order.glsl"

T IN_SCOPE_NAME(uint word, T value, T other, bool first)
{
    switch (order) {
    case ATOMIC_RELAXED: return JOINED(IN_SCOPE_NAME, _relaxed)(word, value, other, first);
    case ATOMIC_ACQUIRE: return JOINED(IN_SCOPE_NAME, _acquire)(word, value, other, first);
    case ATOMIC_RELEASE: return JOINED(IN_SCOPE_NAME, _release)(word, value, other, first);
    default: return JOINED(IN_SCOPE_NAME, _acquire_release)(word, value, other, first);
    }
}

#undef JOINED
#undef JOINED_
#undef IN_SCOPE
#undef IN_SCOPE_NAME
