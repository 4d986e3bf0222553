// Behind each inclusion of planted_spirv.def; included more than once.
#undef SWAP
#undef DROP
#undef ZERO
#undef PASS
#undef EXCHANGE
#undef NUDGE
#undef RELAX
#undef GROUP
#undef BUILT_IN
#undef UNDECORATE
#undef GLSL
#undef GLSL_ZERO
#undef BARE
