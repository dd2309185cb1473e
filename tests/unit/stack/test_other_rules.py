"""Which rules on a stack's bus are somebody else's, and how they are told."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.other_rules import OtherRule, other_rules, told
from support.dynamodb import client_error

BUS = "aws.partner/stripe.com/ed_test_1"
OUTPUTS = {
    "event_bus_name": BUS,
    "rule_name": "bayon-stripe-subscription-events-first",
    "archive_name": "bayon-stripe-events-first",
    "forwarding_bus_name": "bayon-stripe-events-first",
}
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:mail"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:failed-payments"
EVENTS = "events.amazonaws.com"


class EventBridge:
    """A bus with rules, one to a page.

    Attributes:
        refusal: What every question is answered with instead.
    """

    def __init__(self, rules: dict[str, list[str]], refusal: str = "") -> None:
        """Take targets' ARNs by rule."""
        self._rules = rules
        self.refusal = refusal

    def list_rules(self, *, EventBusName: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        """One rule, and where the rest is."""
        if self.refusal:
            raise client_error(self.refusal, "ListRules")
        assert EventBusName == BUS
        number, names = int(NextToken), list(self._rules)
        if not names:
            return {"Rules": []}
        managed = {"ManagedBy": EVENTS} if names[number].startswith("Events-Archive-") else {}
        rule = {"Name": names[number], "State": "ENABLED", "EventBusName": BUS, **managed}
        return {"Rules": [rule], **({"NextToken": str(number + 1)} if number + 1 < len(names) else {})}

    def list_targets_by_rule(self, *, Rule: str, EventBusName: str) -> dict[str, Any]:  # noqa: N803
        """The rule's targets."""
        assert EventBusName == BUS
        return {"Targets": [{"Id": "t", "Arn": arn} for arn in self._rules[Rule]]}


OWN = {
    OUTPUTS["rule_name"]: ["arn:aws:lambda:eu-west-1:123456789012:function:handler"],
    "Events-Archive-bayon-stripe-events-first": ["arn:aws:events:eu-west-1:::"],
    "bayon-stripe-forwarding-first": [
        "arn:aws:events:eu-west-1:123456789012:event-bus/bayon-stripe-events-first"
    ],
}


def test_the_stacks_own_rules_are_nobody_elses() -> None:
    """Its rule, that of its archive, and the one that forwards."""
    assert other_rules(EventBridge(OWN), OUTPUTS) == ()


def test_all_others_are_found_on_every_page() -> None:
    """With their targets, and who keeps them: somebody else's archive is somebody else's rule."""
    rules = {"mail": [FUNCTION, QUEUE], **OWN, "Events-Archive-theirs": [], "disabled": [QUEUE]}
    assert other_rules(EventBridge(rules), OUTPUTS) == (
        OtherRule("Events-Archive-theirs", "ENABLED", (), EVENTS),
        OtherRule("disabled", "ENABLED", (QUEUE,)),
        OtherRule("mail", "ENABLED", (FUNCTION, QUEUE)),
    )


def test_without_a_forwarding_bus_a_rule_that_leads_nowhere_is_somebody_elses() -> None:
    """Somebody is just making it."""
    found = other_rules(EventBridge({"new": []}), {**OUTPUTS, "forwarding_bus_name": None})
    assert [rule.name for rule in found] == ["new"]


def test_a_bus_that_is_not_there_has_none() -> None:
    """Before the first apply, and after somebody deleted it; what may not be listed is an error."""
    assert other_rules(EventBridge({"mail": []}), {}) == ()
    assert other_rules(EventBridge({}, "ResourceNotFoundException"), OUTPUTS) == ()
    with pytest.raises(ClientError, match="AccessDenied"):
        other_rules(EventBridge({}, "AccessDeniedException"), OUTPUTS)


def test_each_is_told_in_one_line() -> None:
    """Where it leads to without the account's number, who keeps it, and whether it is disabled."""
    rules = (
        OtherRule("mail", "ENABLED", (FUNCTION, QUEUE, QUEUE, QUEUE, QUEUE)),
        OtherRule("kept", "DISABLED", (), EVENTS),
    )
    assert told(rules, BUS).splitlines() == [
        f"2 rules of others on the bus {BUS}:",
        "  mail (leads to function:mail, failed-payments, failed-payments, 2 more)",
        f"  kept (leads to nowhere, managed by {EVENTS}, DISABLED)",
    ]
