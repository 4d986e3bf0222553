// Scenes that belong to a case.
#ifndef SCENES_H
#define SCENES_H

#include "scene.h"
#include "test.h"

// A batch of a pattern, small where the pattern has sizes.
kp_work work_of(kp_pattern pattern, uint32_t times);

// A scene on the null driver, which submits a batch at once however long it is; NULL, and a
// failure, where it cannot be.
kp_scene *scene_on_null(kt_test *t);
// The same on the run's device.
kp_scene *scene_on_device(kt_test *t);

#endif
