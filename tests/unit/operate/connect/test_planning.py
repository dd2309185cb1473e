"""From every state there is, the steps that are left."""

from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.choosing import MARK, Situation, Wanted
from stripe_handler_cli.operate.connect.planning import Step, plan_connect, plan_disconnect
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_handler_cli.stack.other_rules import OtherRule
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, PING_EVENT

ACCOUNT, REGION = "123456789012", "eu-west-1"
TYPES = DEFAULT_EVENT_TYPES
WANTED = Wanted(prefix="bayon", workspace="development", account_id=ACCOUNT, region=REGION, event_types=TYPES)
SOURCE = "aws.partner/stripe.com/ed_test_1"
ALL = frozenset({*TYPES, PING_EVENT})


def destination(number: int = 1, *, region: str = REGION, **changes: Any) -> EventDestination:
    """A destination that `connect` has made."""
    identifier = f"ed_test_{number}"
    given = {
        "id": identifier,
        "enabled_events": frozenset(TYPES),
        "account_id": ACCOUNT,
        "source_arn": f"arn:aws:events:{region}::event-source/aws.partner/stripe.com/{identifier}",
        "source_status": "active",
        "metadata": {MARK: WANTED.mark},
    }
    return EventDestination(**{**given, **changes})


def connected(*destinations: EventDestination, **changes: Any) -> Situation:
    """Everything is there."""
    given = {
        "destinations": destinations or (destination(),),
        "sources": {SOURCE: "ACTIVE"},
        "named": SOURCE,
        "bus": SOURCE,
        "admitted": ALL,
    }
    return Situation(**{**given, **changes})


PENDING = {"sources": {SOURCE: "PENDING"}, "named": None, "bus": None, "admitted": frozenset()}
UNMARKED = destination(metadata={})
DEAD = destination(source_status="deleted", is_enabled=False, disabled_reason="no_aws_event_source_exists")
CREATION = [Step.CREATE, Step.WAIT, Step.WRITE, Step.APPLY, Step.ACTIVATE, Step.PING]
REPLACEMENT = [Step.CREATE, Step.WAIT, Step.WRITE, Step.DELETE_DEAD, Step.APPLY, Step.ACTIVATE, Step.PING]
FEW = destination(enabled_events=frozenset({"invoice.paid"}))
THEIRS = destination(events_from=frozenset({"@accounts"}))
BOTH = destination(events_from=frozenset({"@self", "@accounts"}))
MEMBERS = destination(events_from=frozenset({"@organization_members"}))
EVERY = destination(enabled_events=frozenset({"*"}))

CASES = {
    "nothing": (Situation(), CREATION),
    "created, no event source yet": (
        connected(**{**PENDING, "sources": {}}),
        [Step.WAIT, Step.WRITE, Step.APPLY, Step.ACTIVATE, Step.PING],
    ),
    "created, pending": (connected(**PENDING), [Step.WRITE, Step.APPLY, Step.ACTIVATE, Step.PING]),
    "written": (connected(**{**PENDING, "named": SOURCE}), [Step.APPLY, Step.ACTIVATE, Step.PING]),
    "on a custom bus": (connected(bus="bayon-stripe-events"), [Step.APPLY, Step.PING]),
    "applied by a version without ping": (connected(admitted=frozenset(TYPES)), [Step.APPLY, Step.PING]),
    "applied, not active yet": (connected(sources={SOURCE: "PENDING"}), [Step.ACTIVATE, Step.PING]),
    "connected": (connected(), [Step.PING]),
    "made by hand, named in the file": (connected(UNMARKED), [Step.PING]),
    "disabled": (connected(destination(is_enabled=False, disabled_reason="user")), [Step.ENABLE, Step.PING]),
    "sends other types": (connected(FEW), [Step.ADD_TYPES, Step.PING]),
    "sends every type": (connected(EVERY), [Step.PING]),
    "sends connected accounts' events too": (connected(BOTH), [Step.PING]),
    "sends connected accounts' events, of no concern": (
        Situation(destinations=(attrs.evolve(THEIRS, metadata={}),), sources={SOURCE: "ACTIVE"}),
        CREATION,
    ),
    "event source gone": (connected(DEAD, sources={}), REPLACEMENT),
    "event source deleted, says AWS alone": (connected(sources={SOURCE: "DELETED"}), REPLACEMENT),
    "replaced, the old one still there": (
        connected(destination(2), DEAD, sources={"aws.partner/stripe.com/ed_test_2": "PENDING"}),
        [Step.WRITE, Step.DELETE_DEAD, Step.APPLY, Step.ACTIVATE, Step.PING],
    ),
    "deleted in Stripe and AWS": (Situation(named=SOURCE, bus=SOURCE), CREATION),
    "another environment's": (
        Situation(destinations=(destination(metadata={MARK: "bayon/staging"}),), sources={SOURCE: "ACTIVE"}),
        CREATION,
    ),
    "two, one of them named": (connected(destination(), destination(2)), [Step.PING]),
}


@pytest.mark.parametrize(("situation", "steps"), CASES.values(), ids=CASES.keys())
def test_the_steps_left_to_connect(situation: Situation, steps: list[Step]) -> None:
    """Never a second destination, never a step whose result is there."""
    assert list(plan_connect(WANTED, situation).steps) == steps


def test_types_that_somebody_added_stay() -> None:
    """The bus may have other consumers."""
    assert plan_connect(WANTED, connected(FEW)).event_types == {*TYPES, "invoice.paid"}


def test_what_a_person_should_know_is_noted() -> None:
    """A second destination would deliver everything twice; every type costs."""
    assert "ed_test_2" in plan_connect(WANTED, connected(destination(), destination(2))).notes[0]
    assert "every type" in plan_connect(WANTED, connected(EVERY)).notes[0]
    assert plan_connect(WANTED, connected()).notes == ()


REFUSED = {
    "applied elsewhere": (
        connected(function_arn=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"),
        {},
        "applied in account .* us-east-1",
    ),
    "two, none named": (connected(destination(), destination(2), named=None), {}, "ed_test_1, ed_test_2"),
    "another region": (connected(destination(region="us-east-1")), {}, "leads to account .* us-east-1"),
    "another account": (connected(destination(account_id="2" * 12)), {}, "222222222222"),
    "another Stripe account": (Situation(named=SOURCE, sources={SOURCE: "ACTIVE"}), {}, "key of another"),
    "a live key, a sandbox's source": (Situation(named=SOURCE), {"key_mode": "live"}, "test mode.*live mode"),
    "a test key, a live environment": (Situation(), {"livemode": "live"}, "live events only"),
    "a live key, a test environment": (Situation(), {"livemode": "test", "key_mode": "live"}, "test events"),
    "thin events already": (connected(destination(payload="thin")), {}, "connect with --thin"),
    "connected accounts' events alone": (connected(THEIRS), {}, "account itself never come.*--delete"),
    "connected accounts' events alone, which are handled": (
        connected(THEIRS),
        {"connect_events": "handle"},
        "one that sends the events of @accounts and @self",
    ),
    "an organization's events, which are skipped": (
        connected(MEMBERS),
        {},
        'skips such events. Set connect_events = "handle"',
    ),
    "snapshots already": (connected(), {"payload": "thin"}, "connect without --thin"),
}


@pytest.mark.parametrize(("situation", "changes", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_person_must_decide(situation: Situation, changes: dict[str, Any], problem: str) -> None:
    """Nothing is created beside, or taken from, somebody else."""
    given = {name: getattr(WANTED, name) for name in ("prefix", "workspace", "account_id", "region")}
    with pytest.raises(CliError, match=problem):
        plan_connect(Wanted(**{**given, "event_types": TYPES, **changes}), situation)


@pytest.mark.parametrize(("found", "noted"), [(destination(), True), (BOTH, False), (MEMBERS, False)])
def test_events_that_are_wanted_and_never_come_are_noted(found: EventDestination, noted: bool) -> None:  # noqa: FBT001
    """Everything else works, so nothing is refused."""
    wanted = attrs.evolve(WANTED, connect_events="handle")
    plan = plan_connect(wanted, connected(found))
    assert list(plan.steps) == [Step.PING]
    assert ["connected accounts never come" in note for note in plan.notes] == [True] * noted


def test_a_person_may_choose() -> None:
    """One of two; or one that is not marked at all."""
    two = connected(destination(), destination(2), UNMARKED, named=None)
    chosen = plan_connect(WANTED, two, "ed_test_2").destination
    assert chosen is not None
    assert chosen.id == "ed_test_2"
    with pytest.raises(CliError, match="no Amazon EventBridge destination ed_test_9"):
        plan_connect(WANTED, two, "ed_test_9")


DISCONNECTING = {
    "connected": (connected(), False, [Step.DISABLE, Step.UNWRITE, Step.UNAPPLY]),
    "connected, to be deleted": (connected(), True, [Step.UNWRITE, Step.DELETE, Step.UNAPPLY]),
    "disabled": (connected(destination(is_enabled=False)), False, [Step.UNWRITE, Step.UNAPPLY]),
    "cleared": (connected(destination(is_enabled=False), named=None), False, [Step.UNAPPLY]),
    "done": (connected(destination(is_enabled=False), named=None, bus="bayon-stripe-events"), False, []),
    "gone from Stripe": (Situation(named=SOURCE, bus=SOURCE), False, [Step.UNWRITE, Step.UNAPPLY]),
    "dead": (connected(DEAD, sources={}), True, [Step.UNWRITE, Step.DELETE_DEAD, Step.UNAPPLY]),
    "never connected": (Situation(), True, []),
}


@pytest.mark.parametrize(("situation", "delete", "steps"), DISCONNECTING.values(), ids=DISCONNECTING.keys())
def test_the_steps_left_to_disconnect(situation: Situation, delete: bool, steps: list[Step]) -> None:  # noqa: FBT001
    """Each only where there is something to undo."""
    assert list(plan_disconnect(WANTED, situation, delete=delete).steps) == steps


def test_a_chosen_destination_that_is_gone_is_no_error_then() -> None:
    """Somebody has deleted it: that is what was wanted."""
    plan = plan_disconnect(WANTED, Situation(), "ed_test_1", delete=True)
    assert (plan.destination, plan.steps) == (None, ())


MAIL = OtherRule("mail", "ENABLED", ("arn:aws:lambda:eu-west-1:1:function:mail",))


def test_a_plan_that_replaces_the_bus_names_the_rules_of_others_on_it() -> None:
    """Connecting a stack with a custom bus, or with another event source's; and disconnecting."""
    custom = connected(bus="bayon-stripe-events", other_rules=(MAIL,))
    fresh = Situation(bus="bayon-stripe-events", other_rules=(MAIL,))
    plans = (plan_connect(WANTED, custom), plan_connect(WANTED, fresh))
    assert [(plan.replaces, plan.other_rules) for plan in plans] == [("bayon-stripe-events", (MAIL,))] * 2
    away = plan_disconnect(WANTED, connected(other_rules=(MAIL,)))
    assert (away.replaces, away.other_rules) == (SOURCE, (MAIL,))


def test_a_plan_that_leaves_the_bus_leaves_the_rules_on_it() -> None:
    """A second connect, an apply of the same bus, and a first apply, before which there is none."""
    situations = (
        connected(other_rules=(MAIL,)),
        connected(admitted=frozenset(TYPES), other_rules=(MAIL,)),
        connected(**PENDING),
    )
    assert [plan_connect(WANTED, one).replaces for one in situations] == [None, None, None]
    assert plan_disconnect(WANTED, connected(bus="bayon-stripe-events", named=None)).replaces is None
