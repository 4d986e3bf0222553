// NAME(): an operation in the scope IN_SCOPE, with the memory semantics LOADING, STORING or BOTH. A
// load or a store is one where `first` is set, and an exchange otherwise.

// Relaxed operations name no storage.
#define STORAGE_OF(semantics) \
    ((semantics) == gl_SemanticsRelaxed ? gl_StorageSemanticsNone : STORAGE)
// SPIR-V's own instructions take both in one number.
#define AS_NUMBER(semantics) (STORAGE_OF(semantics) | (semantics))
#ifdef SCOPED_1
#define ORDERED , IN_SCOPE, STORAGE_OF(BOTH), BOTH
// A comparison that fails only loads.
#define ORDERED_TWICE , IN_SCOPE, STORAGE_OF(BOTH), BOTH, STORAGE_OF(LOADING), LOADING
#else
#define ORDERED
#define ORDERED_TWICE
#endif

T NAME(uint word, T value, T other, bool first)
{
    switch (OPERATION) {
#ifdef CLASS_integer
    case ATOMIC_SUBTRACT: return atomic_subtract(WORD(word), IN_SCOPE, AS_NUMBER(BOTH), value);
    case ATOMIC_INCREMENT: return atomic_increment(WORD(word), IN_SCOPE, AS_NUMBER(BOTH));
    case ATOMIC_DECREMENT: return atomic_decrement(WORD(word), IN_SCOPE, AS_NUMBER(BOTH));
    case ATOMIC_AND: return atomicAnd(WORD(word), value ORDERED);
    case ATOMIC_OR: return atomicOr(WORD(word), value ORDERED);
    case ATOMIC_XOR: return atomicXor(WORD(word), value ORDERED);
    case ATOMIC_COMPARE: return atomicCompSwap(WORD(word), other, value ORDERED_TWICE);
#endif
#if defined CLASS_integer || defined CLASS_add
    case ATOMIC_ADD: return atomicAdd(WORD(word), value ORDERED);
#endif
#if defined CLASS_integer || defined CLASS_bounds
    case ATOMIC_MIN: return atomicMin(WORD(word), value ORDERED);
    case ATOMIC_MAX: return atomicMax(WORD(word), value ORDERED);
#endif
#if defined CLASS_integer || defined CLASS_exchange
    case ATOMIC_EXCHANGE: return atomicExchange(WORD(word), value ORDERED);
    case ATOMIC_LOAD:
        if (first)
            return atomicLoad(WORD(word), IN_SCOPE, STORAGE_OF(LOADING), LOADING);
        return atomicExchange(WORD(word), value ORDERED);
    case ATOMIC_STORE:
        if (first) {
            atomicStore(WORD(word), value, IN_SCOPE, STORAGE_OF(STORING), STORING);
            return value;
        }
        return atomicExchange(WORD(word), value ORDERED);
#endif
    default: return T(0);
    }
}

#undef NAME
#undef LOADING
#undef STORING
#undef BOTH
#undef ORDERED
#undef ORDERED_TWICE
#undef AS_NUMBER
#undef STORAGE_OF
