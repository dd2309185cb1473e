"""Where the fake Stripe stands towards EventBridge: a partner that makes event sources and feeds them.

On AWS only Stripe itself can do this. Here it is done on local AWS, which lets anyone be a partner, or in
memory.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.pipeline import put_all

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SourceStatus = Literal["active", "deleted", "pending", "unknown"]
"""Stripe's words for the state of a partner event source."""

_NOT_FOUND: Final = "ResourceNotFoundException"


class PartnerSide(Protocol):
    """What Stripe does in a customer's AWS account."""

    def create(self, name: str, account_id: str) -> None: ...

    def delete(self, name: str, account_id: str) -> None:
        """Remove it; nothing where it is gone."""

    def status(self, name: str) -> SourceStatus:
        """What AWS says of it."""

    def put(self, name: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Put events on the bus that is associated with it; lost where there is none."""


@attrs.define
class InMemoryPartner:
    """Event sources in memory, for tests without an AWS."""

    statuses: dict[str, SourceStatus] = attrs.Factory(dict)
    accounts: dict[str, str] = attrs.Factory(dict)
    delivered: dict[str, list[Mapping[str, Any]]] = attrs.Factory(dict)

    def create(self, name: str, account_id: str) -> None:
        """Pending at first, as on AWS."""
        self.statuses[name], self.accounts[name] = "pending", account_id

    def delete(self, name: str, account_id: str) -> None:  # noqa: ARG002 - AWS wants it
        self.statuses.pop(name, None)

    def status(self, name: str) -> SourceStatus:
        return self.statuses.get(name, "deleted")

    def put(self, name: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Kept only where a bus would be."""
        if self.status(name) == "active":
            self.delivered.setdefault(name, []).extend(events)


@attrs.frozen
class LocalPartner:
    """Event sources on local AWS, in its one account."""

    events: "EventBridgeClient"

    def create(self, name: str, account_id: str) -> None:
        self.events.create_partner_event_source(Name=name, Account=account_id)

    def delete(self, name: str, account_id: str) -> None:
        try:
            self.events.delete_partner_event_source(Name=name, Account=account_id)
        except ClientError as error:
            _unless_missing(error)

    def status(self, name: str) -> SourceStatus:
        """DescribeEventSource: here the partner and its customer are one account."""
        try:
            state = self.events.describe_event_source(Name=name)["State"]
        except ClientError as error:
            _unless_missing(error)
            return "deleted"
        return "active" if state == "ACTIVE" else "pending"

    def put(self, name: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Put events by PutPartnerEvents; a `CliError` says which EventBridge refused."""
        put_all(
            self.events.put_partner_events,
            [{"Source": name, "DetailType": event["type"], "Detail": json.dumps(event)} for event in events],
        )


def _unless_missing(error: ClientError) -> None:
    if error.response["Error"].get("Code") != _NOT_FOUND:
        raise error
