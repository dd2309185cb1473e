"""Who is let into the console: whoever has the token, from this machine's own pages, and nobody else."""

import re

import pytest
from starlette.testclient import TestClient

from stripe_handler_cli.composed.console.app import make_app
from stripe_handler_cli.composed.console.security import HEADERS
from stripe_handler_cli.stack.stripe_options import StripeAccess
from support.looked_at import BASE, Looked, looked_at

PAGES = ("/", "/user", "/user?id=user_1", "/user/export?id=user_1", "/failures", "/doctor", "/drift", "/play")


@pytest.fixture(scope="module")
def console() -> Looked:
    """A console that only looks."""
    return looked_at(stripe=StripeAccess("rk_live_never_on_a_page", "STRIPE_API_KEY"))


def stranger(console: Looked, **settings: str) -> TestClient:
    """A browser that has never had the address with the token."""
    address = settings.get("base", BASE)
    return TestClient(make_app(console.desk, console.gate), base_url=address, follow_redirects=False)


def test_the_token_becomes_a_cookie_and_leaves_the_address(console: Looked) -> None:
    """No script reads the cookie, no other site sends it, and what was asked for is where one is led."""
    answer = stranger(console).get(console.gate.address("/user") + "&id=user_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/user?id=user_1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert console.gate.cookie in cookie


@pytest.mark.parametrize("path", [*PAGES, "/live/pipeline", "/jobs/1", "/no/such/page"])
def test_without_the_token_nothing_is_shown(console: Looked, path: str) -> None:
    """Nor with a wrong one, as a cookie or in the address."""
    asked = stranger(console)
    separator = "&" if "?" in path else "?"
    for answer in (
        asked.get(path),
        asked.get(f"{path}{separator}token=wrong"),
        asked.get(path, headers={"cookie": f"{console.gate.cookie}=wrong"}),
    ):
        assert answer.status_code == 401
        assert "stripe-handler console" in answer.text


def test_a_token_leads_nowhere_else(console: Looked) -> None:
    """An address that begins with two slashes would be that of another host."""
    answer = stranger(console).get(f"{BASE}//evil.example/?token={console.gate.token}")
    assert answer.headers["location"] == "/evil.example/"


def test_another_host_name_is_refused(console: Looked) -> None:
    """As a page would have it whose name was made to lead to this machine."""
    for host in ("evil.example", "evil.example:4680", "127.0.0.1:1", "127.0.0.1"):
        answer = console.browser.get("/", headers={"host": host})
        assert answer.status_code == 421


@pytest.mark.parametrize("path", ["/doctor", "/drift", "/failures", "/play"])
def test_another_origin_is_refused(console: Looked, path: str) -> None:
    """And so is a change that says no origin, or has another secret than that of the pages' forms."""
    form = {"csrf": console.gate.csrf}
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {}):
        assert console.browser.post(path, data=form, headers=headers).status_code == 403
    assert console.browser.get("/", headers={"origin": "https://evil.example"}).status_code == 403
    for wrong in ({}, {"csrf": ""}, {"csrf": "wrong"}):
        answer = console.browser.post(path, data=wrong, headers={"origin": BASE})
        assert answer.status_code == 403
        assert "Open the page anew" in answer.text


def test_another_sites_request_is_refused(console: Looked) -> None:
    """An image or a frame that it embeds; a link that a person follows is none."""
    embedded = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    framed = {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert console.browser.get("/user", headers=embedded).status_code == 403
    assert console.browser.get("/user", headers=framed).status_code == 403
    assert console.browser.get("/user", headers=followed).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/static/console.css", "/no/such/page", "/jobs/99"])
def test_every_answer_says_what_a_browser_may_do(console: Looked, path: str) -> None:
    """Errors too: no script or style but ours, no frame, nothing kept, no address told to others."""
    answer = console.browser.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_secret_a_script_or_a_style_of_its_own(console: Looked, path: str) -> None:
    """Neither the token nor the Stripe key stands on a page; the policy would refuse what is inline."""
    text = console.browser.get(path).text
    assert console.gate.token not in text
    assert "rk_live_never" not in text
    if "export" not in path:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", text)


def test_a_form_that_is_too_large_is_refused(console: Looked) -> None:
    """What is read of it is bounded."""
    form = {"csrf": console.gate.csrf, "user": "x" * 30_000}
    assert console.browser.post("/play", data=form, headers={"origin": BASE}).status_code == 403


@pytest.mark.parametrize("given", ["redrive", "drop"])
def test_nothing_is_changed_unless_that_was_allowed(console: Looked, given: str) -> None:
    """Neither asked for nor done, and no page has a button for it."""
    form = {"csrf": console.gate.csrf, "do": given, "error": "InvalidEventError"}
    assert console.browser.post("/failures", data=form, headers={"origin": BASE}).status_code == 403
    assert console.browser.get(f"/failures/confirm?do={given}&error=X").status_code == 403
    assert "/failures/confirm" not in console.browser.get("/failures").text
