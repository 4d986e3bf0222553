#include "groups.h"

#include "fail.h"

// Reads groups or threads as three counts, with the rules for zeros. `*empty` says that nothing
// runs.
static kro_status read_counts(const kro_dispatch_args *args, const char *label,
                              const uint32_t *given, uint32_t counts[3], bool *empty)
{
    uint32_t used = args->dims;
    while (args->dims == 0 && used < 3 &&
           (given[used] || (used < 2 && given[used + 1]) || (used < 1 && given[2])))
        used++;
    if (used == 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' has no groups and no threads; set one of them, or dims "
                         "for an empty dispatch",
                         label);
    for (uint32_t i = 0; i < 3; i++) {
        counts[i] = i < used ? given[i] : 1;
        if (i >= used && given[i] != 0)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "dispatch of '%s' has dims %u and a count of %u in dimension %u",
                             label, args->dims, given[i], i);
        if (counts[i] != 0)
            continue;
        if (args->dims == 0)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "dispatch of '%s' has 0 in dimension %u before a count; set dims for "
                             "an empty dispatch",
                             label, i);
        *empty = true;
    }
    return KRO_OK;
}

bool kro__any_count(const uint32_t counts[3])
{
    return counts[0] || counts[1] || counts[2];
}

kro_status kro__resolve_groups(const kro_dispatch_args *args, const uint32_t local_size[3],
                               const uint32_t max_groups[3], const char *label, uint32_t groups[3],
                               bool *empty)
{
    *empty = false;
    if (args->dims > 3)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "dispatch of '%s' has dims %u; 1 to 3 are",
                         label, args->dims);
    if (kro__any_count(args->groups) && kro__any_count(args->threads))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "dispatch of '%s' has groups and threads; give one of them", label);
    bool by_threads = kro__any_count(args->threads);
    kro_status status =
        read_counts(args, label, by_threads ? args->threads : args->groups, groups, empty);
    if (status < 0)
        return status;
    for (int i = 0; i < 3; i++) {
        uint64_t local = local_size[i];
        if (by_threads)
            groups[i] = (uint32_t)((groups[i] + local - 1) / local);
        if (groups[i] > max_groups[i])
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "dispatch of '%s' has %u workgroups in dimension %d; the device "
                             "allows %u (limits.max_groups)",
                             label, groups[i], i, max_groups[i]);
    }
    return KRO_OK;
}
