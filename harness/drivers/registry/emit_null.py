"""null_calls.h: prototypes of the null driver's functions. null_calls.c: its call table, and weak
bodies for the functions that need no thought: those that only take and those that create one empty
object. A function that gives anything else back must be written by hand, or linking fails."""

import re

from emit_calls import core_version

NEWEST_CORE = "1.3"


def files(registry, extension_list):
    with open(extension_list, encoding="utf-8") as text:
        extensions = set(re.findall(r"^\w+_EXTENSION\((\w+)", text.read(), re.MULTILINE))
    commands = [c for n, c in sorted(registry.commands.items())
                if (c.core and c.core <= NEWEST_CORE) or brought_by(c, extensions)]
    canonical = {c.canonical: registry.commands[c.canonical] for c in commands}
    prototypes = "\n".join(f"{prototype(c)};" for c in canonical.values())
    bodies = "\n".join(b for b in map(body, canonical.values()) if b)
    rows = "\n".join(row(c, extensions) for c in commands)
    return {
        "null_calls.h": f"""#ifndef KRO_GENERATED_NULL_CALLS_H
#define KRO_GENERATED_NULL_CALLS_H

#include <vulkan/vulkan.h>

{prototypes}

#endif
""",
        "null_calls.c": f"""#include "null_calls.h"

#include "entry.h"
#include "object.h"

{bodies}
const kro__null_call kro__null_calls[] = {{
{rows}
}};

const uint32_t kro__null_call_count = sizeof kro__null_calls / sizeof kro__null_calls[0];
""",
    }


def prototype(command):
    return (f"VKAPI_ATTR {command.result} VKAPI_CALL kro__null_{command.name}"
            f"({command.signature})")


def brought_by(command, offered):
    """Those of the offered extensions that bring a command, given the others."""
    def met(beside):
        return not beside or any(b.startswith("VK_VERSION_") or b in offered for b in beside)
    return [e for e in command.extensions if e in offered and any(map(met, command.beside[e]))]


def row(command, extensions):
    found = " ".join(brought_by(command, extensions))
    function = f"(PFN_vkVoidFunction)kro__null_{command.canonical}"
    return (f'    {{"{command.name}", KRO__VK_LEVEL_{command.level}, '
            f'{core_version(command.core)}, "{found}", {function}}},')


def body(command):
    outputs = [p for p in command.params if p.is_output]
    created = outputs[0] if len(outputs) == 1 and outputs[0].is_created else None
    if created and command.name.startswith("vkCreate") and not created.length:
        used = [created]
        code = [f"*{created.name} = ({created.type})(uintptr_t)kro__null_object_create();",
                f"return *{created.name} ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;"]
    elif outputs or command.result not in ("void", "VkResult"):
        return None
    elif command.name.startswith("vkDestroy") and command.params[1].is_handle:
        used = [command.params[1]]
        code = [f"kro__null_object_destroy((void *)(uintptr_t){used[0].name});"]
    else:
        used, code = [], ["return VK_SUCCESS;"] if command.result == "VkResult" else []
    ignored = [f"(void){p.name};" for p in command.params if p not in used]
    lines = "\n".join(f"    {line}" for line in ignored + code)
    return f"__attribute__((weak)) {prototype(command)}\n{{\n{lines}\n}}\n"
