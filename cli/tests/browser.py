"""What the tests of web pages share: a real browser. Ends with exit code 77 (skipped) where there is none."""

import os
import shutil
import sys

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError:
    print("selenium is not installed (python3-selenium)")
    sys.exit(77)

__all__ = ["By", "Select", "WebDriverWait", "open_browser", "save_looks", "set_size", "text", "texts"]

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    print("there is no chromium, or no chromedriver")
    sys.exit(77)


def open_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


def text(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector).text


def texts(browser, selector):
    return [element.text for element in browser.find_elements(By.CSS_SELECTOR, selector)]


def set_size(browser, width, height):
    """Of the page, not of the window around it."""
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def save_looks(browser, scratch):
    """Pictures of the page, wide and narrow, light and dark; yields what is wrong with them."""
    def background():
        return browser.execute_script("return getComputedStyle(document.body).backgroundColor")

    for width in (1280, 700, 360):
        set_size(browser, width, 1600)
        if browser.execute_script("return document.documentElement.scrollWidth") > width:
            yield f"the page is no wider than {width}"
        browser.save_screenshot(os.path.join(scratch, f"light-{width}.png"))
    light = background()
    browser.find_element(By.ID, "theme").click()
    if background() == light:
        yield "the dark page is dark"
    for width in (360, 1280):
        set_size(browser, width, 1600)
        browser.save_screenshot(os.path.join(scratch, f"dark-{width}.png"))
