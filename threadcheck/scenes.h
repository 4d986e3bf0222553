// Scenes that tests of the suite itself play, too.
#ifndef THREADCHECK_SCENES_H
#define THREADCHECK_SCENES_H

#include "explore.h"

// lifetimes.c: objects that threads make and destroy in the middle of their work.
void play_objects(const stage *on);
// lifetimes.c: a buffer that another thread destroys while it is recorded or submitted.
void play_destroyed_in_use(const stage *on);

#endif
