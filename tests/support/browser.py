"""A real browser, headless, driven by Playwright: the system's Chromium, or the one that is Playwright's."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE_FOUND = f"no browser is found ({', '.join(NAMES)}); `make browser` installs one where it may"
WIDE, NARROW = 1280, 390
_HEIGHT = 800


def executable() -> str | None:
    """Where a browser is; None where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """Start it. Root has no sandbox of Chromium's; what is looked at is our own."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page_of(started: Browser, address: str, width: int = WIDE, scheme: str = "light") -> Iterator[Page]:
    """A page of a width, in light or dark, that has opened an address; what it complains of is an error.

    A browser complains of what the policy refuses, of a script that fails, and of what is not found.
    """
    context = started.new_context(viewport={"width": width, "height": _HEIGHT}, color_scheme=scheme)  # type: ignore[arg-type]
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    assert complaints == []
