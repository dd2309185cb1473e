"""The rules on a stack's bus that are not the stack's: other consumers', and what AWS keeps for them.

A bus that is replaced takes them along, or cannot be replaced while they are there: AWS's user guide says
that deleting a bus deletes its rules, its API reference that these need to be deleted first, and users of
the API saw it refuse. Either way somebody should know before.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/event-bus-delete.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteEventBus.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.stack.pages import pages

_ARCHIVE_RULE = "Events-Archive-"
"""How EventBridge calls the rule that it keeps on a bus for an archive; the archive's name follows."""
_SHOWN_TARGETS = 3
_RESOURCE = 5
"""Where in an ARN the resource begins."""


@attrs.frozen
class OtherRule:
    """A rule of somebody else.

    Attributes:
        state: AWS's word.
        targets: ARNs of where it leads.
        managed_by: The AWS service that keeps it, where one does.
    """

    name: str
    state: str
    targets: tuple[str, ...]
    managed_by: str | None = None

    def __str__(self) -> str:
        """For people: its name, where it leads, and who keeps it."""
        shown = [arn.split(":", _RESOURCE)[-1] for arn in self.targets[:_SHOWN_TARGETS]]
        more = len(self.targets) - len(shown)
        leads = ", ".join([*shown, *([f"{more} more"] if more else [])]) or "nowhere"
        kept = f", managed by {self.managed_by}" if self.managed_by else ""
        disabled = "" if self.state.startswith("ENABLED") else f", {self.state}"
        return f"{self.name} (leads to {leads}{kept}{disabled})"

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "state": self.state,
            "targets": list(self.targets),
            "managed_by": self.managed_by,
        }


def other_rules(events: Any, outputs: Mapping[str, Any]) -> tuple[OtherRule, ...]:
    """The rules on the bus that a stack's outputs name which are not the stack's own, in their names' order.

    None before the first apply, and where the bus is gone (ListRules, ListTargetsByRule).

    Raises:
        ClientError: AWS did not let them be listed.
    """
    bus = outputs.get("event_bus_name")
    if not bus:
        return ()
    try:
        found = list(_rules(events, str(bus)))
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceNotFoundException":
            raise
        return ()
    return tuple(sorted((rule for rule in found if not _is_own(rule, outputs)), key=lambda rule: rule.name))


def told(rules: tuple[OtherRule, ...], bus: str) -> str:
    """One line for each, under what they are."""
    lines = (f"  {rule}" for rule in rules)
    return "\n".join((f"{plural(len(rules), 'rule')} of others on the bus {bus}:", *lines))


def _is_own(rule: OtherRule, outputs: Mapping[str, Any]) -> bool:
    names = {outputs.get("rule_name")}
    if archive := outputs.get("archive_name"):
        names.add(f"{_ARCHIVE_RULE}{archive}")
    forwarding = outputs.get("forwarding_bus_name")
    is_forwarding = bool(forwarding and rule.targets) and all(
        arn.endswith(f":event-bus/{forwarding}") for arn in rule.targets
    )
    return rule.name in names or is_forwarding


def _rules(events: Any, bus: str) -> Iterator[OtherRule]:
    for rule in pages(events.list_rules, "Rules", EventBusName=bus):
        targets = pages(events.list_targets_by_rule, "Targets", Rule=rule["Name"], EventBusName=bus)
        yield OtherRule(
            rule["Name"],
            rule.get("State", ""),
            tuple(target["Arn"] for target in targets),
            rule.get("ManagedBy") or None,
        )
