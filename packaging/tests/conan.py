"""The Conan recipe goes through what `conan create` does: export, configure, build, package, and a
program that uses the package; as a static and as a shared library.

usage: conan.py ROOT SCRATCH
Conan itself is not packaged in Debian. Its modules are acted by conan_stub.py, so this shows that
the recipe's own steps and what they produce fit together, not that a certain Conan accepts them.
"""

import importlib.util
import os
import re
import shutil
import sys

import conan_stub


def load_recipe(path, base):
    spec = importlib.util.spec_from_file_location(base, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
    recipes = [kind for kind in kinds if issubclass(kind, conan_stub.ConanFile)]
    return next(kind for kind in recipes if kind is not conan_stub.ConanFile)


def write_config(recipe, folder):
    """What CMakeDeps would generate for the packaged recipe."""
    info, package = recipe.cpp_info, recipe.package_folder
    found = []
    for library in info.libs:
        names = [f"lib{library}.so", f"lib{library}.a"]
        paths = [os.path.join(package, "lib", name) for name in names]
        found += [path for path in paths if os.path.exists(path)]
    if len(found) != len(info.libs):
        raise SystemExit(f"conan: {info.libs} are these files: {found}")
    modules = [os.path.join(package, path) for path in info.properties["cmake_build_modules"]]
    target = info.properties["cmake_target_name"]
    lines = [
        f"add_library({target} UNKNOWN IMPORTED)",
        f"set_target_properties({target} PROPERTIES",
        f"    IMPORTED_LOCATION {found[0]}",
        f"    INTERFACE_INCLUDE_DIRECTORIES {package}/include",
        f"    INTERFACE_LINK_LIBRARIES \"{';'.join(info.system_libs)}\")",
        *(f"include({module})" for module in modules),
    ]
    os.makedirs(folder)
    path = os.path.join(folder, info.properties["cmake_file_name"] + "-config.cmake")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def create(root, scratch, options):
    recipes = os.path.join(root, "packaging/conan")
    recipe = load_recipe(os.path.join(recipes, "conanfile.py"), "recipe")(recipes, scratch, options)
    recipe.set_version()
    recipe.export_sources()
    # From here on Conan works in its cache, away from the checkout.
    recipe.recipe_folder = os.path.join(scratch, "cache")
    steps = "layout validate requirements generate build package package_info"
    for step in steps.split():
        getattr(recipe, step)()

    consumer = os.path.join(scratch, "consumer")
    write_config(recipe, os.path.join(consumer, "generators"))
    folder = os.path.join(recipes, "test_package")
    test = load_recipe(os.path.join(folder, "conanfile.py"), "consumer")(folder, consumer, {})
    test.source_folder = folder
    test.tested_reference_str = f"{recipe.name}/{recipe.version}"
    test.definitions["CMAKE_PREFIX_PATH"] = os.path.join(consumer, "generators")
    for step in ("requirements", "layout", "build", "test"):
        getattr(test, step)()
    return recipe


def check(recipe, shared):
    files = sorted(os.listdir(os.path.join(recipe.package_folder, "lib")))
    kinds = {match.group(1) for name in files if (match := re.match(r"libkronos\.(so|a)", name))}
    if kinds != {"so" if shared else "a"}:
        raise SystemExit(f"conan: shared={shared} packages {files}")
    licences = os.listdir(os.path.join(recipe.package_folder, "licenses"))
    if sorted(licences) != ["LICENSE-APACHE", "LICENSE-MIT"]:
        raise SystemExit(f"conan: the licences are {licences}")


def main():
    root, scratch = sys.argv[1:]
    shutil.rmtree(scratch, ignore_errors=True)
    conan_stub.install()
    for shared in (False, True):
        folder = os.path.join(scratch, "shared" if shared else "static")
        recipe = create(root, folder, {"shared": shared})
        check(recipe, shared)
        name = f"{recipe.name}/{recipe.version}, shared={shared}"
        print(f"conan: {name}: created, requires {', '.join(recipe.required)}")


main()
