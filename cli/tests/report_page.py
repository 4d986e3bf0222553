"""The page of `kronos report`, used in a real browser as a person uses it.

usage: report_page.py KRONOS SCRATCH
KRONOS makes a page of results that hold everything awkward; Chromium opens it, filters, opens cases,
follows links into it, in light and dark, wide and narrow. Pictures of it stay in SCRATCH. Exit code 77
(skipped) where there is no Chromium, or no selenium.
"""

import json
import os
import shutil
import subprocess
import sys

from browser import By, Select, WebDriverWait, open_browser, save_looks, set_size, text, texts

LINK = "https://example.org/" + "issue" * 60
PASSES = 1500
SEED = 18446744073709551615
EVIL = "</script><script>window.hacked = 1</script><!-- <img src=x onerror='window.hacked = 2'>"

faults = []


def expect(condition, what):
    if not condition:
        faults.append(what)
        print("not so:", what)


def case(name, status, **more):
    return {"type": "case", "name": name, "status": status, "duration_ns": 1000, "checks": 1, **more}


def known(status, link):
    entry = {"file": "expect/x.txt", "line": 3, "reason": f"known {EVIL}", "link": link}
    return {"outcome": status, "message": "wrong by one", "expectation": entry}


def cases():
    yield case("suite/evil/script", "Fail", message=EVIL, log=f"{EVIL}\nsecond line \u2028 é {'x' * 900}", rerun=f"kronos run '{EVIL}'")
    yield case("suite/evil/crash", "Crash", message="killed by SIGSEGV", again={"status": "Pass", "duration_ns": 1, "checks": 1})
    yield case("suite/known/link", "Waived", **known("Fail", LINK))
    yield case("suite/known/script_link", "Waived", **known("Fail", "javascript:window.hacked=3"))
    yield case("suite/lacks/doubles", "NotSupported", message="float64")
    yield case("suite/lacks/more_doubles", "NotSupported", message="float64")
    yield case("suite/slow/one", "Pass", duration_ns=2_500_000_000,
               certificate={"max_ulp": 1.5, "at": EVIL, "counts": [1, 2]})
    for name, fate in (("mp", "seen"), ("sb", "not seen")):
        yield case(f"suite/litmus/{name}", "Pass", certificate={
            "forbidden": "r0=1", "axiom": "consistency", "instances": 3000, "rarer_than_95_percent": 0.001,
            "reversal_role_0_reversed": "seen", "weakening_without_updates": fate,
            "driver_fault_order_ignored": "the host's processor forbids it"})
    yield case("suite/litmus2/coww", "Pass", certificate={
        "forbidden": EVIL, "axiom": "consistency", "instances": 6000, "rarer_than_95_percent": 0.0005,
        "reversal_role_0_reversed": "seen"})
    yield case("suite/progress/workgroups", "Pass", certificate={
        "progress": EVIL, "at_once": "several", "spin_limit": 2048, "to_lower": "seen", "mutex": "seen", "to_higher": "given up"})
    for i in range(PASSES):
        yield case(f"suite/many/{i:04}", "Pass")


def write_results(folder, device, results, end=True):
    os.makedirs(folder)
    results = list(results)
    counts = {}
    for result in results:
        counts[result["status"]] = counts.get(result["status"], 0) + 1
    run = {"type": "run", "schema": 1, "kronos": "0.1.0", "tier": "quick", "seed": SEED,
           "selected": len(results), "start_time": 1795000000,
           "device": {"name": device, "driver_name": "driver", "driver_info": "1.2", "limits": {"max_groups": [1, 2, 3]}}}
    lines = [run, *results]
    if end:
        lines.append({"type": "end", "counts": counts, "expected": False, "clean": False,
                      "verdict": "FAULTS 4 (2 known)", "exit_code": 1, "duration_ns": 9_000_000_000})
    with open(os.path.join(folder, "results.jsonl"), "w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        if not end:
            file.write('{"type":"case","name":"suite/half')


def type_filter(browser, words):
    field = browser.find_element(By.ID, "filter")
    field.clear()
    field.send_keys(words)


def press(browser, selector, words):
    for element in browser.find_elements(By.CSS_SELECTOR, selector):
        if words in element.text:
            browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
            return
    expect(False, f"there is a {selector} that says {words}")


def open_case(browser, name):
    """Waits for what it says: the browser tells the page that a case was opened some time after the click."""
    press(browser, ".case summary", name)
    WebDriverWait(browser, 30).until(lambda page: any(
        name in case.text for case in page.find_elements(By.CSS_SELECTOR, ".case[open]:has(.body)")))


def check_summary(browser):
    expect(text(browser, "#device") == "Device <A>", "the device's name is shown as it is")
    expect(text(browser, "#verdict") == "FAULTS 4 (2 known)", "the verdict is shown")
    expect(str(SEED) in text(browser, "#facts"), "every digit of the seed is shown")
    tiles = dict(line.split("\n")[::-1] for line in texts(browser, ".tile"))
    expected = {"passed": f"{PASSES + 5:,}", "skipped": "2", "known faults": "2", "faults": "2",
                "checks": f"{PASSES + 11:,}", "from start to end": "9.00 s"}
    expect(tiles == expected, f"tiles {tiles} are {expected}")
    groups = texts(browser, "#groups .bar")
    expect(len(groups) == 8 and groups[2].startswith("lacks\n0 of 2"), f"groups {groups}")
    expect(texts(browser, "#slowest .bar")[0] == "slow/one\n2.50 s", "the slowest case comes first")
    expect(text(browser, "#skips") == "float64 2", "skips stand under what is lacking")
    expect("limits.max_groups\n1 × 2 × 3" in browser.execute_script(
        "return document.getElementById('limits').innerText") or "1 × 2 × 3" in browser.execute_script(
        "return document.getElementById('limits').textContent"), "the device's limits are there")


def check_litmus(browser):
    expected = ["litmus 2 6,000 1.0e-3 2 of 2 1 of 2 – 2", "litmus2 1 6,000 5.0e-4 1 of 1 – – 0",
                "All 3 12,000 1.0e-3 3 of 3 1 of 2 – 2"]
    rows = texts(browser, "#litmus-groups tr")
    expect(rows == expected, f"litmus tests by group {rows} are {expected}")
    press(browser, "#litmus-section summary", "Each test")
    rows = texts(browser, "#litmus tr")
    expect(len(rows) == 3 and rows[1] == "litmus/sb r0=1 consistency 3,000 1.0e-3 1 of 1 0 of 1 – 1" and EVIL in rows[2],
           f"each litmus test has a row, not {rows}")


def check_progress(browser):
    rows = texts(browser, "#progress tr")
    expect(rows == [f"workgroups {EVIL} several to lower, mutex to higher –"], f"forward progress has a row, not {rows}")


def check_cases(browser):
    total = PASSES + 11
    expect(text(browser, "#shown") == f"{total:,} of {total:,} cases", "all cases are counted")
    first = texts(browser, ".case .status")[:6]
    expect(first == ["Fail", "Crash", "Waived", "Waived", "NotSupported", "NotSupported"],
           f"the worst come first, not {first}")
    shown = len(browser.find_elements(By.CSS_SELECTOR, ".case"))
    expect(shown < 200, "a long list comes in parts")
    press(browser, "#more", "Show")
    expect(len(browser.find_elements(By.CSS_SELECTOR, ".case")) > shown, "and goes on")

    open_case(browser, "suite/evil/script")
    body = texts(browser, ".case[open] pre")
    expect(len(body) == 3 and EVIL in body[0] and "second line" in body[1] and EVIL in body[2],
           f"message, log and command of a case, not {body}")
    open_case(browser, "suite/known/link")
    links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, ".case a")]
    expect(links == [LINK], f"a known fault has its link, not {links}")
    open_case(browser, "suite/known/script_link")
    expect(len(browser.find_elements(By.CSS_SELECTOR, ".case a")) == 1, "a script is no link")
    open_case(browser, "suite/slow/one")
    expect(texts(browser, ".certificate tr") == ["max_ulp 1.5", f"at {EVIL}", "counts 1, 2"],
           f"a certificate is shown, not {texts(browser, '.certificate tr')}")
    open_case(browser, "suite/evil/crash")
    expect("Run again, alone: Pass" in text(browser, "#cases"), "the second attempt is shown")


def check_filter(browser, address):
    for words, count in (("suite/many/00*", 100), ("*/evil/*", 2), ("SIGSEGV", 1), ("float64", 2), ("nothing", 0)):
        type_filter(browser, words)
        said = text(browser, "#shown")
        expect(said.startswith(f"{count} of "), f"'{words}' finds {count} cases, not {said}")
    expect("No case fits" in text(browser, "#cases"), "an empty list says what to do")
    type_filter(browser, "suite/")
    press(browser, "#chips button", "Pass")
    expect(text(browser, "#shown").startswith("6 of "), "a status can be left out")
    Select(browser.find_element(By.ID, "order")).select_by_value("name")
    expect(texts(browser, ".case .title")[0].startswith("suite/evil/crash"), "cases are sorted by name")
    link = browser.current_url
    press(browser, "#skips button", "2")
    expect(text(browser, "#shown").startswith("2 of "), "a lack shows its cases")
    browser.get("about:blank")
    browser.get(link)
    expect(text(browser, "#shown").startswith("6 of "), "a link shows what was filtered")
    browser.get(address)


def check_devices(browser):
    expect(len(browser.find_elements(By.CSS_SELECTOR, "#runs tr")) == 2, "both devices are listed")
    press(browser, "#runs button", "Device B")
    expect(text(browser, "#device") == "Device B", "the other device can be chosen")
    expect(not browser.find_element(By.ID, "litmus-section").is_displayed(), "no litmus tests, no table of them")
    expect("Unfinished" in text(browser, "#verdict"), "a killed run says so")
    press(browser, "#runs button", "Device <A>")


def check_looks(browser, scratch):
    for name in ("suite/evil/script", "suite/known/link"):
        open_case(browser, name)
    for fault in save_looks(browser, scratch):
        expect(False, fault)


def main():
    kronos, scratch = sys.argv[1:]
    shutil.rmtree(scratch, ignore_errors=True)
    write_results(os.path.join(scratch, "results", "a"), "Device <A>", cases())
    write_results(os.path.join(scratch, "results", "b"), "Device B", [case("suite/many/0", "Pass")], end=False)
    page = os.path.join(scratch, "results", "report.html")
    said = subprocess.run([kronos, "report", os.path.join(scratch, "results")], check=True,
                          capture_output=True, text=True).stdout
    expect(said == f"{page}\n", "the page's path is printed")

    browser = open_browser()
    try:
        set_size(browser, 1280, 1600)
        address = f"file://{page}"
        browser.get(address)
        check_summary(browser)
        check_litmus(browser)
        check_progress(browser)
        check_cases(browser)
        check_filter(browser, address)
        check_devices(browser)
        check_looks(browser, scratch)
        expect(browser.execute_script("return window.hacked === undefined"), "results are never run as code")
        log = browser.get_log("browser")
        expect(not log, f"the console is empty, not {log}")
    finally:
        browser.quit()
    print(f"report page: {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
