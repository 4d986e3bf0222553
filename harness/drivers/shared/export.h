// Marks the few functions that a driver library exports; the rest is hidden.
#ifndef KRO_DRIVERS_EXPORT_H
#define KRO_DRIVERS_EXPORT_H

#define KRO__EXPORT __attribute__((visibility("default")))

#endif
