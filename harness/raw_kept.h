// Raw devices that stay open from case to case, as the shared context does: opening one takes a
// GPU's driver a tenth of a second, which is longer than most cases take.
#ifndef KT_RAW_KEPT_H
#define KT_RAW_KEPT_H

#include "raw.h"

struct kt_session;

// Keeps a device that was made as `config` says on the session's shared context; what it owns
// remains the case's.
void kt_raw_keep(struct kt_session *session, const kt_raw_config *config, const kt_raw *raw);

// Fills `out` with a device that is kept, and which owns nothing.
//
// Returns: whether there is one that was made so.
bool kt_raw_find_kept(const struct kt_session *session, const kt_raw_config *config, kt_raw *out);

// Destroys all of them, before the context goes that they are on.
void kt_raw_close_kept(struct kt_session *session);

#endif
