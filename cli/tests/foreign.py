#!/usr/bin/env python3
"""kronos count and leaks on programs that know nothing of Kronos: what they print and how they end
stays the same, what they do is counted, and what they leave is known.

usage: foreign.py KRONOS MANIFEST PROGRAM     exits with 77 where there is no such program"""

import json
import os
import shutil
import subprocess
import sys

SKIPPED = 77


def run(words):
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


def check(right, sentence, end):
    if not right:
        sys.exit(f"{sentence}\n{end.stdout}\n{end.stderr}")


def counts(kronos, before, words):
    end = run([*before, kronos, "count", "--json", "--", *words])
    check(end.returncode == 0, f"{words[0]} ended with {end.returncode} when counted", end)
    return json.loads(end.stdout), end


def leaves_nothing(kronos, before, words):
    end = run([*before, kronos, "leaks", "--json", "--", *words])
    check(end.returncode == 0 and json.loads(end.stdout)["objects_created"] > 0,
          f"{words[0]} leaves something behind", end)


def vulkaninfo(kronos):
    words = ["vulkaninfo", "--summary"]
    alone, counted = run(words), run([kronos, "count", "--", *words])
    check(alone.returncode == 0, "vulkaninfo fails by itself", alone)
    check(counted.returncode == 0, "vulkaninfo fails when counted", counted)
    check("deviceName" in alone.stdout and counted.stdout == alone.stdout,
          "vulkaninfo prints something else when counted", counted)
    figures, end = counts(kronos, [], ["vulkaninfo"])
    check(figures["objects"]["VkDevice"] >= 1 and figures["submits"] == 0,
          "vulkaninfo was not counted right", end)
    leaves_nothing(kronos, [], ["vulkaninfo"])


def vkcube(kronos):
    """Graphics, and windows."""
    frames = 20
    figures, end = counts(kronos, ["xvfb-run", "-a"], ["vkcube", "--c", str(frames)])
    check(figures["calls"].get("vkQueuePresentKHR") == frames and figures["submits"] >= frames and
          figures["objects"]["VkSwapchainKHR"] >= 1 and figures["image_barriers"] >= 1,
          "vkcube was not counted right", end)
    leaves_nothing(kronos, ["xvfb-run", "-a"], ["vkcube", "--c", "2"])


def main():
    _, kronos, manifest, program = sys.argv
    needs = {"vulkaninfo": ["vulkaninfo"], "vkcube": ["vkcube", "xvfb-run", "xauth"]}[program]
    for name in needs:
        if not shutil.which(name):
            print(f"skipped: {name} is not installed")
            sys.exit(SKIPPED)
    for name in list(os.environ):
        if name.startswith(("KRONOS_", "VK_")):
            del os.environ[name]
    os.environ["VK_DRIVER_FILES"] = os.environ["VK_ICD_FILENAMES"] = manifest
    {"vulkaninfo": vulkaninfo, "vkcube": vkcube}[program](kronos)


if __name__ == "__main__":
    main()
