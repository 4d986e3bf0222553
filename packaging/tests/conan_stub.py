"""As much of Conan 2's modules as our recipes use, acted: CMake really runs, the packages that
Conan would fetch are the machine's own.
"""

import fnmatch
import os
import shutil
import subprocess
import sys
import types


class Namespace(types.SimpleNamespace):
    """Settings, options, folders: attributes that print as their values."""


class ConanInvalidConfiguration(Exception):
    pass


class CppInfo:
    def __init__(self):
        self.libs, self.system_libs, self.builddirs, self.properties = [], [], [], {}
        self.build = Namespace(bindir="")

    def set_property(self, name, value):
        self.properties[name] = value


class ConanFile:
    """A recipe, and what Conan sets on it before each step."""

    tested_reference_str = ""

    def __init__(self, recipe_folder, scratch, options):
        self.recipe_folder = recipe_folder
        self.export_sources_folder = self.source_folder = os.path.join(scratch, "sources")
        self.build_folder = os.path.join(scratch, "build")
        self.package_folder = os.path.join(scratch, "package")
        self.settings = Namespace(os="Linux", compiler="gcc", build_type="Release", arch="x86_64")
        defaults = {k: v for k, v in getattr(self, "default_options", {}).items() if "/" not in k}
        for name in options:
            if name not in self.options:
                raise SystemExit(f"the recipe has no option {name}")
        self.options = Namespace(**{**defaults, **options})
        self.cpp_info, self.cpp = CppInfo(), CppInfo()
        self.required, self.definitions = [], {}

    def requires(self, reference, **_):
        self.required.append(reference)

    def run(self, command, env=""):
        run = subprocess.run(command, shell=True, check=True, capture_output=True, text=True)
        print(run.stdout, end="")


class CMakeToolchain:
    def __init__(self, recipe):
        self.recipe, self.cache_variables = recipe, {}

    def generate(self):
        self.recipe.definitions.update(self.cache_variables)


class CMakeDeps:
    def __init__(self, recipe):
        self.recipe = recipe

    def generate(self):
        pass  # what is required is the machine's own


class CMake:
    def __init__(self, recipe):
        self.recipe = recipe

    def _run(self, *arguments):
        subprocess.run(["cmake", *arguments], check=True, stdout=subprocess.DEVNULL)

    def configure(self):
        words = [f"-D{name}={value}" for name, value in self.recipe.definitions.items()]
        settings = f"-DCMAKE_BUILD_TYPE={self.recipe.settings.build_type}"
        folders = ["-S", self.recipe.source_folder, "-B", self.recipe.build_folder]
        self._run("-G", "Ninja", *folders, settings, *words)

    def build(self):
        self._run("--build", self.recipe.build_folder)

    def install(self):
        self._run("--install", self.recipe.build_folder, "--prefix", self.recipe.package_folder)


def cmake_layout(recipe):
    recipe.cpp.build.bindir = recipe.build_folder


def copy(_, pattern, src, dst):
    for folder, _, names in os.walk(src):
        for name in names:
            relative = os.path.relpath(os.path.join(folder, name), src)
            if fnmatch.fnmatchcase(relative, pattern):
                target = os.path.join(dst, relative)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(os.path.join(src, relative), target)


def load(_, path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rmdir(_, path):
    shutil.rmtree(path, ignore_errors=True)


def install():
    """Makes `from conan… import …` find the above."""
    contents = {
        "conan": {"ConanFile": ConanFile},
        "conan.errors": {"ConanInvalidConfiguration": ConanInvalidConfiguration},
        "conan.tools": {},
        "conan.tools.build": {"can_run": lambda recipe: True},
        "conan.tools.cmake": {
            "CMake": CMake,
            "CMakeDeps": CMakeDeps,
            "CMakeToolchain": CMakeToolchain,
            "cmake_layout": cmake_layout,
        },
        "conan.tools.files": {"copy": copy, "load": load, "rmdir": rmdir},
    }
    for name, members in contents.items():
        module = types.ModuleType(name)
        vars(module).update(members)
        sys.modules[name] = module
