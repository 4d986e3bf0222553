// A device opened in Vulkan written by hand, through the same loader or driver library as a scene's
// context.
#ifndef KP_OPENERS_H
#define KP_OPENERS_H

#include "scene.h"

// Makes an instance, finds the scene's device, makes a device with a queue of the same family and
// the first things that every program needs (a command buffer and a fence), and destroys it all.
// KRO_ERROR_DRIVER after any Vulkan call that failed, or where the device is not there.
kro_status kp_open_by_hand(const kp_scene *scene);

#endif
