"""vk_call_ids.h: a number for each command and type of object. vk_calls.c: what the registry says of each, by name.
vk_names.c: the names of results, extensions and object types."""


def core_version(number):
    """The C expression for "1.2", 0 where no version of Vulkan itself has it."""
    return f"VK_API_VERSION_{number.replace('.', '_')}" if number else "0"


def files(registry):
    commands = [registry.commands[n] for n in sorted(registry.commands)]
    ids = "\n".join(f"    KRO__CALL_{c.name}," for c in commands)
    objects = "\n".join(f"    KRO__OBJECT_{name}," for name in registry.handles)
    rows = "\n".join(row(c) for c in commands)
    return {
        "vk_call_ids.h": f"""#ifndef KRO_GENERATED_VK_CALL_IDS_H
#define KRO_GENERATED_VK_CALL_IDS_H

enum {{
{ids}
    KRO__CALL_COUNT,
}};

enum {{
{objects}
    KRO__OBJECT_COUNT,
}};

#endif
""",
        "vk_calls.c": f"""#include "calls.h"

#if VK_HEADER_VERSION != {registry.header_version}
#error "vk.xml is of version {registry.header_version}: it must belong to the Vulkan headers in use"
#endif

const kro__vk_call kro__vk_calls[KRO__CALL_COUNT] = {{
{rows}
}};
""",
        "vk_names.c": names(registry),
    }


def row(command):
    extensions = " ".join(command.extensions)
    lost = "true" if "VK_ERROR_DEVICE_LOST" in command.errors else "false"
    result = "true" if command.result == "VkResult" else "false"
    return (f'    {{"{command.name}", KRO__VK_LEVEL_{command.level}, '
            f'{core_version(command.core)}, "{extensions}", {result}, {lost}, '
            f'"{" ".join(command.successes)}", "{" ".join(command.errors)}"}},')


def names(registry):
    results = [f'    {{"{n}", {n}}},' for n in registry.results]
    extensions = [f'    {{"{n}", 0}},' for n in registry.extensions()]
    types = [f'    {{"{name}", {value}}},' for name, (value, _) in registry.handles.items()]
    return f"""#include "calls.h"

const kro__vk_name kro__vk_results[] = {{
{chr(10).join(results)}
    {{NULL, 0}},
}};

const kro__vk_name kro__vk_extensions[] = {{
{chr(10).join(extensions)}
    {{NULL, 0}},
}};

const kro__vk_name kro__vk_object_types[] = {{
{chr(10).join(types)}
    {{NULL, 0}},
}};
"""
