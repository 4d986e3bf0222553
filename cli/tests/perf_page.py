"""The page of `kronos perf --html`, in a real browser, and the history that it draws a trend of.

usage: perf_page.py KRONOS DRIVER SCRATCH
DRIVER is the null driver; what has a speed needs the one that VK_DRIVER_FILES names. A history gets lines of two real runs, of runs that are made up, of another
machine, and one that is cut off. Pictures of the page stay in SCRATCH. Exit code 77 (skipped) where
there is no Chromium, or no selenium.
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys

from browser import By, Select, open_browser, save_looks, set_size, text, texts

KRONOS, DRIVER, SCRATCH = sys.argv[1:]
HISTORY, PAGE = os.path.join(SCRATCH, "history.jsonl"), os.path.join(SCRATCH, "page.html")
EVIL = "</script><script>window.hacked = 1</script><!-- <img src=x onerror='window.hacked = 2'>"

faults = []


def expect(condition, what):
    if not condition:
        faults.append(what)
        print("not so:", what)


def perf(*words):
    environment = dict(os.environ, KRONOS_ALLOW_UNTRUSTED_DRIVERS="1")
    subprocess.run([KRONOS, "perf", *words], env=environment, check=True, stdout=subprocess.DEVNULL)


def measure(*more):
    perf("--driver", DRIVER, "[cs]*", *more)


def read_history():
    with open(HISTORY, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write_history(runs, rest=""):
    with open(HISTORY, "w", encoding="utf-8") as file:
        file.write("".join(json.dumps(run) + "\n" for run in runs) + rest)


def row_of(run, name):
    return next(row for row in run["workloads"] if row["name"] == name)


def make_history():
    """Two runs as they are, one whose counts differ and whose names are awkward, one of another machine."""
    measure("--history", HISTORY)
    measure("--history", HISTORY)
    first, second = read_history()
    expect(first["time"] <= second["time"] and first["device"] == second["device"], "a run is a line")
    third, other = copy.deepcopy(second), copy.deepcopy(second)
    row_of(second, "chain/16")["counts"]["level_barriers"] = 14
    third["workloads"].append({"name": EVIL, "dispatches": 1, "counts": {EVIL: 2}})
    second["workloads"].append({"name": EVIL, "dispatches": 1, "counts": {EVIL: 1}})
    third["commit"] = EVIL
    other["machine"]["cpu"] = "another"
    write_history([first, second, third, other], rest='{"half')


def check_ratios(browser, run):
    rows = [row["name"] for row in run["workloads"] if row.get("ratios")]
    shown = texts(browser, "#ratios .name")
    expect(sorted(shown) == sorted(rows), f"each workload with a ratio has a row: {shown}")
    plots = browser.find_elements(By.CSS_SELECTOR, "#ratios td.plot svg")
    ratios = [row["ratios"][name]["cpu"] for row in run["workloads"] for name in row.get("ratios", {})]
    expect(len(plots) == len(ratios), f"each ratio has a plot: {len(plots)} of {len(ratios)}")
    kinds = sorted(plot.get_attribute("class") for plot in plots)
    expected = sorted("faster" if high < 1 else "slower" if low > 1 else "even" for _, low, high in ratios)
    expect(kinds == expected, "a plot's colour says which side of 1 the whole interval is on")


def check_scaling(browser, run):
    for pattern in ("chain", "chains"):
        sizes = sorted(row["dispatches"] for row in run["workloads"] if row["name"].startswith(pattern + "/"))
        circles = browser.execute_script(
            "return [...document.querySelectorAll('.chart')].filter((c) => c.querySelector('h3').textContent === arguments[0])"
            ".flatMap((c) => [...c.querySelectorAll('[data-contender=kronos] circle')].map((d) => [+d.getAttribute('cx'), d.textContent]))", pattern)
        said = [int(re.search(r"kronos, ([0-9,]+) dispatches", words)[1].replace(",", "")) for _, words in circles]
        expect(said == sizes, f"the curve of {pattern} has a point for each size: {said}")
        places = [place for place, _ in circles]
        expect(places == sorted(set(places)), "larger batches are further right")


def check_speeds(browser):
    """On a device that computes: the null driver does nothing in a second."""
    expect(not browser.find_element(By.ID, "speeds-section").is_displayed(), "nothing has no speed")
    if os.environ.get("VK_DRIVER_FILES"):
        perf("saxpy/64ki/*", "--html", PAGE)
        browser.get(f"file://{PAGE}")
        shown = [line.split(" ")[:2] for line in texts(browser, "#speeds tbody tr")]
        expect(shown == [["saxpy/64ki/1", "GB/s"], ["saxpy/64ki/16", "GB/s"]], f"what moves bytes has a speed: {shown}")


def check_trend(browser):
    note = text(browser, "#trend-note")
    expect("machine: 4." in note and "left out: 1." in note and "cannot be read: 1." in note, f"the note counts runs: {note}")
    changes = texts(browser, "#changes tbody tr")
    expect(any(line.startswith("chain/16 level_barriers 14 15 ") for line in changes), f"a count that changed is listed: {changes}")
    expect(any(EVIL in line for line in changes), "names are shown as they are")
    for choice in ("all workloads: geometric mean", "chain/16"):
        Select(browser.find_element(By.ID, "workload")).select_by_visible_text(choice)
        dots = browser.find_elements(By.CSS_SELECTOR, "#trend [data-contender=expert-record] circle")
        expect(len(dots) == 4, f"{choice}: a dot for each run of this machine, not {len(dots)}")


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    os.makedirs(SCRATCH)
    make_history()
    measure("--history", HISTORY, "--html", PAGE)
    with open(HISTORY, encoding="utf-8") as file:
        last = json.loads(file.readlines()[-1])
    with open(PAGE, encoding="utf-8") as file:
        expect(not re.search(r"(src|href)=[\"']?(https?:|//)", file.read()), "nothing is fetched")

    browser = open_browser()
    try:
        set_size(browser, 1280, 1600)
        browser.get(f"file://{PAGE}")
        expect(text(browser, "#device") == last["device"]["name"], "the device is named")
        expect(last["machine"]["cpu"] in text(browser, "#facts"), "so is the processor")
        expect(not browser.find_element(By.ID, "verdict").is_displayed(), "without a comparison there is no verdict")
        check_ratios(browser, last)
        check_scaling(browser, last)
        check_trend(browser)
        for fault in save_looks(browser, SCRATCH):
            expect(False, fault)
        expect(browser.execute_script("return window.hacked === undefined"), "results are never run as code")

        saved = os.path.join(SCRATCH, "saved.json")
        row_of(last, "chain/16")["counts"]["level_barriers"] = 14
        with open(saved, "w", encoding="utf-8") as file:
            json.dump(last, file)
        try:
            measure("--counts", "--compare", saved, "--html", PAGE)
            expect(False, "one barrier more is worse")
        except subprocess.CalledProcessError as error:
            expect(error.returncode == 1, f"exit code 1, not {error.returncode}")
        browser.get(f"file://{PAGE}")
        expect(text(browser, "#verdict") == "1 worse than before", "the verdict is shown")
        expect(texts(browser, "#worse li") == ["chain/16, level_barriers: 15, was 14"], f"and what is worse: {texts(browser, '#worse li')}")
        expect(not browser.find_element(By.ID, "trend-section").is_displayed(), "one run is no trend")
        check_speeds(browser)
        log = browser.get_log("browser")
        expect(not log, f"the console is empty, not {log}")
    finally:
        browser.quit()
    print(f"perf page: {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
