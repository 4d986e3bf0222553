#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind_header.h"
#include "bind_names.h"
#include "os/files.h"

enum { NAME = 1 << 0, ENTRY_POINT = 1 << 1 };

static const char USAGE[] =
    "kronos bind FILE.spv [options] > FILE.h\n\n"
    "Writes a C header (C11 and C++17) for a compute shader, so that its interface is checked by\n"
    "the compiler. Of saxpy.spv it makes\n\n"
    "  saxpy_push                 its push constants, each where the shader has it\n"
    "  saxpy_dispatch(stream, pipeline, x, y, push, threads_x, threads_y, threads_z)\n"
    "                             a dispatch with a parameter for each buffer\n"
    "  SAXPY_BINDING_X            the numbers of its buffers\n"
    "  SAXPY_CONSTANT_N, SAXPY_DEFAULT_N, saxpy_constant_n(value)\n"
    "                             its specialization constants\n"
    "  SAXPY_LOCAL_SIZE_X         how large a workgroup is\n\n"
    "Names are those of the source; a shader without debug names (glslc -O, or stripped) gets\n"
    "numbers. In CMake, behind kronos_add_shaders:\n\n"
    "  add_custom_command(OUTPUT saxpy.h DEPENDS app.shaders/saxpy.spv.inc\n"
    "      COMMAND kronos bind app.shaders/saxpy.spv > saxpy.h)\n"
    "  target_sources(app PRIVATE saxpy.h)\n"
    "  target_include_directories(app PRIVATE ${CMAKE_CURRENT_BINARY_DIR})\n\n"
    "Exit code: 0 written, 1 the shader cannot be used, or C has no struct for it, 2 wrong usage.";

static const kt_argument OPTIONS[] = {
    {NAME, "--name", "NAME", "what the names begin with; default: the file's name"},
    {ENTRY_POINT, "--entry", "NAME", "which one; default: the only one, or else main"},
};

typedef struct command {
    const char *path, *name, *entry_point;
} command;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    command *self = user;
    if (bit == NAME)
        self->name = value;
    else if (bit == ENTRY_POINT)
        self->entry_point = value;
    else if (self->path)
        return kt_refuse(problem, "bind takes one file; '%s' is too much", value);
    else
        self->path = value;
    return true;
}

// The file's name without folders.
static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// What the names begin with: an identifier made of the file's name up to its first dot.
static const char *prefix_of(const command *self, cli_names *scope)
{
    const char *file = file_of(self->path);
    kt_text stem = {0};
    kt_text_append(&stem, file, strcspn(file, "."));
    const char *prefix =
        cli_names_add(scope, self->name ? self->name : kt_text_string(&stem), "shader");
    kt_text_finish(&stem);
    return prefix;
}

// Writes the header of a module.
//
// Returns: an exit code.
static int write_header(const command *self, const void *spirv, size_t spirv_bytes)
{
    cli_names scope = {0};
    kt_text header = {0}, problem = {0};
    const cli_bind_request request = {.file = file_of(self->path),
                                      .name = prefix_of(self, &scope),
                                      .entry_point = self->entry_point,
                                      .spirv = spirv,
                                      .spirv_bytes = spirv_bytes};
    int code = KT_EXIT_EXPECTED;
    kro_status status = KRO_OK;
    if (self->name && strcmp(self->name, request.name) != 0) {
        kt_text_format(&problem, "'%s' is no name that C and Kronos leave free; '%s' is one",
                       self->name, request.name);
        code = kt_usage_error(kt_text_string(&problem));
    } else if ((status = cli_bind_header(&request, &header, &problem)) < 0) {
        fprintf(stderr, "kronos: %s\n", kt_text_string(&problem));
        code = status == KRO_ERROR_INVALID_ARGUMENT ? KT_EXIT_USAGE : KT_EXIT_FAULTS;
    } else if (fwrite(header.bytes, 1, header.size_bytes, stdout) != header.size_bytes ||
               fflush(stdout) != 0) {
        fprintf(stderr, "kronos: the header cannot be written: %s\n", strerror(errno));
        code = KT_EXIT_UNUSABLE;
    }
    kt_text_finish(&problem);
    kt_text_finish(&header);
    cli_names_finish(&scope);
    return code;
}

int cli_bind(int count, char **arguments)
{
    const cli_command_line line = {
        .usage = USAGE,
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    command self = {0};
    int code;
    if (!cli_arguments(&line, &self, count, arguments, &code))
        return code;
    if (!self.path)
        return kt_usage_error("bind takes a file with a shader's SPIR-V; see kronos bind --help");
    size_t size_bytes;
    char *spirv = kt_read_file(self.path, &size_bytes);
    if (!spirv) {
        kt_text problem = {0};
        kt_text_format(&problem, "%s cannot be read: %s", self.path, strerror(errno));
        code = kt_usage_error(kt_text_string(&problem));
        kt_text_finish(&problem);
        return code;
    }
    code = write_header(&self, spirv, size_bytes);
    free(spirv);
    return code;
}
