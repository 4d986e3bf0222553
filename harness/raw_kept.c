#include "raw_kept.h"

#include <stdlib.h>

#include "session.h"
#include "text.h"

struct kt_raw_kept {
    kt_raw_config config;
    kt_raw raw;
    struct kt_raw_kept *next;
};

void kt_raw_keep(kt_session *session, const kt_raw_config *config, const kt_raw *raw)
{
    struct kt_raw_kept *kept = kt_memory(1, sizeof *kept);
    *kept = (struct kt_raw_kept){.config = *config, .raw = *raw, .next = session->raw_kept};
    kept->raw.t = NULL;
    kept->raw.owned = NULL;
    session->raw_kept = kept;
}

static bool same_config(const kt_raw_config *a, const kt_raw_config *b)
{
    return a->queue_count == b->queue_count && a->all_families == b->all_families &&
           a->robustness == b->robustness && a->descriptor_indexing == b->descriptor_indexing &&
           a->newer == b->newer;
}

bool kt_raw_find_kept(const kt_session *session, const kt_raw_config *config, kt_raw *out)
{
    for (const struct kt_raw_kept *kept = session->raw_kept; kept; kept = kept->next)
        if (same_config(&kept->config, config)) {
            *out = kept->raw;
            return true;
        }
    return false;
}

void kt_raw_close_kept(kt_session *session)
{
    while (session->raw_kept) {
        struct kt_raw_kept *kept = session->raw_kept;
        session->raw_kept = kept->next;
        kept->raw.vkDestroyDevice(kept->raw.device, NULL);
        free(kept);
    }
}
