"""What a check is, what it can find, and where its facts come from. Types only."""

import enum
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import attrs

from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site

Facts = TypeVar("Facts")


class Status(enum.StrEnum):
    """How a check ended, from best to worst."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    WARN = "warn"
    FAIL = "fail"


class Area(enum.StrEnum):
    """The box of the diagram a check is about; the order is that of an event's way."""

    STRIPE = "Stripe's event destination"
    BUS = "Event bus and archive"
    RULE = "Rule and target"
    FUNCTION = "Function"
    QUEUES = "Dead-letter queues"
    TABLES = "Tables"
    ALARMS = "Alarms"
    TRAFFIC = "Traffic"


@attrs.frozen
class Finding:
    """What a check found.

    Attributes:
        status: How good that is.
        found: What was found, in a sentence's fragment.
        fix: Template of the command that puts it right, one of its check's `fixes`; None where there is
            none.
        names: Values for the template's placeholders, besides Terraform's outputs.
    """

    status: Status
    found: str
    fix: str | None = None
    names: Mapping[str, str] = attrs.Factory(dict)


def passed(found: str) -> Finding:
    """Everything is as it should be."""
    return Finding(Status.PASS, found)


def warned(found: str, fix: str | None = None, **names: str) -> Finding:
    """Nothing is lost or wrong now, but somebody should look."""
    return Finding(Status.WARN, found, fix, names)


def failed(found: str, fix: str, **names: str) -> Finding:
    """Profiles are wrong, or will be, or anyone may make them so."""
    return Finding(Status.FAIL, found, fix, names)


@attrs.frozen(kw_only=True)
class Check(Generic[Facts]):
    """One line of the production checklist.

    Attributes:
        key: Its name on the command line.
        area: What it is about.
        title: What should be so, in two or three words.
        why: What happens when it is not so.
        checked: What is looked at, and what makes it a warning or a failure.
        judge: Facts → finding; pure.
        fixes: Templates of the commands that can put it right; `{name}` stands for a Terraform output, or for
            a name its finding gives.
    """

    key: str
    area: Area
    title: str
    why: str
    checked: str
    judge: Callable[[Facts], Finding] = attrs.field(repr=False)
    fixes: tuple[str, ...] = (APPLY,)


@attrs.frozen
class Examination(Generic[Facts]):
    """Checks that rest on the same facts."""

    look: Callable[[Site], Facts]  # gets the facts
    checks: tuple[Check[Facts], ...]
