"""What a check is, what it can find, and where its facts come from. Knows no check."""

import enum
import inspect
import sys
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
    DRIFT_CHECK = "Drift check"
    PROFILE_EVENTS = "Profile events"
    ALARMS = "Alarms"
    TRAFFIC = "Traffic"


@attrs.frozen
class Finding:
    """What a check found."""

    status: Status
    found: str  # a sentence's fragment
    fix: str | None = None  # template of the command that puts it right, one of its check's `fixes`
    names: Mapping[str, str] = attrs.Factory(dict)  # values for its placeholders besides Terraform's outputs


def passed(found: str) -> Finding:
    """Everything is as it should be."""
    return Finding(Status.PASS, found)


def warned(found: str, fix: str | None = None, **names: str) -> Finding:
    """Nothing is lost or wrong now, but somebody should look."""
    return Finding(Status.WARN, found, fix, names)


def failed(found: str, fix: str = APPLY, **names: str) -> Finding:
    """Profiles are wrong, or will be, or anyone may make them so."""
    return Finding(Status.FAIL, found, fix, names)


@attrs.frozen
class Check(Generic[Facts]):
    """One line of the production checklist."""

    key: str  # its name on the command line
    area: Area
    title: str  # what should be so, in two or three words
    why: str  # what happens when it is not so
    checked: str  # what is looked at, and what makes it a warning or a failure
    look: Callable[[Site], Facts] = attrs.field(repr=False)  # gets the facts
    judge: Callable[[Facts], Finding] = attrs.field(repr=False)  # pure
    fixes: tuple[str, ...]  # templates of the commands that can put it right


def check(
    area: Area, look: Callable[[Site], Facts], *fixes: str
) -> Callable[[Callable[[Facts], Finding]], Check[Facts]]:
    """Make a check of its judgement: a function whose name is the key, with hyphens for underscores.

    The function's docstring is the check's place on the page. It has three paragraphs: title, why, checked.
    A placeholder in it, as `{LEAST_MEMORY_MB}`, is a constant of the function's module.

    Args:
        area: What the check is about.
        look: Gets the facts; checks with the same look share its answer.
        fixes: Templates of the commands that can put it right, `APPLY` alone unless given; `{name}` stands
            for a Terraform output, or for a name that the finding gives.
    """

    def make(judge: Callable[[Facts], Finding]) -> Check[Facts]:
        page = (inspect.getdoc(judge) or "").format_map(vars(sys.modules[judge.__module__]))
        title, why, checked = (" ".join(text.split()) for text in page.split("\n\n"))
        key = judge.__name__.replace("_", "-")
        return Check(key, area, title.removesuffix("."), why, checked, look, judge, fixes or (APPLY,))

    return make
