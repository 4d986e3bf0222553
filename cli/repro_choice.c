#include "repro_choice.h"

#include <string.h>

#include "arguments.h"

// The arrays that the case found wrong first, or else the last ones; NULL: it compared none, or
// failed before for another reason.
static const cli_arrays *find_arrays(const cli_capture *capture)
{
    const cli_arrays *found = NULL;
    for (size_t i = 0; i < capture->arrays_count; i++) {
        const cli_arrays *arrays = &capture->arrays[i];
        if (!arrays->head.right)
            return arrays;
        if (arrays->head.size_bytes)
            found = arrays;
    }
    return capture->failure ? NULL : found;
}

// Looks for the actual bytes in what a dispatch left in a region; with `changed`, only where it
// changed one of them.
static bool find_in_region(const cli_dispatch *dispatch, uint32_t region, const cli_arrays *arrays,
                           bool changed, uint64_t *offset_bytes)
{
    const uint64_t start = cli_dispatch_region_start(dispatch, region);
    const unsigned char *before = dispatch->before + start, *after = dispatch->after + start;
    const uint64_t whole = cli_dispatch_region_bytes(dispatch, region);
    const size_t wanted = (size_t)arrays->head.size_bytes;
    for (uint64_t at = 0; at + wanted <= whole; at++) {
        const unsigned char *found =
            memmem(after + at, (size_t)(whole - at), arrays->actual, wanted);
        if (!found)
            return false;
        at = (uint64_t)(found - after);
        *offset_bytes = at;
        if (!changed || memcmp(before + at, found, wanted) != 0)
            return true;
    }
    return false;
}

static bool is_whole(const cli_dispatch *dispatch)
{
    return !dispatch->head.lack && dispatch->before && dispatch->after;
}

static bool find_in_dispatch(cli_choice *choice, bool changed)
{
    for (uint32_t r = 0; r < choice->dispatch->head.region_count; r++)
        if (find_in_region(choice->dispatch, r, choice->arrays, changed, &choice->offset_bytes)) {
            choice->region = r;
            choice->size_bytes = choice->arrays->head.size_bytes;
            return true;
        }
    return false;
}

// The newest dispatch before the comparison that wrote what was compared.
static bool find_writer(const cli_capture *capture, size_t number, cli_choice *out)
{
    for (int changed = 1; changed >= 0; changed--)
        for (size_t i = out->arrays->dispatch_count; i-- > 0;) {
            out->dispatch = &capture->dispatches[i];
            out->number = i + 1;
            if ((!number || number == i + 1) && is_whole(out->dispatch) &&
                find_in_dispatch(out, changed))
                return true;
        }
    return false;
}

// All that a dispatch changed in the first region that it changed; all of the last one where it
// changed nothing, or did not come to its end.
static void take_changes(cli_choice *out)
{
    const cli_dispatch *dispatch = out->dispatch;
    for (uint32_t r = 0; r < dispatch->head.region_count; r++) {
        const uint64_t start = cli_dispatch_region_start(dispatch, r);
        uint64_t begin = 0, end = cli_dispatch_region_bytes(dispatch, r);
        out->region = r;
        out->offset_bytes = 0;
        out->size_bytes = end;
        if (!dispatch->after)
            continue;
        const unsigned char *before = dispatch->before + start, *after = dispatch->after + start;
        while (begin < end && before[begin] == after[begin])
            begin++;
        while (end > begin && before[end - 1] == after[end - 1])
            end--;
        if (begin == end)
            continue;
        out->offset_bytes = begin;
        out->size_bytes = end - begin;
        return;
    }
}

static bool check(const cli_choice *choice, kt_text *problem)
{
    switch ((kro__capture_lack)choice->dispatch->head.lack) {
    case KRO__CAPTURE_COMPLETE:
        return choice->dispatch->head.region_count > 0 ||
               kt_refuse(problem, "dispatch %zu uses no buffer: nothing of it is to be seen",
                         choice->number);
    case KRO__CAPTURE_ADDRESSES:
        return kt_refuse(problem,
                         "dispatch %zu reaches memory by its address, which is another one in each "
                         "process",
                         choice->number);
    case KRO__CAPTURE_LARGE:
        return kt_refuse(problem, "dispatch %zu uses more than 256 MiB of buffers", choice->number);
    case KRO__CAPTURE_UNKNOWN:
        break;
    }
    return kt_refuse(problem, "what dispatch %zu uses could not be recorded", choice->number);
}

bool cli_choose(const cli_capture *capture, size_t number, cli_choice *out, kt_text *problem)
{
    *out = (cli_choice){.arrays = find_arrays(capture)};
    if (number > capture->dispatch_count)
        return kt_refuse(problem, "--dispatch %zu: the case makes %zu", number,
                         capture->dispatch_count);
    if (out->arrays && find_writer(capture, number, out))
        return true;
    // What failed without arrays was seen after the dispatch ahead of it.
    const size_t last = capture->failure && capture->failed_dispatch ? capture->failed_dispatch
                                                                     : capture->dispatch_count;
    out->number = number ? number : last;
    out->dispatch = &capture->dispatches[out->number - 1];
    out->arrays = NULL;
    if (!check(out, problem))
        return false;
    take_changes(out);
    return true;
}
