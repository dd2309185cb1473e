"""Which steps are left until an environment is connected, or until it is not. Pure.

Each look gives a new plan. So whatever interrupted the last run, the next one goes on from what is there.
"""

import enum
from typing import Self

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.connect.choosing import Choice, Situation, Wanted, chosen
from stripe_handler_cli.stack.event_destinations import EventDestination
from stripe_handler_cli.stack.events_from import Lack, lack_of, told
from stripe_handler_cli.stack.other_rules import OtherRule
from stripe_handler_cli.stack.pipeline import PARTNER_SOURCE_PREFIX
from stripe_subscription_handler.events.event_types import PING_EVENT

_EVERY_TYPE = "*"
ACTIVE = "ACTIVE"


class Step(enum.StrEnum):
    """A step: its name in JSON, and in `words` what it does."""

    words: str

    CREATE = "create_destination", "Create the event destination in Stripe"
    ENABLE = "enable_destination", "Enable the event destination"
    ADD_TYPES = "add_event_types", "Let the event destination send all types"
    WAIT = "wait_for_event_source", "Wait for the partner event source in EventBridge"
    DELETE_DEAD = "delete_dead_destinations", "Delete event destinations whose event source is gone"
    WRITE = "write_variable_file", "Name the event source in the variable file"
    APPLY = "terraform_apply", "Apply the Terraform code"
    ACTIVATE = "event_source_active", "See the event source become ACTIVE"
    PING = "ping", "Send a ping through Stripe and see it arrive"
    DISABLE = "disable_destination", "Disable the event destination in Stripe"
    DELETE = "delete_destination", "Delete the event destination in Stripe"
    UNWRITE = "clear_variable_file", "Take the event source out of the variable file"
    UNAPPLY = "terraform_apply_without", "Apply the Terraform code, which removes the partner bus"

    def __new__(cls, value: str, words: str) -> Self:
        step = str.__new__(cls, value)
        step._value_, step.words = value, words
        return step


@attrs.frozen
class Plan:
    """What is left to do."""

    destination: EventDestination | None  # the environment's, as it is now
    steps: tuple[Step, ...]  # in their order
    dead: tuple[EventDestination, ...] = ()  # others of this environment that never send again
    notes: tuple[str, ...] = ()  # what a person should know besides
    event_types: frozenset[str] = frozenset()  # what the destination should send in the end
    replaces: str | None = None  # the stack's bus, where a step replaces it
    other_rules: tuple[OtherRule, ...] = ()  # rules on that bus that are not the stack's

    @property
    def listed(self) -> EventDestination:
        """The destination, where Stripe must know one by now."""
        if self.destination is None:
            raise CliError("Stripe does not list the new event destination yet. Please run this again.")
        return self.destination


def plan_connect(wanted: Wanted, situation: Situation, identifier: str | None = None) -> Plan:
    """Say which steps are left until the environment is connected; the last two only look.

    Raises:
        CliError: It cannot be connected like this; the message says why.
    """
    if wanted.livemode != "any" and wanted.key_mode not in {wanted.livemode, None}:
        raise CliError(
            f'The environment takes {wanted.livemode} events only (livemode = "{wanted.livemode}"), and the '
            f"Stripe key is for {wanted.key_mode} mode."
        )
    choice = chosen(wanted, situation, identifier)
    found = choice.destination
    types = frozenset(wanted.event_types) | (found.enabled_events if found else frozenset())
    notes = _other_notes(choice)
    if found is None:
        rest = (Step.APPLY, Step.ACTIVATE, Step.PING)
        steps = (Step.CREATE, Step.WAIT, Step.WRITE, *_cleaning(choice), *rest)
        return _with_bus(Plan(None, steps, choice.dead, notes, types), situation, None)
    if found.payload != wanted.payload:
        raise CliError(
            f"The event destination {found.id} sends {found.payload} events, and that can never be changed. "
            f"Run connect {'with' if found.payload == 'thin' else 'without'} --thin, or first "
            "`stripe-handler disconnect --delete`."
        )
    notes = (*notes, *_scope_notes(found, wanted))
    steps = (
        *(() if found.is_enabled else (Step.ENABLE,)),
        *(() if _sends(found, wanted) else (Step.ADD_TYPES,)),
        *(() if found.source_name in situation.sources else (Step.WAIT,)),
        *(() if situation.named == found.source_name else (Step.WRITE,)),
        *_cleaning(choice),
        *(() if _is_applied(found, wanted, situation) else (Step.APPLY,)),
        *(() if situation.sources.get(found.source_name) == ACTIVE else (Step.ACTIVATE,)),
        Step.PING,
    )
    if _EVERY_TYPE in found.enabled_events:
        notes = (*notes, f"{found.id} sends every type there is; the archive keeps each, and AWS bills it.")
    return _with_bus(Plan(found, steps, choice.dead, notes, types), situation, found.source_name)


def plan_disconnect(
    wanted: Wanted, situation: Situation, identifier: str | None = None, *, delete: bool = False
) -> Plan:
    """Say which steps are left until nothing of Stripe's comes here any more.

    Raises:
        CliError: It cannot be told which destination is meant.
    """
    there = {one.id for one in situation.destinations}
    choice = chosen(wanted, situation, identifier if identifier in there else None)
    found = choice.destination
    unwrite = () if situation.named is None else (Step.UNWRITE,)
    disable = (Step.DISABLE,) if found is not None and found.is_enabled else ()
    # Deleted once the file does not name it any more: a name that nobody has is taken for somebody else's.
    remove = (*unwrite, *((Step.DELETE,) if found is not None else ()), *_cleaning(choice))
    # Whichever partner bus it is: the file names none then.
    is_applied = (situation.bus or "").startswith(PARTNER_SOURCE_PREFIX)
    steps = (*(remove if delete else (*disable, *unwrite)), *((Step.UNAPPLY,) if is_applied else ()))
    return _with_bus(Plan(found, steps, choice.dead, _other_notes(choice)), situation, None)


def _with_bus(plan: Plan, situation: Situation, wanted_bus: str | None) -> Plan:
    """Say which bus a plan replaces: a partner bus has its event source's name, so each has its own."""
    applies = {Step.APPLY, Step.UNAPPLY} & set(plan.steps)
    if not applies or situation.bus in {None, wanted_bus}:
        return plan
    return attrs.evolve(plan, replaces=situation.bus, other_rules=situation.other_rules)


def _scope_notes(found: EventDestination, wanted: Wanted) -> tuple[str, ...]:
    """What is missing of whose events it sends.

    Raises:
        CliError: None of them would ever reach a profile.
    """
    lack = lack_of(found.events_from, wanted.connect_events)
    if lack is None:
        return ()
    problem = f"The event destination {found.id} sends the events of {told(found.events_from)}: {lack}."
    replace = (
        "Stripe sets that when a destination is made, and never changes it: run "
        f"`stripe-handler disconnect --workspace {wanted.workspace} --delete`, then connect again, which "
        f"makes one that sends the events of {told(wanted.new.events_from)}."
    )
    if lack is Lack.CONNECTED_EVENTS:
        return (f"{problem} {replace}",)
    if lack is Lack.HANDLED_EVENTS:
        raise CliError(f'{problem} Set connect_events = "handle" in the variable file.')
    keep = "To keep this one for something else, name it neither in the variable file nor with --destination."
    raise CliError(f"{problem} {replace} {keep}")


def _sends(found: EventDestination, wanted: Wanted) -> bool:
    return _EVERY_TYPE in found.enabled_events or found.enabled_events >= set(wanted.event_types)


def _is_applied(found: EventDestination, wanted: Wanted, situation: Situation) -> bool:
    return situation.bus == found.source_name and situation.admitted >= {*wanted.event_types, PING_EVENT}


def _cleaning(choice: Choice) -> tuple[Step, ...]:
    return (Step.DELETE_DEAD,) if choice.dead else ()


def _other_notes(choice: Choice) -> tuple[str, ...]:
    if not choice.others:
        return ()
    ids = ", ".join(one.id for one in choice.others)
    return (f"Also marked as this environment's, and not used: {ids}. Delete in Stripe what nobody needs.",)
