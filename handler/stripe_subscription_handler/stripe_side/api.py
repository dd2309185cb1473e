"""Reads objects from the Stripe API, with the `stripe` package, which only this module imports.

Most events need nothing of `stripe`, and a cold start would pay for importing it, so it is imported with the
first request. Retries are made here, not by the stripe client: its own retries sleep without regard to the
function's remaining time, never repeat a rate-limited request, and hide which attempt was answered, on which
`as_of` depends. Nothing is logged here, and no error message holds a key or an object's content.
"""

import json
import logging
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

import attrs

from stripe_subscription_handler.config import STRIPE_API_URL
from stripe_subscription_handler.errors import (
    ConfigError,
    InvalidEventError,
    NotAtStripeError,
    StripeBusyError,
    StripeUnavailableError,
)
from stripe_subscription_handler.events.event_types import Subject
from stripe_subscription_handler.lazy_imports import import_without
from stripe_subscription_handler.stripe_side.all_items import with_all_items
from stripe_subscription_handler.stripe_side.pages import LIMIT, whole_list
from stripe_subscription_handler.stripe_side.patience import Patience
from stripe_subscription_handler.stripe_side.secret import StripeKey

if TYPE_CHECKING:
    from types import ModuleType

    from urllib3 import PoolManager

API_VERSION = "2026-10-28.endive"
"""What stripe-python 16.1 pins. Named here so that a newer client does not change what is read."""
PREVIEW_VERSION = "2026-11-18.preview"
"""Events of a preview are asked for with it first: that Stripe failed to generate an event is one of them."""
NOT_IN_ZIP = (
    "a Stripe key is configured, but the function's zip was built without stripe (stripe-handler package "
    "--without-stripe): deploy one with it, or configure no key"
)
"""Said where Stripe must be asked and cannot be."""
RESERVE_SECONDS = 2.0
"""Left of the invocation after any request: for the write that follows and the log line."""
LEAST_REQUEST_SECONDS = 1.0
"""No request starts with less time than this."""
LONGEST_FRESHNESS_WAIT_SECONDS = 3.0
_LONGEST_CONNECT_SECONDS = 2.0
_RETRIED_STATUSES = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
_REFUSED_STATUSES = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_UNSHOWN_STATUSES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""An event that is gone, of a preview that the account does not have, or that the key may not read."""
_ORGANIZATION_KEY = "sk_org"
"""How an organization's keys begin; Stripe wants `Stripe-Context` with each of their requests."""
_KEY_MODES: dict[str, Literal["live", "test"]] = {
    "sk_live_": "live",
    "rk_live_": "live",
    "sk_test_": "test",
    "rk_test_": "test",
}


EventForm = Literal["event", "v2.core.event"]
"""Stripe's word for a snapshot event, and for a thin one."""

_PATHS: dict[Subject, str] = {
    "subscription": "/v1/subscriptions",
    "invoice": "/v1/invoices",
    "checkout.session": "/v1/checkout/sessions",
    "customer": "/v1/customers",
}
"""Where objects of each kind are read, before their id."""
_EVENT_PATHS: dict[EventForm, str] = {"event": "/v1/events", "v2.core.event": "/v2/core/events"}
"""Where events of both forms are read, before their id; for 30 days."""
_ENTITLEMENTS = "/v1/entitlements/active_entitlements"
"""Where a customer's entitlements are listed. Their summary comes with events only and cannot be read."""

Plural = Literal["subscriptions", "invoices", "events"]
"""The lists that are read."""


@attrs.frozen
class Snapshot:
    """An object as Stripe showed it, as parsed from JSON.

    Attributes:
        as_of: It holds everything that happened up to the end of this second; ISO-8601 UTC.
    """

    object: dict[str, Any] = attrs.field(repr=False)
    as_of: str


@attrs.frozen
class Page:
    """One page of a list as Stripe showed it, its objects as parsed from JSON.

    Attributes:
        as_of: Each object holds everything that happened up to the end of this second; ISO-8601 UTC.
    """

    objects: tuple[dict[str, Any], ...] = attrs.field(repr=False)
    has_more: bool
    as_of: str


def key_mode(key: str) -> Literal["live", "test"] | None:
    """Tell from its prefix which mode an API key belongs to; None where the prefix does not tell."""
    return next((mode for prefix, mode in _KEY_MODES.items() if key.startswith(prefix)), None)


def snapshot_as_of(date_header: str | None, round_trip_seconds: float) -> str:
    """Compute the last second whose every event a response shows: Date - ceil(round trip) - 1.

    Stripe read the object at some moment after the request was sent, and wrote the Date header before the
    response arrived, so at most one round trip lies between them: the read was not before
    Date - ceil(round trip). It may have been at the very beginning of that second, before the second's other
    events, so the last second it surely includes is the one before.

    Only the answered attempt counts: its read cannot have begun before it was sent, however long earlier
    attempts took. Date and event times are both Stripe's clock, ours only measures a duration; that Stripe's
    own servers agree on the second is taken for granted.

    Raises:
        StripeUnavailableError: The header is missing or is not a date with a time zone.
    """
    try:
        moment = parsedate_to_datetime(date_header or "")
        if moment.tzinfo is None:
            raise ValueError  # noqa: TRY301 - handled with what the parser itself raises
        as_of = moment.astimezone(UTC) - timedelta(seconds=math.ceil(round_trip_seconds) + 1)
    except (ValueError, TypeError, OverflowError):
        raise StripeUnavailableError("Stripe's response has no usable Date header") from None
    return as_of.replace(tzinfo=None).isoformat() + "Z"


def request_timeouts(available_seconds: float) -> tuple[float, float]:
    """Divide the time for one request into the HTTP client's two time-outs, connect and read.

    They bound each address tried and each piece read, so a server that trickles can exceed them; Lambda then
    ends the invocation and retries the event.
    """
    connect = min(_LONGEST_CONNECT_SECONDS, available_seconds / 2)
    return connect, available_seconds - connect


@attrs.frozen
class _Reply:
    """What came of one attempt: a body, or why there is none."""

    seconds: float
    headers: Mapping[str, str]
    body: dict[str, Any] | None = None
    status: int | None = None
    missing: bool = False
    repeatable: bool = False
    failure: str = ""


@attrs.define(eq=False)
class StripeApi:
    """Stripe's API, as far as the handler needs it. For one thread.

    Each `fetch_…` raises `StripeUnavailableError` if Stripe does not tell or refuses the key, `ConfigError`
    if the key's place cannot be used or the zip was built without stripe, and `InvalidEventError` if an id
    cannot be one of Stripe's. `account` is the event's `account` or `context`: whose object it is.

    Attributes:
        remaining_seconds: Time left of this invocation; set it anew for each invocation.
        longest_request_seconds: Time-out of one attempt when more time is left.
        sleep: Waits, in seconds.
        clock: Monotonic seconds; measures round trips.
        before_request: Called before each request, repeated ones included, as a rate limit may want.
        requests: Requests sent so far, repeated ones included.
    """

    key: StripeKey
    remaining_seconds: Callable[[], float]
    url: str = STRIPE_API_URL
    longest_request_seconds: float = 8.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    before_request: Callable[[], None] = lambda: None
    requests: int = 0
    _connections: "PoolManager | None" = attrs.field(default=None, init=False, repr=False)

    def fetch_subscription(
        self, subscription_id: str, *, account: str | None = None, with_invoice: bool = False
    ) -> Snapshot | None:
        """Read a subscription, if there is one; one that was canceled is still there.

        `with_invoice` has its newest invoice stand in it, in place of the invoice's id.
        """
        expand = "latest_invoice" if with_invoice else None
        return self._snapshot("subscription", subscription_id, account, expand)

    def fetch_checkout_session(self, session_id: str) -> Snapshot | None:
        """Read a checkout session, open, complete or expired; None where Stripe has none by this id."""
        return self._snapshot("checkout.session", session_id, None)

    def fetch_fresh(
        self, kind: Subject, identifier: str, not_before: str, *, account: str | None = None
    ) -> Snapshot | None:
        """Read an object, if Stripe has it, until what is read includes all of a given second.

        Of a deleted customer Stripe shows the id and `deleted: true`, no metadata.

        This waits 3 seconds at most, each time as long as `as_of` shows to be missing. `not_before` is the
        least `as_of` that will do, ISO-8601 UTC with a `Z`, whole seconds.

        Raises:
            StripeUnavailableError: It did not get fresh in time, or another reason of the class.
        """
        left = LONGEST_FRESHNESS_WAIT_SECONDS
        while True:
            snapshot = self._snapshot(kind, identifier, account)
            if snapshot is None or snapshot.as_of >= not_before:
                return snapshot
            behind = datetime.fromisoformat(not_before) - datetime.fromisoformat(snapshot.as_of)
            pause = min(behind.total_seconds(), left)
            failure = f"Stripe shows the state of {snapshot.as_of}, but that of {not_before} is needed"
            if pause <= 0:
                raise StripeUnavailableError(failure)
            left -= pause
            self._pause(pause, failure, StripeUnavailableError)

    def fetch_customer_metadata(
        self, customer_id: str, *, account: str | None = None
    ) -> Mapping[str, str] | None:
        """Read a customer's metadata; None when Stripe has no such customer, or it was deleted."""
        reply = self._get("customer", customer_id, account)
        if reply.body is None or reply.body.get("deleted"):
            return None
        metadata = reply.body.get("metadata")
        found = metadata if isinstance(metadata, dict) else {}
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def fetch_event(
        self, form: EventForm, event_id: str, *, account: str | None = None, of_preview: bool = False
    ) -> dict[str, Any] | None:
        """Read an event by its id; None where Stripe has none, or does not show it with this key.

        `of_preview` says that Stripe documents its type in previews of the API only.

        Source: https://docs.stripe.com/api/v2/core/events/retrieve, https://docs.stripe.com/api/events/retrieve
        """
        path = f"{_EVENT_PATHS[form]}/{_quoted(form, event_id)}"
        versions = (PREVIEW_VERSION, API_VERSION) if of_preview else (API_VERSION,)
        for version in versions:
            body = self._answered(path, account, version, tolerated=_UNSHOWN_STATUSES).body
            if body is not None and (body.get("object"), body.get("id")) == (form, event_id):
                return body
        return None

    def try_events(self, event_id: str) -> None:
        """Ask for an event that cannot exist, in both forms.

        Raises:
            StripeUnavailableError: The key may not read events, or another reason of the class.
        """
        for path in _EVENT_PATHS.values():
            self._answered(f"{path}/{event_id}", None, tolerated=_UNSHOWN_STATUSES - {HTTPStatus.FORBIDDEN})

    def may_read(self, plural: Plural) -> bool:
        """Whether the key is allowed to read a list; a restricted key may not be.

        Raises:
            StripeUnavailableError: Stripe does not tell, or refuses the key altogether.
        """
        reply = self._answered(f"/v1/{plural}?limit=1", None, tolerated=frozenset({HTTPStatus.FORBIDDEN}))
        return reply.body is not None

    def fetch_page(self, plural: Plural, parameters: Sequence[tuple[str, str]]) -> Page:
        """Read one page of a list.

        `parameters` are the query that Stripe documents for this list: `limit`, `starting_after`, filters.

        Raises:
            NotAtStripeError: The customer by whom the list is filtered, or the object that a cursor names, is
                not there.
            StripeUnavailableError: For another reason of the class.
        """
        reply = self._answered(f"/v1/{plural}?{urlencode(parameters)}", None)
        if reply.missing:
            raise NotAtStripeError(f"Stripe has nothing by an id that its list of {plural} was asked for")
        body = reply.body or {}
        data = body.get("data")
        if body.get("object") != "list" or not isinstance(data, list):
            raise StripeUnavailableError(f"Stripe did not answer with a list of {plural}")
        as_of = snapshot_as_of(reply.headers.get("Date"), reply.seconds)
        if plural == "subscriptions":
            data = [self._with_all_items(one, None) for one in data]
        return Page(tuple(data), bool(body.get("has_more")), as_of)

    def _snapshot(
        self, kind: Subject, identifier: str, account: str | None, expand: str | None = None
    ) -> Snapshot | None:
        if kind == "entitlements.active_entitlement_summary":
            return self._entitlements(identifier, account)
        reply = self._get(kind, identifier, account, expand)
        if reply.body is None:
            return None
        # What is read afterwards can only be newer than the second that this answer surely includes.
        as_of = snapshot_as_of(reply.headers.get("Date"), reply.seconds)
        body = self._with_all_items(reply.body, account) if kind == "subscription" else reply.body
        return Snapshot(body, as_of)

    def _with_all_items(self, subscription: dict[str, Any], account: str | None) -> dict[str, Any]:
        return with_all_items(subscription, lambda path: self._answered(path, account).body)

    def _entitlements(self, customer_id: str, account: str | None) -> Snapshot | None:
        """All active entitlements of a customer, in the shape of the summary that events have."""
        query = {"customer": customer_id}
        reply = self._answered(f"{_ENTITLEMENTS}?{urlencode({**query, 'limit': LIMIT})}", account)
        if reply.body is None:
            return None
        # What changes between two pages comes with an event of its own, later than the first.
        as_of = snapshot_as_of(reply.headers.get("Date"), reply.seconds)
        listed = whole_list(
            reply.body,
            _ENTITLEMENTS,
            query,
            lambda path: self._answered(path, account).body,
            "entitlements",
        )
        kind = "entitlements.active_entitlement_summary"
        return Snapshot({"object": kind, "customer": customer_id, "entitlements": listed}, as_of)

    def _get(self, kind: Subject, identifier: str, account: str | None, expand: str | None = None) -> _Reply:
        query = f"?{urlencode({'expand[]': expand})}" if expand else ""
        reply = self._answered(f"{_PATHS[kind]}/{_quoted(kind, identifier)}{query}", account)
        body = reply.body or {}
        if not reply.missing and (body.get("object"), body.get("id")) != (kind, identifier):
            raise StripeUnavailableError(f"Stripe answered with something else than the {kind}")
        return reply

    def _answered(
        self,
        path: str,
        account: str | None,
        version: str = API_VERSION,
        tolerated: frozenset[int] = frozenset(),
    ) -> _Reply:
        may_refresh, patience = True, Patience()
        while True:
            reply = self._send(path, account, version)
            if reply.missing or reply.body is not None or reply.status in tolerated:
                return reply
            if reply.status == HTTPStatus.UNAUTHORIZED and may_refresh and self.key.refresh():
                may_refresh = False
                continue
            seconds = patience.pause(reply.status, reply.headers) if reply.repeatable else None
            is_busy = reply.status == HTTPStatus.TOO_MANY_REQUESTS
            failed = StripeBusyError if is_busy else StripeUnavailableError
            if seconds is None:
                raise failed(reply.failure)
            self._pause(seconds, reply.failure, failed)

    def _pause(self, seconds: float, failure: str, failed: type[StripeUnavailableError]) -> None:
        needed = seconds + LEAST_REQUEST_SECONDS + RESERVE_SECONDS
        if self.remaining_seconds() < needed:
            raise failed(f"{failure}; no time is left to wait {seconds:.1f} s and ask again")
        self.sleep(seconds)

    def _send(self, path: str, account: str | None, version: str) -> _Reply:
        key, stripe, connections = self.key.get(), load_stripe(), self._shared_connections()
        from stripe_subscription_handler.stripe_side.unparsed import (  # noqa: PLC0415 - lazily, with `stripe`
            UnparsedClient,
        )

        if account is None and key.startswith(_ORGANIZATION_KEY):
            raise StripeUnavailableError(
                "Stripe answers an organization's API key about a named account only, and none is named "
                f"here: put a key of the account itself into {self.key.place}"
            )
        # Asked only now: with the first request, the above takes its time.
        available = self.remaining_seconds() - RESERVE_SECONDS
        if available < LEAST_REQUEST_SECONDS:
            raise StripeUnavailableError("too little time is left of this invocation to ask Stripe")
        timeouts = request_timeouts(min(available, self.longest_request_seconds))
        # Each attempt has a client of its own with its time-outs; they share the open connection.
        http_client = UnparsedClient(connections, timeouts)
        client = stripe.StripeClient(
            key,
            stripe_version=version,
            base_addresses={"api": self.url},
            max_network_retries=0,
            http_client=http_client,
        )
        self.before_request()
        self.requests += 1
        started = self.clock()
        try:
            response = client.raw_request("get", path, stripe_context=account)
        except stripe.StripeError as error:
            return _failed(error, self.clock() - started, self.key.place)
        seconds, headers = self.clock() - started, response.headers
        try:
            body = json.loads(http_client.body)
        except ValueError:  # as from a proxy in between
            failure = f"Stripe answered HTTP {response.code}, and no JSON"
            return _Reply(seconds, headers, status=response.code, repeatable=True, failure=failure)
        if not isinstance(body, dict):
            return _Reply(seconds, headers, failure="Stripe's response is not an object")
        return _Reply(seconds, headers, body)

    def _shared_connections(self) -> "PoolManager":
        if self._connections is None:
            from stripe_subscription_handler.stripe_side.connections import (  # noqa: PLC0415 - with `stripe`
                connections,
            )

            self._connections = connections(self.url, load_stripe().ca_bundle_path)
        return self._connections


def load_stripe() -> "ModuleType":
    """Import `stripe`, quiet: it logs no bodies and sends no telemetry.

    Raises:
        ConfigError: The zip was built without it.
    """
    # This variable makes stripe print whole response bodies to standard error, which Lambda logs.
    os.environ.pop("STRIPE_LOG", None)
    try:
        # asyncio is for clients that nobody makes here, requests for those that the CLI makes.
        stripe = import_without("stripe", left_out=("asyncio", "requests"))
    except ModuleNotFoundError as error:
        if error.name != "stripe":
            raise
        raise ConfigError(NOT_IN_ZIP) from None

    # Telemetry keeps an id in a file of the home directory, and platform details in a header.
    stripe.enable_telemetry = False  # type: ignore[attr-defined]
    logging.getLogger("stripe").disabled = True
    return stripe


def prepare_to_ask() -> None:
    """Import all that the first question would import; nothing is sent, and no connection made.

    Raises:
        ConfigError: The zip was built without stripe.
    """
    stripe = load_stripe()
    from stripe_subscription_handler.stripe_side import connections, unparsed  # noqa: F401, PLC0415 - with `stripe`

    _ = stripe.StripeClient  # which stripe imports when it is first read


def _quoted(kind: str, identifier: str) -> str:
    if not identifier.strip("."):  # "." and ".." would name another path
        raise InvalidEventError(f"{kind} id", "cannot be an id of Stripe's")
    return quote(identifier, safe="")


def _failed(error: Any, seconds: float, key_place: str) -> _Reply:
    status = error.http_status
    headers = error.headers or {}
    message = error.user_message or ""
    if status is None:
        failure = f"no answer from Stripe ({type(error.__cause__ or error).__name__})"
        return _Reply(seconds, headers, repeatable=getattr(error, "should_retry", False), failure=failure)
    # A list of a customer that there is not is a bad request: the parameter names nothing.
    names_nothing = status == HTTPStatus.BAD_REQUEST and getattr(error, "param", None) == "customer"
    if error.code == "resource_missing" and (status == HTTPStatus.NOT_FOUND or names_nothing):
        # Stripe's words when the id exists in the other mode: that is a wrong key, not a missing object.
        if "similar object exists in" in message:
            failure = f"the Stripe API key of {key_place} belongs to the other mode, live or test"
            return _Reply(seconds, headers, status=status, failure=failure)
        return _Reply(seconds, headers, status=status, missing=True)
    if status in _REFUSED_STATUSES:
        failure = f"Stripe refuses the API key of {key_place} (HTTP {status})"
        return _Reply(seconds, headers, status=status, failure=failure)
    repeatable = status in _RETRIED_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    failure = f"Stripe answered HTTP {status}" + (f" {error.code}" if error.code else "")
    return _Reply(seconds, headers, status=status, repeatable=repeatable, failure=failure)
