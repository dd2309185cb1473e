"""Stripe's event destinations (API v2), with the operator's own key. Asks and changes; decides nothing."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeVar

import attrs

from stripe_handler_cli.stack.events_from import OWN
from stripe_handler_cli.stack.stripe_client import OperatorsStripe
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.config import STRIPE_API_URL
from stripe_subscription_handler.stripe_side.api import API_VERSION

EVENTBRIDGE = "amazon_eventbridge"
Payload = Literal["snapshot", "thin"]

_PAGE = 100
_ARN_REGION = 3
_Found = TypeVar("_Found")


def mode_of_source(event_source: str | None) -> Literal["live", "test"] | None:
    """Tell a partner event source's mode from its name: Stripe calls those of sandboxes `ed_test_…`."""
    if event_source is None:
        return None
    return "test" if event_source.rpartition("/")[2].startswith("ed_test_") else "live"


@attrs.frozen(kw_only=True)
class EventDestination:
    """An event destination of the kind Amazon EventBridge.

    Attributes:
        id: `ed_…`, in a sandbox `ed_test_…`.
        enabled_events: The types it sends; `*` means all.
        events_from: Whose events it sends, in Stripe's words.
        api_version: The API version of snapshots.
        source_status: Stripe's word: `active`, `deleted`, `pending` or `unknown`.
    """

    id: str
    name: str = ""
    is_enabled: bool = True
    disabled_reason: str | None = None
    enabled_events: frozenset[str] = frozenset()
    events_from: frozenset[str] = frozenset({OWN})
    payload: str = "snapshot"
    api_version: str | None = None
    account_id: str = ""
    source_arn: str = ""
    source_status: str = "unknown"
    metadata: Mapping[str, str] = attrs.Factory(dict)

    @property
    def source_name(self) -> str:
        """The event source's name, which is the name of its bus: `aws.partner/stripe.com/ed_…`."""
        return self.source_arn.rpartition(":event-source/")[2]

    @property
    def region(self) -> str:
        parts = self.source_arn.split(":")
        return parts[_ARN_REGION] if len(parts) > _ARN_REGION else ""

    @classmethod
    def of(cls, found: Any) -> "EventDestination":
        bridge = getattr(found, EVENTBRIDGE, None)
        disabled = getattr(getattr(found, "status_details", None), "disabled", None)
        metadata = getattr(found, "metadata", None)
        return cls(
            id=found.id,
            name=getattr(found, "name", ""),
            is_enabled=found.status == "enabled",
            disabled_reason=getattr(disabled, "reason", None),
            enabled_events=frozenset(found.enabled_events),
            events_from=frozenset(getattr(found, "events_from", None) or {OWN}),
            payload=found.event_payload,
            api_version=getattr(found, "snapshot_api_version", None),
            account_id=str(getattr(bridge, "aws_account_id", "")),
            source_arn=str(getattr(bridge, "aws_event_source_arn", "")),
            source_status=str(getattr(bridge, "aws_event_source_status", "unknown")),
            metadata=metadata.to_dict() if metadata else {},
        )


@attrs.frozen(kw_only=True)
class NewDestination:
    """An event destination to be made."""

    name: str
    account_id: str
    region: str
    event_types: Iterable[str]
    events_from: Iterable[str] = (OWN,)
    payload: Payload
    metadata: Mapping[str, str]


@attrs.frozen(slots=False)
class EventDestinations:
    """The event destinations of the account that a key belongs to.

    Every question raises a `CliError` if Stripe does not answer, or refuses.
    """

    access: StripeAccess
    url: str = STRIPE_API_URL

    @classmethod
    def at(cls, access: StripeAccess, url: str | None = None) -> "EventDestinations":
        """Those behind a URL, unless the access has its own; of Stripe itself where neither says."""
        return cls(access, access.url or url or STRIPE_API_URL)

    def eventbridge(self) -> list[EventDestination]:
        """All of the kind Amazon EventBridge."""
        found = self._ask(lambda service: list(service.list({"limit": _PAGE}).auto_paging_iter()))
        return [EventDestination.of(one) for one in found if getattr(one, EVENTBRIDGE, None) is not None]

    def create(self, new: NewDestination) -> EventDestination:
        """Make one; its event source comes into being a moment later."""
        wanted = {
            "type": EVENTBRIDGE,
            "name": new.name,
            "event_payload": new.payload,
            "enabled_events": sorted(new.event_types),
            "events_from": list(new.events_from),
            "metadata": dict(new.metadata),
            EVENTBRIDGE: {"aws_account_id": new.account_id, "aws_region": new.region},
            **({"snapshot_api_version": API_VERSION} if new.payload == "snapshot" else {}),
        }
        return EventDestination.of(self._ask(lambda service: service.create(wanted)))

    def send(self, identifier: str, event_types: Iterable[str]) -> None:
        """Say which types it sends from now on."""
        types = sorted(event_types)
        self._ask(lambda service: service.update(identifier, {"enabled_events": types}))

    def enable(self, identifier: str) -> None:
        self._ask(lambda service: service.enable(identifier))

    def disable(self, identifier: str) -> None:
        """Stop it; it stays, and so does its event source."""
        self._ask(lambda service: service.disable(identifier))

    def delete(self, identifier: str) -> None:
        self._ask(lambda service: service.delete(identifier))

    def ping(self, identifier: str) -> str:
        """Have it tested, and return the id of the event that Stripe sends."""
        return str(self._ask(lambda service: service.ping(identifier)).id)

    @cached_property
    def _stripe(self) -> OperatorsStripe:
        return OperatorsStripe(self.access, self.url, "to read and write event destinations")

    def _ask(self, question: Callable[[Any], _Found]) -> _Found:
        return self._stripe.ask(lambda client: question(client.v2.core.event_destinations))
