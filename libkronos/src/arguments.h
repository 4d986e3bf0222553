// The buffers of a dispatch against what its shader declares.
#ifndef KRO_SRC_ARGUMENTS_H
#define KRO_SRC_ARGUMENTS_H

#include <kronos/stream.h>

#include "pipeline.h"
#include "stream.h"

// Puts the caller's buffers at their slots in stream->arguments, which has room, and checks each
// against the shader and the device. Sizes of 0 become the rest of the buffer.
kro_status kro__arguments_resolve(kro_stream *stream, const kro_pipeline *pipeline,
                                  const kro_dispatch_args *args);

// Whether a dispatch on this stream may use a buffer: same context, not mapped.
kro_status kro__argument_check_buffer(const kro_stream *stream, const kro_pipeline *pipeline,
                                      const kro_buffer *buffer);

#endif
