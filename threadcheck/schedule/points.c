#include "points.h"

#include <string.h>

#include "turn.h"

// Whether a place is one of those that a fault was planted in.
static bool is_planted(const char *const *parts, const ks_site *site)
{
    for (uint32_t i = 0; i < KS_MAX_PLANTS && parts[i]; i++)
        if (strstr(site->text, parts[i]))
            return true;
    return false;
}

bool ks_is_torn(const ks_site *site)
{
    return ks_is_managed() && is_planted(ks_now.config.plants.torn, site);
}

bool ks_is_blind(const ks_site *site)
{
    return ks_is_managed() && is_planted(ks_now.config.plants.blind, site);
}

bool ks_is_unlocked(const ks_site *site)
{
    return is_planted(ks_now.config.plants.unlocked, site);
}

void ks_point(const ks_site *site)
{
    if (ks_is_managed())
        ks_step(site, false);
}
