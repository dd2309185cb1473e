"""Event destinations of the fake Stripe (API v2): what it keeps of them, and what it answers about them.

In the shapes of stripe-python 16.1. Stripe's own rules modelled here: only an Amazon EventBridge or a webhook
destination; type, payload, API version, target and `events_from` never change; a destination whose event
source is gone is disabled for good; a signing secret is told once, when it is asked for at creation. Another
field is refused, so that nothing seems to be kept that is not. Sends nothing itself: `pushing` does.
"""

import re
import secrets
import threading
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from stripe_handler_cli.lab.fake_stripe.messages import Answer
from stripe_handler_cli.lab.fake_stripe.partner_side import InMemoryPartner, PartnerSide
from stripe_handler_cli.lab.fake_stripe.scopes import covers, read_scopes
from stripe_subscription_handler.stripe_side.api import API_VERSION

Json = dict[str, Any]

EVENTBRIDGE, WEBHOOK = "amazon_eventbridge", "webhook_endpoint"
THIN = "thin"
EVERY_TYPE: Final = "*"
_SHARED: Final = frozenset({"description", "enabled_events", "include", "metadata", "name"})
_CREATED_WITH: Final = _SHARED | {"event_payload", "events_from", "snapshot_api_version", "type"}


class RefusedError(ValueError):
    """A request that Stripe would refuse; the message names the field."""


@attrs.define
class Destination:
    """One destination; its body is as Stripe shows it, without the state of its event source."""

    body: Json
    region: str = ""
    url: str = ""
    signing_secret: str = attrs.field(default="", repr=False)

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def is_webhook(self) -> bool:
        return bool(self.body["type"] == WEBHOOK)

    @property
    def source(self) -> str:
        return f"aws.partner/stripe.com/{self.id}"

    @property
    def account_id(self) -> str:
        return str(self.body[EVENTBRIDGE]["aws_account_id"])

    def wants(self, event_type: str) -> bool:
        """Whether it is subscribed to a type, thin types by their own names."""
        enabled = self.body["enabled_events"]
        return EVERY_TYPE in enabled or event_type in enabled

    def is_told_of(self, snapshot: Mapping[str, Any]) -> bool:
        """Whether it gets the events of the account that a snapshot event is of."""
        return covers(self.body["events_from"], snapshot)


@attrs.define(eq=False)
class Destinations:
    """Every event destination of an account. `RefusedError` is raised for what Stripe would not do."""

    partner: PartnerSide = attrs.field(factory=InMemoryPartner)
    _by_id: dict[str, Destination] = attrs.field(factory=dict, init=False)
    _created_by: dict[str, str] = attrs.field(factory=dict, init=False)
    _lock: threading.RLock = attrs.field(factory=threading.RLock, init=False)

    def __iter__(self) -> Iterator[Destination]:
        """All of them, newest first, each with the state it is in now."""
        with self._lock:
            for one in self._by_id.values():
                self._refresh(one)
            return iter(list(self._by_id.values())[::-1])

    def get(self, identifier: str) -> Destination | None:
        with self._lock:
            found = self._by_id.get(identifier)
            if found is not None:
                self._refresh(found)
            return found

    def create(self, given: Mapping[str, Any], idempotency_key: str | None = None) -> Destination:
        """Make one; with a key that made one already, return that."""
        with self._lock:
            before = self._by_id.get(self._created_by.get(idempotency_key or "", ""))
            if before is not None:
                return before
            made = _made(given)
            if not made.is_webhook:
                self.partner.create(made.source, made.account_id)
            self._by_id[made.id] = made
            if idempotency_key:
                self._created_by[idempotency_key] = made.id
            self._refresh(made)
            return made

    def adopt(self, identifier: str, given: Mapping[str, Any]) -> None:
        """Know a destination under an id whose event source is there already."""
        made = _made(given)
        made.body["id"] = identifier
        with self._lock:
            self._by_id[identifier] = made

    def update(self, one: Destination, given: Mapping[str, Any]) -> None:
        """Change what can be changed; an empty metadata value removes its key."""
        _refuse_unknown(given, _SHARED | ({WEBHOOK} if one.is_webhook else set()))
        if "enabled_events" in given:
            _check_types(given["enabled_events"], one.body["event_payload"])
        with self._lock:
            told = {name: given[name] for name in ("description", "enabled_events", "name") if name in given}
            metadata = {**one.body["metadata"], **(given.get("metadata") or {})}
            one.body.update(told, metadata={name: value for name, value in metadata.items() if value})
            if WEBHOOK in given:
                one.url = _url(given[WEBHOOK])
            one.body["updated"] = _now()

    def switch(self, one: Destination, status: str) -> None:
        with self._lock:
            self._refresh(one)
            if status == "enabled" and self._is_orphan(one):
                raise RefusedError("The AWS event source of this destination no longer exists.")
            self._set_status(one, None if status == "enabled" else "user")

    def remove(self, one: Destination) -> None:
        with self._lock:
            self._by_id.pop(one.id, None)
            if not one.is_webhook:
                self.partner.delete(one.source, one.account_id)

    @staticmethod
    def ping_event(one: Destination) -> Json:
        """The event by which Stripe tests it."""
        return {
            "id": f"evt_test_65Fake{secrets.token_hex(10)}",
            "object": "v2.core.event",
            "context": None,
            "created": _now(),
            "livemode": False,
            "reason": None,
            "related_object": {
                "id": one.id,
                "type": "v2.core.event_destination",
                "url": f"/v2/core/event_destinations/{one.id}",
            },
            "type": "v2.core.event_destination.ping",
        }

    def shown(self, one: Destination, include: Collection[str] = (), *, at_creation: bool = False) -> Answer:
        body = {**one.body, EVENTBRIDGE: None, WEBHOOK: None}
        if one.is_webhook:
            tells_secret = at_creation and f"{WEBHOOK}.signing_secret" in include
            body[WEBHOOK] = {
                "signing_secret": one.signing_secret if tells_secret else None,
                "url": one.url if f"{WEBHOOK}.url" in include else None,
            }
        else:
            body[EVENTBRIDGE] = {
                "aws_account_id": one.account_id,
                "aws_event_source_arn": f"arn:aws:events:{one.region}::event-source/{one.source}",
                "aws_event_source_status": self.partner.status(one.source),
            }
        return Answer(HTTPStatus.OK, body)

    def _is_orphan(self, one: Destination) -> bool:
        return not one.is_webhook and self.partner.status(one.source) == "deleted"

    def _refresh(self, one: Destination) -> None:
        if one.body["status"] == "enabled" and self._is_orphan(one):
            self._set_status(one, "no_aws_event_source_exists")

    @staticmethod
    def _set_status(one: Destination, disabled_reason: str | None) -> None:
        details = None if disabled_reason is None else {"disabled": {"reason": disabled_reason}}
        status = "enabled" if disabled_reason is None else "disabled"
        one.body.update(status=status, status_details=details)


def _made(given: Mapping[str, Any]) -> Destination:
    for name in ("enabled_events", "event_payload", "name", "type"):
        if not given.get(name):
            raise RefusedError(f"Missing required param: {name}.")
    kind, payload = given["type"], given["event_payload"]
    if kind not in {EVENTBRIDGE, WEBHOOK} or payload not in {"snapshot", THIN}:
        raise RefusedError("Invalid type or event_payload.")
    _refuse_unknown(given, _CREATED_WITH | {kind})
    _check_types(given["enabled_events"], payload)
    if payload == THIN and given.get("snapshot_api_version"):
        raise RefusedError("snapshot_api_version is for snapshot events only.")
    scopes = read_scopes(given.get("events_from"))
    if scopes is None:
        raise RefusedError("events_from names scopes of an account, or of an organization.")
    moment = _now()
    body = {
        "id": f"ed_test_61Fake{secrets.token_hex(10)}",
        "object": "v2.core.event_destination",
        "created": moment,
        "description": given.get("description", ""),
        "enabled_events": list(given["enabled_events"]),
        "event_payload": payload,
        "events_from": scopes,
        "livemode": False,
        "metadata": dict(given.get("metadata") or {}),
        "name": given["name"],
        "snapshot_api_version": None if payload == THIN else given.get("snapshot_api_version", API_VERSION),
        "status": "enabled",
        "status_details": None,
        "type": kind,
        "updated": moment,
    }
    if kind == WEBHOOK:
        url, secret = _url(given.get(WEBHOOK)), f"whsec_{secrets.token_hex(16)}"
        return Destination(body, url=url, signing_secret=secret)
    source = given.get(EVENTBRIDGE) or {}
    account, region = str(source.get("aws_account_id", "")), source.get("aws_region")
    if not (re.fullmatch("[0-9]{12}", account) and region):
        raise RefusedError("amazon_eventbridge wants aws_account_id (12 digits) and aws_region.")
    return Destination({**body, EVENTBRIDGE: {"aws_account_id": account}}, region=region)


def _now() -> str:
    """Now, as API v2 writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def _refuse_unknown(given: Mapping[str, Any], known: frozenset[str] | set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise RefusedError(f"Unknown field: {unknown[0]}.")


def _check_types(types: Any, payload: str) -> None:
    if not (isinstance(types, list) and types and all(isinstance(name, str) for name in types)):
        raise RefusedError("enabled_events must be a list of event types.")
    for name in types:
        if name != EVERY_TYPE and name.startswith(("v1.", "v2.")) != (payload == THIN):
            raise RefusedError(f"enabled_events: {name} is not sent as a {payload} event.")


def _url(given: Mapping[str, Any] | None) -> str:
    url = str((given or {}).get("url", ""))
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        # Stripe takes any; a fake that posts to other machines would be a nuisance.
        raise RefusedError("webhook_endpoint.url must be on this machine.")
    return url
