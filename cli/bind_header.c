#include "bind_header.h"

#include <inttypes.h>
#include <string.h>

#include "bind_constants.h"
#include "bind_dispatch.h"
#include "bind_names.h"
#include "bind_push.h"
#include "fail.h"
#include "reflect.h"
#include "reflect_module.h"

static void append_head(const cli_bind_request *request, const kro__reflection *reflection,
                        const char *capitals, kt_text *out)
{
    kt_text_format(out, "// Made by kronos bind from ");
    cli_append_in_comment(out, request->file);
    kt_text_format(out, ", entry point ");
    cli_append_in_comment(out, reflection->entry_point);
    kt_text_format(out, ". Do not edit.\n#ifndef %s_BIND_H\n#define %s_BIND_H\n\n", capitals,
                   capitals);
    kt_text_format(out, "#include <assert.h>\n#include <math.h>\n#include <stdbool.h>\n"
                        "#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n"
                        "#include <kronos/kronos.h>\n\n");
    kt_text_format(out, "// Invocations of a workgroup%s.\n",
                   reflection->constant_count ? ", where no constant changes them" : "");
    for (int i = 0; i < 3; i++)
        kt_text_format(out, "#define %s_LOCAL_SIZE_%c %" PRIu32 "u\n", capitals, "XYZ"[i],
                       reflection -> local_size[i]);
    kt_text_format(out, "\n");
}

kro_status cli_bind_header(const cli_bind_request *request, kt_text *out, kt_text *problem)
{
    kro__module module;
    kro__reflection reflection;
    kro_status status =
        kro__reflect_tables(request->spirv, request->spirv_bytes, request->entry_point, NULL, 0,
                            request->file, &module, &reflection);
    if (status < 0) {
        kt_text_format(problem, "%s", kro__detail());
        return status;
    }
    kt_text capitals = {0}, reason = {0};
    cli_append_capitals(&capitals, request->name);
    append_head(request, &reflection, kt_text_string(&capitals), out);
    if (!cli_bind_constants(&module, &reflection, request->name, out, &reason) ||
        !cli_bind_push(&module, &reflection, request->name, out, &reason) ||
        !cli_bind_dispatch(&reflection, request->name, out, &reason)) {
        kt_text_format(problem, "shader '%s': %s", request->file, kt_text_string(&reason));
        status = KRO_ERROR_UNSUPPORTED;
    }
    kt_text_format(out, "\n#endif\n");
    kt_text_finish(&reason);
    kt_text_finish(&capitals);
    kro__module_finish(&module);
    kro__reflection_finish(&reflection);
    return status;
}
