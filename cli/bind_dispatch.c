#include "bind_dispatch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kronos/stream.h>

#include "arguments.h"
#include "bind_names.h"
#include "reflect.h"

// Parameters of a function; elements of its list of bindings.
enum { MAX_BINDINGS = 64, MAX_ELEMENTS = 1024 };

typedef struct writer {
    const kro__reflection *reflection;
    const char *name;
    const char *parameters[MAX_BINDINGS]; // a name for each binding
    uint32_t element_count;               // of the bindings that need the list
    kt_text *out;
} writer;

// Whether a binding fits kro_dispatch_args.buffers.
static bool is_simple(const kro_binding_info *binding)
{
    return binding->set == 0 && binding->binding < KRO_ARGS_BUFFERS && binding->count == 1;
}

static const char *access_text(const kro_binding_info *binding)
{
    if (binding->reads)
        return binding->writes ? "read and written" : "read";
    return binding->writes ? "written" : "unused: may be NULL";
}

static void append_bindings(writer *w)
{
    if (w->reflection->binding_count)
        kt_text_format(w->out, "// Buffers.\n");
    for (uint32_t i = 0; i < w->reflection->binding_count; i++) {
        const kro_binding_info *binding = &w->reflection->bindings[i];
        const char *const WORDS[] = {"SET", "BINDING"};
        const uint32_t NUMBERS[] = {binding->set, binding->binding};
        // Most shaders have set 0 alone.
        for (int j = binding->set == 0; j < 2; j++) {
            kt_text_format(w->out, "#define ");
            cli_append_capitals(w->out, w->name);
            kt_text_format(w->out, "_%s_", WORDS[j]);
            cli_append_capitals(w->out, w->parameters[i]);
            kt_text_format(w->out, " %" PRIu32 "u", NUMBERS[j]);
            if (j == 1) {
                kt_text_format(w->out, " // %s buffer%s, %s",
                               binding->kind == KRO_BINDING_UNIFORM ? "uniform" : "storage",
                               binding->count > 1 ? "s" : "", access_text(binding));
                kt_text_format(w->out, ", %" PRIu64 " bytes or more", binding->min_bytes);
            }
            kt_text_format(w->out, "\n");
        }
    }
    if (w->reflection->binding_count)
        kt_text_format(w->out, "\n");
}

static void append_signature(writer *w)
{
    kt_text_format(w->out,
                   "static inline kro_status %s_dispatch(\n    kro_stream *stream, "
                   "kro_pipeline *pipeline",
                   w->name);
    for (uint32_t i = 0; i < w->reflection->binding_count; i++) {
        bool array = w->reflection->bindings[i].count > 1;
        kt_text_format(w->out, ",\n    kro_buffer *%s%s", array ? "const *" : "", w->parameters[i]);
        if (array)
            kt_text_format(w->out, " /* [%" PRIu32 "] */", w->reflection->bindings[i].count);
    }
    if (w->reflection->push_bytes)
        kt_text_format(w->out, ",\n    %s_push push", w->name);
    kt_text_format(w->out, ",\n    uint32_t threads_x, uint32_t threads_y, uint32_t threads_z)\n");
}

// Fills the list for the bindings that need it.
static void append_list(writer *w)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < w->reflection->binding_count; i++) {
        const kro_binding_info *binding = &w->reflection->bindings[i];
        if (is_simple(binding))
            continue;
        kt_text_format(w->out,
                       "    for (uint32_t i = 0; i < %" PRIu32 "; i++) {\n"
                       "        bindings[%" PRIu32 " + i].buffer = %s%s;\n"
                       "        bindings[%" PRIu32 " + i].set = %" PRIu32 "u;\n"
                       "        bindings[%" PRIu32 " + i].binding = %" PRIu32 "u;\n"
                       "        bindings[%" PRIu32 " + i].element = i;\n"
                       "    }\n",
                       binding->count, first, w->parameters[i], binding->count > 1 ? "[i]" : "",
                       first, binding->set, first, binding->binding, first);
        first += binding->count;
    }
}

static void append_body(writer *w)
{
    kt_text_format(w->out, "{\n    kro_dispatch_args args;\n");
    if (w->element_count)
        kt_text_format(w->out, "    kro_binding bindings[%" PRIu32 "];\n", w->element_count);
    kt_text_format(w->out, "    memset(&args, 0, sizeof args);\n");
    if (w->element_count) {
        kt_text_format(w->out, "    memset(bindings, 0, sizeof bindings);\n");
        append_list(w);
        kt_text_format(w->out,
                       "    args.bindings = bindings;\n    args.binding_count = %" PRIu32 ";\n",
                       w->element_count);
    }
    for (uint32_t i = 0; i < w->reflection->binding_count; i++) {
        const kro_binding_info *binding = &w->reflection->bindings[i];
        if (is_simple(binding))
            kt_text_format(w->out, "    args.buffers[%" PRIu32 "] = %s;\n", binding->binding,
                           w->parameters[i]);
    }
    if (w->reflection->push_bytes) {
        kt_text_format(w->out, "    args.push = &push;\n    args.push_bytes = ");
        cli_append_capitals(w->out, w->name);
        kt_text_format(w->out, "_PUSH_BYTES;\n");
    }
    kt_text_format(w->out, "    args.threads[0] = threads_x;\n"
                           "    args.threads[1] = threads_y;\n"
                           "    args.threads[2] = threads_z;\n"
                           "    args.dims = 3;\n"
                           "    return kro_dispatch(stream, pipeline, &args);\n}\n");
}

// Keeps what the function itself calls and declares from being the name of a buffer.
static void reserve(cli_names *names, const char *name)
{
    static const char *const WORDS[] = {"args", "bindings", "i",         "memset",    "pipeline",
                                        "push", "stream",   "threads_x", "threads_y", "threads_z"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        cli_names_add(names, WORDS[i], "");
    kt_text type = {0};
    kt_text_format(&type, "%s_push", name);
    cli_names_add(names, kt_text_string(&type), "");
    kt_text_finish(&type);
}

bool cli_bind_dispatch(const kro__reflection *reflection, const char *name, kt_text *out,
                       kt_text *problem)
{
    writer w = {.reflection = reflection, .name = name, .out = out};
    uint64_t elements = 0;
    for (uint32_t i = 0; i < reflection->binding_count; i++)
        elements += is_simple(&reflection->bindings[i]) ? 0 : reflection->bindings[i].count;
    if (reflection->binding_count > MAX_BINDINGS || elements > MAX_ELEMENTS)
        return kt_refuse(problem,
                         "it has %" PRIu32 " bindings and %" PRIu64
                         " buffers in arrays or other sets; "
                         "a function is written for %d and %d at most: call kro_dispatch",
                         reflection->binding_count, elements, MAX_BINDINGS, MAX_ELEMENTS);
    w.element_count = (uint32_t)elements;
    cli_names names = {0};
    reserve(&names, name);
    for (uint32_t i = 0; i < reflection->binding_count; i++) {
        const kro_binding_info *binding = &reflection->bindings[i];
        char fallback[48];
        snprintf(fallback, sizeof fallback, "buffer_%" PRIu32 "_%" PRIu32, binding->set,
                 binding->binding);
        w.parameters[i] = cli_names_add(&names, binding->name, fallback);
    }
    append_bindings(&w);
    kt_text_format(
        out,
        "// Records a dispatch of threads_x * threads_y * threads_z invocations, rounded up to "
        "whole\n// workgroups; see kro_dispatch for what it returns.%s\n",
        reflection->device_addresses
            ? " The shader reaches buffers by address,\n// so it is ordered against "
              "everything; kro_dispatch itself takes `touches`."
            : "");
    append_signature(&w);
    append_body(&w);
    cli_names_finish(&names);
    return true;
}
