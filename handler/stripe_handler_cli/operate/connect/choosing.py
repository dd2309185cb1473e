"""Which of an account's event destinations is this environment's. Pure.

It is the one whose event source the variable file names; else the one that `connect` marked for this prefix
and workspace. It is never two: where that cannot be told, a person decides.
"""

from collections.abc import Mapping
from typing import Literal

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.event_destinations import (
    EventDestination,
    NewDestination,
    Payload,
    mode_of_source,
)
from stripe_handler_cli.stack.events_from import wanted_scopes
from stripe_handler_cli.stack.other_rules import OtherRule
from stripe_subscription_handler.decisions.policy import ConnectEvents

MARK = "stripe_subscription_handler"
"""The metadata key on a destination that says whose it is."""
_DELETED = "DELETED"
"""AWS's word for an event source that its partner has removed."""


@attrs.frozen(kw_only=True)
class Wanted:
    """The destination an environment should have."""

    prefix: str
    workspace: str
    account_id: str
    region: str
    event_types: tuple[str, ...] = ()
    payload: Payload = "snapshot"
    livemode: Literal["live", "test", "any"] = "any"  # which events the environment takes
    connect_events: str = ConnectEvents.SKIP  # what becomes of other accounts' events
    key_mode: Literal["live", "test"] | None = "test"  # of the Stripe key; None where it does not tell

    @property
    def mark(self) -> str:
        return f"{self.prefix}/{self.workspace}"

    @property
    def place(self) -> str:
        return f"account {self.account_id}, region {self.region}"

    @property
    def new(self) -> NewDestination:
        return NewDestination(
            name=f"{self.prefix}-stripe-{self.workspace}",
            account_id=self.account_id,
            region=self.region,
            event_types=self.event_types,
            events_from=wanted_scopes(self.connect_events),
            payload=self.payload,
            metadata={MARK: self.mark},
        )


@attrs.frozen(kw_only=True)
class Situation:
    """What is there in Stripe, in AWS, in the variable file and in Terraform's state."""

    destinations: tuple[EventDestination, ...] = ()
    sources: Mapping[str, str] = attrs.Factory(
        dict
    )  # in this account and region, with AWS's word for a state
    named: str | None = None  # the event source in the variable file
    bus: str | None = None  # the stack's; None before its first apply
    admitted: frozenset[str] = frozenset()  # types that the stack's rule lets pass
    function_arn: str | None = None  # None before the first apply
    other_rules: tuple[OtherRule, ...] = ()  # on the stack's bus, and not the stack's


@attrs.frozen
class Choice:
    """The environment's destination, and others of its own."""

    destination: EventDestination | None  # None where there is none that could work
    dead: tuple[EventDestination, ...] = ()  # their event sources are gone, so that they never send again
    others: tuple[EventDestination, ...] = ()  # these could send


def chosen(wanted: Wanted, situation: Situation, identifier: str | None = None) -> Choice:
    """Find the environment's destination; `identifier` is that of the one that a person chose.

    Raises:
        CliError: It cannot be told, or somebody else's would be taken.
    """
    _refuse_elsewhere(wanted, situation)
    mine = [one for one in situation.destinations if one.metadata.get(MARK) == wanted.mark]
    named = next((one for one in situation.destinations if one.source_name == situation.named), None)
    if situation.named is not None and named is None and identifier is None:
        _refuse_foreign(situation.named, wanted, situation)
    by_person = next((one for one in situation.destinations if one.id == identifier), None)
    if identifier is not None and by_person is None:
        raise CliError(f"This key's Stripe account has no Amazon EventBridge destination {identifier}.")
    ours = {one.id: one for one in (*((named,) if named else ()), *mine)}.values()
    dead = tuple(one for one in ours if _is_dead(one, situation) and one.id != identifier)
    living = [one for one in ours if not _is_dead(one, situation)]
    taken = by_person or _taken(living, named)
    if taken is not None and (taken.account_id, taken.region) != (wanted.account_id, wanted.region):
        raise CliError(
            f"The event destination {taken.id} leads to account {taken.account_id}, region {taken.region}, "
            f"and this environment is in {wanted.place}. Are these the right AWS credentials and region? To "
            "move it, run `stripe-handler disconnect --delete` there first."
        )
    return Choice(taken, dead, tuple(one for one in living if taken is None or one.id != taken.id))


def _is_dead(destination: EventDestination, situation: Situation) -> bool:
    """Whether its event source is gone; Stripe then wants a new destination."""
    return (
        destination.source_status == "deleted"
        or destination.disabled_reason == "no_aws_event_source_exists"
        or situation.sources.get(destination.source_name) == _DELETED
    )


def _taken(living: list[EventDestination], named: EventDestination | None) -> EventDestination | None:
    if named is not None and named in living:
        return named
    if len(living) > 1:
        ids = ", ".join(one.id for one in living)
        raise CliError(
            f"Several event destinations are marked as this environment's: {ids}. Choose one with "
            "--destination, and delete the others in Stripe."
        )
    return living[0] if living else None


def _refuse_elsewhere(wanted: Wanted, situation: Situation) -> None:
    if situation.function_arn is None:
        return
    region, account_id = situation.function_arn.split(":")[3:5]
    if (account_id, region) != (wanted.account_id, wanted.region):
        raise CliError(
            f"The stack is applied in account {account_id}, region {region}, and your AWS credentials and "
            f"region lead to {wanted.place}."
        )


def _refuse_foreign(named: str, wanted: Wanted, situation: Situation) -> None:
    named_mode = mode_of_source(named)
    if wanted.key_mode is not None and wanted.key_mode != named_mode:
        raise CliError(
            f"The variable file names the event source {named}, which is one of {named_mode} mode, and the "
            f"Stripe key is for {wanted.key_mode} mode."
        )
    if situation.sources.get(named, _DELETED) != _DELETED:
        raise CliError(
            f"The variable file names the event source {named}, which is {situation.sources[named]} in AWS, "
            "but no event destination of this key's Stripe account leads to it. Is it the key of another "
            "account or sandbox? To connect this one instead, take the name out of the file."
        )
