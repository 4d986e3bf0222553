"""Reads the Vulkan registry (vk.xml) into plain objects: commands, and the feature and property
structs. Only what the headers declare without a platform macro is kept."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

LEVELS = {"VkInstance": "INSTANCE", "VkPhysicalDevice": "PHYSICAL"}
DEVICE_LEVEL = ("VkDevice", "VkQueue", "VkCommandBuffer")


@dataclass
class Param:
    """A parameter of a command or a member of a struct."""

    name: str
    type: str  # without const and pointers
    declaration: str  # as C wants it, name included
    length: str  # the registry's `len`, or ""
    is_handle: bool = False
    elements: int = 1  # of a fixed-size array
    external: tuple = ()  # the registry's `externsync`: "true", or paths to members
    is_always_valid: bool = True  # false: ignored under conditions that the registry does not tell

    @property
    def is_pointer(self):
        return "*" in self.declaration or "[" in self.declaration

    @property
    def is_output(self):
        return self.is_pointer and not self.declaration.startswith("const ")

    @property
    def is_created(self):
        """A handle, or an array of them, that the command hands out."""
        return self.is_output and self.is_handle


@dataclass
class Command:
    name: str
    canonical: str  # the command that this one is an alias of, or itself
    result: str
    params: list
    successes: tuple
    errors: tuple
    core: str = ""  # "1.2" where Vulkan itself has it
    extensions: list = field(default_factory=list)
    beside: dict = field(default_factory=dict)  # extension -> what it needs to bring this command

    @property
    def level(self):
        first = self.params[0].type if self.params else ""
        if first in DEVICE_LEVEL:
            return "DEVICE"
        return LEVELS.get(first, "GLOBAL")

    @property
    def signature(self):
        return ", ".join(p.declaration for p in self.params) or "void"

    @property
    def arguments(self):
        return ", ".join(p.name for p in self.params)


@dataclass
class Struct:
    name: str
    structure_type: str
    members: list
    core: str = ""
    extensions: list = field(default_factory=list)
    beside: dict = field(default_factory=dict)


def for_vulkan(element):
    """False for what the registry keeps for other APIs (Vulkan SC)."""
    names = (element.get("api") or element.get("supported") or "vulkan").split(",")
    return any(n in ("vulkan", "vulkanbase", "vulkancompute", "vulkangraphics") for n in names)


def declared(extension):
    """True for an extension that vulkan.h declares without a platform macro."""
    return for_vulkan(extension) and not extension.get("platform")


def text_of(element):
    """An element's C text: everything but comments, on one line."""
    parts = [element.text or ""]
    for child in element:
        if child.tag != "comment":
            parts.append("".join(child.itertext()))
        parts.append(child.tail or "")
    text = re.sub(r"\s+", " ", "".join(parts)).strip()
    return re.sub(r"(\w)\*", r"\1 *", re.sub(r" ?\* ?", "*", text))


class Registry:
    def __init__(self, path):
        self.root = ElementTree.parse(path).getroot()
        self.bitmasks = {}  # VkXFlags -> VkFlags or VkFlags64
        self.enums = set()
        self.handles = {}  # name -> (VK_OBJECT_TYPE_…, parent handle)
        self.struct_members = {}  # struct name -> members
        self.commands = {}
        self.features = []
        self.properties = []
        self.header_version = self._header_version()
        self.results = self._read_results()
        self._read_types()
        self._read_commands()
        self._read_availability()

    def _header_version(self):
        for element in self.root.findall("types/type"):
            name = element.find("name")
            if name is not None and name.text == "VK_HEADER_VERSION" and for_vulkan(element):
                return int(name.tail.strip().split()[0])
        raise SystemExit("the registry names no VK_HEADER_VERSION")

    def _read_results(self):
        """Names of VkResult's values, those that extensions add included."""
        names = [e.get("name") for e in self.root.findall("enums[@name='VkResult']/enum")
                 if not e.get("alias")]
        parts = [p for p in self.root.findall("feature") if for_vulkan(p)]
        parts += [e for e in self.root.findall("extensions/extension") if declared(e)]
        for part in parts:
            for enum in part.findall("require/enum[@extends='VkResult']"):
                if not enum.get("alias") and enum.get("name") not in names:
                    names.append(enum.get("name"))
        return names

    def _read_types(self):
        types = [t for t in self.root.findall("types/type") if for_vulkan(t)]
        for element in types:
            if element.get("category") == "handle" and not element.get("alias"):
                parent = (element.get("parent") or "").split(",")[0]
                self.handles[element.find("name").text] = (element.get("objtypeenum"), parent)
            if element.get("category") == "enum":
                self.enums.add(element.get("name"))
            if element.get("category") == "bitmask" and not element.get("alias"):
                self.bitmasks[element.find("name").text] = element.find("type").text
        self.constants = {
            e.get("name"): e.get("value")
            for e in self.root.findall("enums/enum")
            if (e.get("value") or "").isdigit()
        }
        for element in types:
            if element.get("category") != "struct" or element.get("alias"):
                continue
            members = [self._param(m) for m in element.findall("member") if for_vulkan(m)]
            self.struct_members[element.get("name")] = members
            extends = (element.get("structextends") or "").split(",")
            kind = {"VkPhysicalDeviceFeatures2": self.features,
                    "VkPhysicalDeviceProperties2": self.properties}
            for base, structs in kind.items():
                if base in extends:
                    first = element.find("member").get("values")
                    structs.append(Struct(element.get("name"), first, members[2:]))

    def _param(self, element):
        declaration = text_of(element)
        elements = 1
        array = re.search(r"\[(\w+)\]$", declaration)
        if array:
            size = array.group(1)
            elements = int(size if size.isdigit() else self.constants.get(size, 0))
        type_name = element.find("type").text
        external = tuple(filter(None, (element.get("externsync") or "").split(",")))
        return Param(element.find("name").text, type_name, declaration, element.get("len") or "",
                     type_name in self.handles, elements, external,
                     element.get("noautovalidity") != "true")

    def _read_commands(self):
        aliases = []
        for element in self.root.findall("commands/command"):
            if not for_vulkan(element):
                continue
            if element.get("alias"):
                aliases.append((element.get("name"), element.get("alias")))
                continue
            name = element.find("proto/name").text
            params = [self._param(p) for p in element.findall("param") if for_vulkan(p)]
            successes = tuple((element.get("successcodes") or "").split(","))
            errors = tuple((element.get("errorcodes") or "").split(","))
            self.commands[name] = Command(name, name, element.find("proto/type").text, params,
                                          successes, errors)
        for name, canonical in aliases:
            of = self.commands[canonical]
            self.commands[name] = Command(name, of.canonical, of.result, of.params,
                                          of.successes, of.errors)

    def _read_availability(self):
        """Notes where commands and structs come from; drops those that no plain header declares."""
        structs = {s.name: s for s in self.features + self.properties}
        for feature in self.root.findall("feature"):
            if not for_vulkan(feature):
                continue
            for found, _ in self._required(feature, structs):
                found.core = found.core or feature.get("number")
        for extension in self.root.findall("extensions/extension"):
            if not declared(extension):
                continue
            for found, beside in self._required(extension, structs):
                name = extension.get("name")
                if name not in found.extensions:
                    found.extensions.append(name)
                found.beside.setdefault(name, []).append(beside)
        self.commands = {n: c for n, c in self.commands.items() if c.core or c.extensions}
        self.features = [s for s in self.features if s.core or s.extensions]
        self.properties = [s for s in self.properties if s.core or s.extensions]

    def extensions(self):
        """Names of the extensions that vulkan.h declares without a platform macro."""
        return sorted(e.get("name") for e in self.root.findall("extensions/extension")
                      if declared(e))

    def _required(self, element, structs):
        """The commands and structs that a feature or extension brings, each with the names of what
        must be there besides."""
        aliases = self._type_aliases()
        for require in element.findall("require"):
            if not for_vulkan(require):
                continue
            condition = " ".join(require.get(k) or "" for k in ("feature", "extension", "depends"))
            beside = re.findall(r"VK_\w+", condition)
            for command in require.findall("command"):
                if command.get("name") in self.commands:
                    yield self.commands[command.get("name")], beside
            for type_element in require.findall("type"):
                name = aliases.get(type_element.get("name"), type_element.get("name"))
                if name in structs:
                    yield structs[name], beside

    def _type_aliases(self):
        if not hasattr(self, "_aliases"):
            self._aliases = {t.get("name"): t.get("alias")
                             for t in self.root.findall("types/type") if t.get("alias")}
        return self._aliases
