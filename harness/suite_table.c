// The table of one suite; kronos_add_suite compiles this file into each, with KT_SUITE,
// KT_SUITE_DEVICE and where there are lists of its cases KT_LISTS defined, and the suite's folder
// on the include path.
#include "suite.h"

#define KT_TEXT_(a) #a
#define KT_TEXT(a)  KT_TEXT_(a)
#define KT_TABLE    KT_JOIN(kt_suite_, KT_SUITE, )

#define TEST_GROUP(name_) {.group = #name_},
#define TEST_ENTRY(name_, needs_, tier_) \
    {.name = #name_, .needs = (needs_), .tier = KT_TIER_##tier_, .run = KT_CASE(name_)},
#define TEST_FAMILY(name_, needs_, tier_, enumerate_) \
    {.name = #name_,                                  \
     .needs = (needs_),                               \
     .tier = KT_TIER_##tier_,                         \
     .run_param = KT_CASE(name_),                     \
     .enumerate = KT_CASE(enumerate_)},
static const kt_entry ENTRIES[] = {
#include "tests.def"
};

#ifdef KT_LISTS // the suite has a folder of them
extern const kt_embedded KT_LISTS[];
#else
#define KT_LISTS NULL
#endif

extern const kt_suite KT_TABLE;
const kt_suite KT_TABLE = {
    .name = KT_TEXT(KT_SUITE),
    .device = KT_SUITE_DEVICE,
    .entries = ENTRIES,
    .entry_count = sizeof ENTRIES / sizeof ENTRIES[0],
    .lists = KT_LISTS,
};
