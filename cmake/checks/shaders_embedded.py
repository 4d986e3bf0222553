"""The shaders whose code is committed beside them are what that code was compiled from.

usage: shaders_embedded.py ROOT GLSLC
For each NAME.comp in libkronos/src/vk there is NAME.spv.inc, written by this command:
    glslc -O -mfmt=c --target-env=vulkan1.1 -fshader-stage=compute NAME.comp -o NAME.spv.inc
Another version of glslc may write other code: exit code 77 (skipped) then, and where it is missing.
"""

import glob
import os
import subprocess
import sys

FOLDER = "libkronos/src/vk"
FLAGS = ["-O", "-mfmt=c", "--target-env=vulkan1.1", "-fshader-stage=compute"]
GENERATOR = 2  # which word of a module names its compiler


def words(text):
    return text.strip().strip("{}").replace("\n", "").split(",")


def main():
    root, glslc = sys.argv[1:]
    shaders = sorted(glob.glob(os.path.join(root, FOLDER, "*.comp")))
    if not shaders:
        sys.exit(f"{FOLDER} has no shader: this check has nothing to look at")
    for shader in shaders:
        committed = shader.removesuffix(".comp") + ".spv.inc"
        try:
            command = [glslc, *FLAGS, shader, "-o", "-"]
            compiled = words(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        except FileNotFoundError:
            print(f"skipped: {glslc} is not installed")
            sys.exit(77)
        with open(committed, encoding="utf-8") as file:
            written = words(file.read())
        if compiled[GENERATOR] != written[GENERATOR]:
            print(f"skipped: {glslc} is another version than {committed} was written by")
            sys.exit(77)
        if compiled != written:
            sys.exit(f"{committed} is not {shader}, compiled: {' '.join(command[:-3])} ...")
    print(f"embedded shaders: {len(shaders)} checked")


main()
