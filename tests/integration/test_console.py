"""The console in a real browser, on the deployed stack: live boxes, a user, a message, a sent event."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page

from stripe_handler_cli.stack.endpoint import Endpoint
from support import browser
from support.consoles import Running, running
from support.dead_letters import envelope, error, failure_record
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded
FRAMELESS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
"""Whether a page is no wider than its window."""
UNLABELLED = (
    "[...document.querySelectorAll('input:not([type=hidden]), select')]"
    ".filter(one => !one.labels.length).length"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser, where there is one."""
    path = browser.executable()
    if path is None:
        pytest.skip(browser.NONE_FOUND)
    with browser.browser(path) as started:
        yield started


@pytest.fixture(scope="module")
def console(
    endpoint: Endpoint, stack: "Stack", tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Running]:
    """The command itself, which may act, and whose person's directory is one of the test's."""
    assert chromium.is_connected()
    directory = tmp_path_factory.mktemp("console")
    outputs = {name: {"value": value} for name, value in stack.outputs.items()}
    (directory / "outputs.json").write_text(json.dumps(outputs))
    variables = {**os.environ, **endpoint.variables, "XDG_STATE_HOME": str(directory / "state")}
    arguments = ["--outputs", "outputs.json", "--allow-actions"]
    with running(arguments, variables, directory) as started:
        yield started


@pytest.fixture
def page(chromium: Browser, console: Running) -> Iterator[Page]:
    """A wide page that has opened the console; nothing that it loads is refused or fails."""
    with browser.page_of(chromium, console.address) as opened:
        yield opened


def applied(page: Page) -> int:
    """How many events were applied, by the function's box."""
    return int(page.inner_text("#box-function .figure strong").replace(",", ""))


def test_the_pipeline_moves_while_one_looks(page: Page, stack: "Stack") -> None:
    """An event that goes through is counted without a reload; the address has no token any more."""
    page.wait_for_selector("html[data-live=yes]")
    assert "token" not in page.url
    before, life = applied(page), Life("console_live")
    stack.pipeline.put(life.created())
    stack.pipeline.follow(life.created()["id"])
    page.wait_for_function(
        "before => Number(document.querySelector('#box-function .figure strong')"
        ".textContent.replace(',', '')) > before",
        arg=before,
    )
    assert page.evaluate(FRAMELESS)


def test_a_user_is_found_and_drawn_at_both_widths(
    page: Page, chromium: Browser, console: Running, stack: "Stack", tmp_path: Path
) -> None:
    """By the keyboard alone; light and dark, with a label on everything that can be typed into."""
    life = Life("console_user")
    for event in (life.created(), life.updated("late", 60, {"status": "active"}, status="past_due")):
        stack.pipeline.put(event)
        stack.pipeline.follow(event["id"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    page.keyboard.type(life.event_id("late"))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"li[id={life.event_id('late')}]:target")
    assert page.is_visible("svg.wide")
    assert not page.is_visible("svg.narrow")
    assert "past_due" in page.inner_text(".statuses")
    assert page.evaluate(UNLABELLED) == 0
    with browser.page_of(chromium, console.address, browser.NARROW, "dark") as narrow:
        narrow.goto(f"{console.base}/user?id={life.user_id}")
        assert narrow.is_visible("svg.narrow")
        assert not narrow.is_visible("svg.wide")
        for path in ("/", "/failures", "/doctor", "/drift", "/play"):
            assert narrow.evaluate(FRAMELESS)
            narrow.goto(f"{console.base}{path}")
    with page.expect_download() as file:
        page.click("text=Export as a file")
    file.value.save_as(tmp_path / "user.html")
    page.goto((tmp_path / "user.html").as_uri())
    assert page.inner_text("h1") == life.user_id
    assert page.is_visible("svg.wide")
    assert not page.is_visible("svg.narrow")  # so its style is let in


def test_a_message_is_dropped_after_a_question(page: Page, console: Running, stack: "Stack") -> None:
    """From the failure queue, into a file; the page tells while that goes on."""
    life, url = Life("console_dropped"), stack.outputs["failure_queue_url"]
    record = failure_record(envelope(life.created()), error("ConsoleTestError"))
    stack.pipeline.queues.send_message(QueueUrl=url, MessageBody=record)
    page.goto(f"{console.base}/failures")
    page.click("section:has-text('ConsoleTestError') >> text=Drop these")
    page.click("button:has-text('Drop')")
    page.wait_for_selector("html[data-live=ended]")
    assert "1 of 1 dropped" in page.inner_text("#job")
    page.goto(f"{console.base}/failures")
    assert "ConsoleTestError" not in page.inner_text("main")


def test_an_event_is_sent_and_watched_to_the_profile(page: Page, console: Running) -> None:
    """From the playground, which is there because the stack is on local AWS."""
    page.goto(f"{console.base}/play")
    page.select_option("#type", "customer.subscription.created")
    page.fill("#user", "user_console_play")
    page.click("text=Send it")
    page.wait_for_selector("html[data-live=ended]")
    assert "write · first_event" in page.inner_text("#job")
    page.click("text=Look at user_console_play")
    assert "subscriptionStatus" in page.inner_text("main")
