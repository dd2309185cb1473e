"""Takes the pictures of docs/console.md: each page of the console, of the demo that `make demo KEEP=1` left.

Not part of the tests: what is on them is what happened there, and when. `make pictures` runs it.
"""

import os
import signal
import sys

from playwright.sync_api import Page

from support import browser
from support.checkout import ROOT
from support.consoles import running

DIRECTORY = ROOT / "docs" / "console"
DEMO = ROOT / ".stripe-handler" / "demo"
_WIDE_HEIGHT, _NARROW_HEIGHT = 860, 760


def take(page: Page, name: str, height: int = _WIDE_HEIGHT) -> None:
    """Photograph the upper part of a page, as much of it as there is."""
    whole = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": min(whole, height)})  # type: ignore[index]
    page.screenshot(path=DIRECTORY / f"{name}.png", animations="disabled")


def wide(page: Page, base: str) -> None:
    """Each page at its full width."""
    page.wait_for_selector("html[data-live=yes]")
    take(page, "pipeline")
    page.goto(f"{base}/user?id=user_42")
    take(page, "user")
    page.goto(f"{base}/failures")
    take(page, "failures")
    page.goto(f"{base}/doctor")
    page.click("main button")
    page.wait_for_selector("html[data-live=ended]")
    page.goto(f"{base}/doctor")
    take(page, "doctor")
    page.goto(f"{base}/drift")
    page.click("text=Hold profiles and owner links")
    page.wait_for_selector("html[data-live=ended]")
    page.goto(f"{base}/drift")
    take(page, "drift")
    page.goto(f"{base}/play")
    page.click("text=Run the demo's life")
    page.wait_for_selector("#job li:nth-child(14)")
    take(page, "play")
    page.wait_for_selector("html[data-live=ended]", timeout=60_000)


def main() -> None:
    """Take all of them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for what is started in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    path = browser.executable()
    if path is None:
        sys.exit(browser.NONE_FOUND)
    DIRECTORY.mkdir(exist_ok=True)
    arguments = ["--local", str(DEMO), "--allow-actions"]
    with running(arguments, os.environ, ROOT) as console, browser.browser(path) as started:
        with browser.page_of(started, console.address) as page:
            wide(page, console.base)
        with browser.page_of(started, console.address, browser.NARROW, "dark") as page:
            page.goto(f"{console.base}/user?id=user_42")
            take(page, "user-narrow-dark", _NARROW_HEIGHT)


if __name__ == "__main__":
    main()
