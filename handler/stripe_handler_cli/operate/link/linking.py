"""Names the user of a subscription: checks what was typed, looks who is named now, asks, writes the label.

Its edges are ports: Stripe, what the stack knows of the customer, and the person at the terminal.
"""

import re
from collections.abc import Callable
from typing import Protocol

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.link.labels import Labelled
from stripe_handler_cli.stack.stored import CustomerRecord
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import ConnectEvents, Livemode
from stripe_subscription_handler.events.fields import LONGEST_METADATA_BYTES, is_storable

LONGEST_LABEL_CHARACTERS = 500
"""Stripe's limit of a metadata value."""
_SUBSCRIPTION_ID = re.compile(r"subs?_\w+|su_\w+")
"""The last is of subscriptions of Stripe's first years."""
_MODES = {True: Livemode.LIVE, False: Livemode.TEST}


class Stripe(Protocol):
    """The labels of subscriptions at Stripe."""

    def read(self, subscription_id: str) -> Labelled: ...
    def write(self, subscription_id: str, user_id: str) -> Labelled: ...


class Person(Protocol):
    """Whoever types the command."""

    def note(self, text: str) -> None: ...
    def agree(self, question: str) -> None:
        """Ask, and raise an exception where the answer is no."""


@attrs.frozen(kw_only=True)
class Wanted:
    """Which subscription is to be whose, in which account; None is the key's own."""

    subscription_id: str
    user_id: str
    account: str | None = None


@attrs.frozen(kw_only=True)
class Outcome:
    """What a run came to.

    Attributes:
        label_before: The user whom the metadata named before; None without a label.
        owner_before: The user whom the stack's owner link named; None without one.
        waiting: How many events of the subscription waited for a user; None where nobody looked.
        is_written: Whether the label was written; it may have been there already.
        is_applied: Whether the user's profile has the subscription; None where nobody waited to see.
        command: What writes the label, where there was no key; nothing is known of before then.
    """

    label_before: str | None = None
    owner_before: str | None = None
    waiting: int | None = None
    is_written: bool = False
    is_applied: bool | None = None
    command: str | None = None

    @property
    def is_done(self) -> bool:
        return self.command is None and self.is_applied is not False


def check(wanted: Wanted, config: Config) -> None:
    """Refuse what no label should say.

    Raises:
        CliError: One of the two is no id.
    """
    if not _SUBSCRIPTION_ID.fullmatch(wanted.subscription_id):
        raise CliError(f"SUBSCRIPTION: {wanted.subscription_id!r} is no id of a subscription (sub_…).")
    user = wanted.user_id
    if not (user and config.policy(can_ask_stripe=False).is_user_id(user)):
        raise CliError(
            f"USER: {user!r} is no user id of this stack; the whole id must match user_id_pattern, "
            f"{config.user_id_pattern}"
        )
    if len(user) > LONGEST_LABEL_CHARACTERS or not is_storable(user, LONGEST_METADATA_BYTES):
        raise CliError(
            f"USER: must be valid Unicode text of at most {LONGEST_LABEL_CHARACTERS} characters, as Stripe "
            "keeps no longer metadata."
        )


def doubt(wanted: Wanted, config: Config) -> str | None:
    """Why the label may change no profile, as far as the settings tell."""
    if wanted.account is None or config.connect_events is not ConnectEvents.SKIP:
        return None
    # With an organisation's key, the stack's own account must be named as well.
    return (
        'This stack skips the events of other accounts (connect_events = "skip"). Unless '
        f"{wanted.account} is its own, the label changes no profile."
    )


def link(
    wanted: Wanted,
    stripe: Stripe,
    customer: Callable[[str], CustomerRecord],
    person: Person,
    accepted: Livemode,
) -> Outcome:
    """Write the label unless it is there; the person must agree where the subscription is another user's.

    `customer` reads what the stack knows of a customer; `accepted` is the mode whose events it takes.

    Raises:
        CliError: Stripe has no such subscription, does not answer, or refuses; or it is of the other mode.
    """
    found = stripe.read(wanted.subscription_id)
    if found.livemode is not None and accepted not in {Livemode.ANY, _MODES[found.livemode]}:
        raise CliError(
            f"{found.subscription_id} is of {_MODES[found.livemode]} mode, but this stack accepts only "
            f'{accepted} events (livemode = "{accepted}").'
        )
    here = customer(found.customer_id)
    owner = here.owners.get(found.subscription_id)
    waiting = sum(event.subscription_id == found.subscription_id for event in here.parked)
    before = Outcome(label_before=found.user_id, owner_before=owner, waiting=waiting)
    person.note(_told(found, owner))
    if found.user_id == wanted.user_id:
        return before
    other = found.user_id or owner
    if other not in {None, wanted.user_id}:
        person.agree(f"Take {found.subscription_id} from {other} and give it to {wanted.user_id}?")
    stripe.write(found.subscription_id, wanted.user_id)
    return attrs.evolve(before, is_written=True)


def _told(found: Labelled, owner: str | None) -> str:
    """Who is named now, for people."""
    label = f"is labelled with {found.user_id}" if found.user_id else "has no label"
    if owner is not None and owner != found.user_id:
        label += f"; by its owner link it belongs to {owner}"
    return f"{found.subscription_id} ({found.status}, of {found.customer_id}) {label}."
