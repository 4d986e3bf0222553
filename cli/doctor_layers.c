#include "doctor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_library.h"
#include "doctor_search.h"
#include "json.h"
#include "os/files.h"
#include "vk/manifest.h"

static const char VALIDATION[] = "VK_LAYER_KHRONOS_validation";

// Implicit layers that pass computing through as it is.
static const char HARMLESS[] =
    "VK_LAYER_MESA_device_select,VK_LAYER_NV_optimus,VK_LAYER_NV_present";

typedef struct layers {
    cli_findings *findings;
    const cli_place *place;
    bool implicit;
    cJSON *names;    // of the layers so far: their manifests
    bool validation; // the Khronos validation layer is one, and can be loaded
} layers;

// Whether the environment turns an implicit layer on.
static bool is_active(const layers *self, const cJSON *layer)
{
    const cJSON *enable = cJSON_GetObjectItem(layer, "enable_environment");
    const cJSON *disable = cJSON_GetObjectItem(layer, "disable_environment");
    const char *off = cli_place_variable(self->place, "VK_LOADER_LAYERS_DISABLE");
    if (off && (strstr(off, "~all~") || strstr(off, "~implicit~") ||
                kt_match(off, kt_json_string(layer, "name"))))
        return false;
    if (disable && disable->child && cli_place_variable(self->place, disable->child->string))
        return false;
    if (!enable || !enable->child)
        return true;
    const char *value = cli_place_variable(self->place, enable->child->string);
    const char *wanted = cJSON_GetStringValue(enable->child);
    return value && wanted && !strcmp(value, wanted);
}

static void tell_good(layers *self, const cJSON *layer, const char *path)
{
    const char *name = kt_json_string(layer, "name");
    const cJSON *disable = cJSON_GetObjectItem(layer, "disable_environment");
    bool active = self->implicit && is_active(self, layer);
    bool disturbs = active && !kt_match(HARMLESS, name);
    cli_find(self->findings, disturbs ? CLI_WARNING : CLI_OK, "layer", "%s %s (%s), %s%s", name,
             kt_json_string(layer, "api_version"),
             !self->implicit ? "used when asked for"
             : active        ? "in every Vulkan program"
                             : "turned off",
             path, disturbs ? ": it may change what is measured" : "");
    if (disturbs && disable && disable->child)
        cli_fix(self->findings, "export %s=1", disable->child->string);
    else if (disturbs)
        cli_fix(self->findings, "remove its package while you measure");
}

// What the layer's library lacks; empty for a layer that is made of others.
static void check_library(const layers *self, const cJSON *layer, const char *path,
                          cli_library *out)
{
    char library[2 * KRO__MANIFEST_PATH_BYTES];
    const char *named = kt_json_string(layer, "library_path");
    *out = (cli_library){0};
    if (cJSON_GetObjectItem(layer, "component_layers"))
        return;
    if (!*named || !kro__manifest_resolve(path, named, library, sizeof library))
        kt_text_format(&out->problem, "library_path is missing or too long");
    else
        cli_library_init(out, self->place, library);
}

static void check_layer(layers *self, const cJSON *layer, const char *path)
{
    const char *name = kt_json_string(layer, "name");
    const char *bits = kt_json_string(layer, "library_arch");
    if (*bits && (size_t)atoi(bits) != sizeof(void *) * 8)
        return; // for other programs
    const char *earlier = kt_json_string(self->names, name);
    if (*earlier) {
        cli_find(self->findings, CLI_WARNING, "layer", "%s of %s is shadowed by %s", name, path,
                 earlier);
        cli_fix(self->findings, "remove one of them");
        return;
    }
    cli_library library;
    check_library(self, layer, path, &library);
    if (!*name || library.problem.size_bytes) {
        // Who does not use the layer does not miss it.
        bool used = self->implicit && is_active(self, layer);
        cli_find(self->findings, used ? CLI_WRONG : CLI_WARNING, "layer", "%s: layer '%s': %s",
                 path, name, *name ? kt_text_string(&library.problem) : "it has no name");
        if (library.fix)
            cli_fix_library(self->findings, self->place, &library);
        else
            cli_fix(self->findings, "install its package anew, or remove the manifest");
    } else {
        cJSON_AddStringToObject(self->names, name, path);
        self->validation = self->validation || !strcmp(name, VALIDATION);
        tell_good(self, layer, path);
    }
    cli_library_finish(&library);
}

static void check_manifest(layers *self, const char *path)
{
    char *file = cli_place_file(self->place, path);
    char *text = kt_read_file(file, NULL);
    const int error = errno;
    const char *end = NULL;
    // libkronos' reader knows drivers only.
    cJSON *json = text ? cJSON_ParseWithOpts(text, &end, true) : NULL;
    const cJSON *one = cJSON_GetObjectItem(json, "layer");
    const cJSON *several = cJSON_GetObjectItem(json, "layers");
    if (one)
        check_layer(self, one, path);
    for (const cJSON *layer = several ? several->child : NULL; layer; layer = layer->next)
        check_layer(self, layer, path);
    if (!one && !several) {
        unsigned line = 1;
        for (const char *c = text; c && end && c < end; c++)
            line += *c == '\n';
        if (!text)
            cli_find(self->findings, CLI_WRONG, "layer", "%s cannot be read: %s", path,
                     strerror(error));
        else if (!json)
            cli_find(self->findings, CLI_WRONG, "layer", "%s, line %u: no JSON", path, line);
        else
            cli_find(self->findings, CLI_WRONG, "layer", "%s names no layer", path);
        cli_fix(self->findings, "install its package anew, or remove the file");
    }
    cJSON_Delete(json);
    free(text);
    free(file);
}

static void check_kind(layers *self, cli_manifests kind)
{
    cli_search search;
    cli_search_init(&search, self->place, kind);
    self->implicit = kind == CLI_MANIFESTS_IMPLICIT_LAYERS;
    char **paths = cli_search_list(&search, self->place);
    for (char **path = paths; *path; path++)
        check_manifest(self, *path);
    cli_paths_free(paths);
    cli_search_finish(&search);
}

void cli_check_layers(cli_findings *findings, const cli_place *place)
{
    layers self = {.findings = findings, .place = place, .names = cJSON_CreateObject()};
    check_kind(&self, CLI_MANIFESTS_IMPLICIT_LAYERS);
    check_kind(&self, CLI_MANIFESTS_EXPLICIT_LAYERS);
    const char *asked = cli_place_variable(place, "KRONOS_VALIDATION");
    bool wanted = asked && !strcmp(asked, "1");
    if (!self.validation) {
        cli_find(findings, wanted ? CLI_WRONG : CLI_OK, "layer",
                 "%s is not installed; KRONOS_VALIDATION=1 %s", VALIDATION,
                 wanted ? "asks for it" : "would need it");
        if (wanted)
            cli_fix_by_package(findings, place, CLI_PACKAGE_LAYER);
    }
    cJSON_Delete(self.names);
}
