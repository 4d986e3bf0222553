"""Conan recipe of libkronos; it builds the checkout it lies in.

    conan create packaging/conan
"""

import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir


class KronosConan(ConanFile):
    name = "kronos"
    description = "GPU compute on Vulkan: buffers, pipelines and streams, with the fewest barriers"
    license = "MIT OR Apache-2.0"
    topics = ("vulkan", "gpu", "compute")
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "validator": [True, False]}
    default_options = {"shared": False, "validator": True, "spirv-tools/*:shared": False}

    def _checkout(self):
        return os.path.normpath(os.path.join(self.recipe_folder, "..", ".."))

    def set_version(self):
        header = os.path.join(self._checkout(), "libkronos/include/kronos/kronos.h")
        self.version = re.search(r'#define KRO_VERSION +"([^"]+)"', load(self, header)).group(1)

    def export_sources(self):
        checkout = self._checkout()
        for pattern in ("CMakeLists.txt", "LICENSE-*", "cmake/*", "libkronos/*"):
            copy(self, pattern, src=checkout, dst=self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("Kronos runs on Linux so far")

    def requirements(self):
        # vulkan.h is included by kronos/vulkan.h; the others stay inside.
        self.requires("vulkan-headers/[>=1.3.239]", transitive_headers=True)
        self.requires("spirv-headers/[>=1.3.239]")
        if self.options.validator:
            self.requires("spirv-tools/[>=1.3.239]")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["KRONOS_SUITES"] = False
        toolchain.cache_variables["KRONOS_SHARED"] = bool(self.options.shared)
        toolchain.cache_variables["KRONOS_STATIC"] = not self.options.shared
        toolchain.cache_variables["KRONOS_VALIDATOR"] = bool(self.options.validator)
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE-*", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))
        rmdir(self, os.path.join(self.package_folder, "share"))

    def package_info(self):
        modules = os.path.join("lib", "cmake", "kronos")
        self.cpp_info.libs = ["kronos"]
        self.cpp_info.builddirs = [modules]
        self.cpp_info.system_libs = ["m", "pthread", "dl"]
        self.cpp_info.set_property("cmake_file_name", "kronos")
        self.cpp_info.set_property("cmake_target_name", "kronos::kronos")
        self.cpp_info.set_property(
            "cmake_build_modules", [os.path.join(modules, "KronosShaders.cmake")]
        )
