"""A customer's entitlements are listed, page by page, by the real stripe client from a small server."""

import json
import threading
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest

from stripe_subscription_handler.errors import StripeUnavailableError
from stripe_subscription_handler.events.entitlements import read_summary
from stripe_subscription_handler.stripe_side.api import Snapshot, StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events

Page = dict[str, Any]
SECOND_PAGE = "ent_key_99"


@attrs.define
class Listing:
    """A Stripe that has one list, by the cursor that is asked for.

    Attributes:
        pages: Cursor (empty: the first page) → the answer's status and body.
        asked: The query of each request, and the account that it was about.
    """

    pages: dict[str, tuple[int, Page]] = attrs.Factory(dict)
    asked: list[dict[str, str]] = attrs.Factory(list)

    def answer(self, path: str, account: str | None) -> tuple[int, Page]:
        """Answer a request."""
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.asked.append({**query, "path": parts.path, "account": account or ""})
        return self.pages[query.get("starting_after", "")]


@pytest.fixture
def listing() -> Listing:
    """What the tests fill."""
    return Listing()


@pytest.fixture
def api(listing: Listing) -> Iterator[StripeApi]:
    """An API over a server on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = listing.answer(self.path, self.headers.get("Stripe-Context"))
            data = json.dumps(body).encode()
            self.send_response_only(status)
            # Each page is shown an hour after the one before.
            self.send_header("Date", formatdate(events.T0 + 3600 * len(listing.asked), usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    key = StripeKey.from_environment({"STRIPE_SECRET_KEY": "rk_test_1"})
    assert key is not None
    yield StripeApi(
        key,
        lambda: 30.0,
        url=f"http://127.0.0.1:{server.server_port}",
        sleep=lambda _seconds: None,
        clock=lambda: 0.0,
    )
    server.shutdown()
    server.server_close()


def page(*keys: str, has_more: bool = False) -> tuple[int, Page]:
    """One page."""
    body = {"object": "list", "data": [events.entitlement(key) for key in keys], "has_more": has_more}
    return 200, body


def fetched(api: StripeApi, account: str | None = None) -> Snapshot | None:
    """What is read of a customer, in whatever state."""
    kind = "entitlements.active_entitlement_summary"
    return api.fetch_fresh(kind, "cus_1", "1970-01-01T00:00:00Z", account=account)


def test_all_pages_are_one_summary_as_old_as_the_first(api: StripeApi, listing: Listing) -> None:
    """What changes between two pages is told by a later event."""
    first = tuple(f"key_{number}" for number in range(100))
    listing.pages = {"": page(*first, has_more=True), SECOND_PAGE: page("last")}
    found = fetched(api, "acct_1")
    assert found is not None
    summary = read_summary(found.object, "summary")
    assert (summary.keys, summary.is_whole) == ({*first, "last"}, True)
    assert found.as_of == "2025-11-22T09:26:39Z"
    common = {"customer": "cus_1", "limit": "100", "account": "acct_1"}
    path = {"path": "/v1/entitlements/active_entitlements"}
    assert listing.asked == [common | path, common | path | {"starting_after": SECOND_PAGE}]


def test_nothing_is_an_answer(api: StripeApi, listing: Listing) -> None:
    """A customer without entitlements has an empty list."""
    listing.pages = {"": page()}
    found = fetched(api)
    assert found is not None
    assert read_summary(found.object, "summary").keys == frozenset()


@pytest.mark.parametrize("status", [400, 404])
def test_a_customer_that_stripe_does_not_have_is_none(api: StripeApi, listing: Listing, status: int) -> None:
    """Stripe calls a filter that names nobody a bad request."""
    error = {"type": "invalid_request_error", "code": "resource_missing", "param": "customer"}
    listing.pages = {"": (status, {"error": {**error, "message": "No such customer: 'cus_1'"}})}
    assert fetched(api) is None


@pytest.mark.parametrize(
    "body",
    [
        {"object": "list", "data": [], "has_more": True},
        {"object": "list", "data": None},
        {"object": "customer", "id": "cus_1"},
    ],
)
def test_a_list_that_breaks_off_is_no_answer(api: StripeApi, listing: Listing, body: Page) -> None:
    """Taken for the whole, it would take features away from somebody who paid for them."""
    listing.pages = {"": (200, body)}
    with pytest.raises(StripeUnavailableError, match="did not answer with a list of entitlements"):
        fetched(api)


def test_a_key_that_may_not_read_entitlements_is_named(api: StripeApi, listing: Listing) -> None:
    """The operator learns which permission is missing: the key is refused."""
    listing.pages = {"": (403, {"error": {"type": "invalid_request_error", "message": "permission"}})}
    with pytest.raises(StripeUnavailableError, match="refuses the API key"):
        fetched(api)
