"""What an environment wants done where there is a choice, and which events it accepts at all. Pure."""

import enum
import re

import attrs

from stripe_subscription_handler.decisions.view_settings import DEFAULTS, ViewSettings
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.value import Value


class Livemode(enum.StrEnum):
    """Which of Stripe's modes an environment accepts events of."""

    LIVE = "live"
    TEST = "test"
    ANY = "any"


LIVEMODE = "livemode"
"""The field that an error names where a thing is of the other mode."""
_ACCEPTED: dict[Livemode, frozenset[bool | None]] = {
    Livemode.LIVE: frozenset({True}),
    Livemode.TEST: frozenset({False}),
    Livemode.ANY: frozenset({True, False, None}),
}


def check_livemode(event: StripeEvent, accepted: Livemode) -> None:
    """Refuse events of the wrong mode: test payments must not unlock a production profile.

    A ping passes: it holds nothing that a profile could show, and whoever tests the way sees it arrive. The
    others are refused and not skipped, so that a wrong setting shows in the failure queue and loses no event.

    Raises:
        InvalidEventError: The event's `livemode` is not the one `LIVEMODE` accepts.
    """
    if not event.is_ping and event.livemode not in _ACCEPTED[accepted]:
        found = "missing" if event.livemode is None else str(event.livemode).lower()
        raise InvalidEventError(
            LIVEMODE, f"is {found}, but LIVEMODE={accepted} accepts only {accepted} events"
        )


class Unmapped(enum.StrEnum):
    """What becomes of an event whose user nobody can name."""

    PARK = "park"
    DEAD_LETTER = "dead-letter"
    IGNORE = "ignore"


class ConnectEvents(enum.StrEnum):
    """What becomes of events of connected accounts (those with `account` set)."""

    SKIP = "skip"
    HANDLE = "handle"


DEFAULT_USER_ID_PATTERN = r"[^\s,]+"
"""No white space and no comma: `"u1 "` and `"u1,u2"` are slips, and no users of their own."""


@attrs.frozen(repr=False)
class Policy(Value):
    """An environment's choices.

    Attributes:
        create_missing_profile: Whether a user without a profile item gets one. When false, such a user counts
            as unmapped, so that a late event never recreates a deleted account.
        connect_events: Events of connected accounts are skipped unless asked for: whoever owns a connected
            account chooses its subscriptions' metadata, and so the user.
        can_ask_stripe: Whether there is a Stripe key, so that what the events leave open can be fetched.
        forget_deleted_customers: Whether a customer that Stripe has deleted is forgotten.
        partition_key_name: An attribute every profile item has.
        user_id_pattern: What a whole user id looks like, a regular expression.
        shows: What the profiles show.
        most_closed: Ids of dead subscriptions kept in an item; beyond that the oldest are dropped. Not a
            setting; it is here so that tests can reach the bound.
    """

    unmapped: Unmapped = Unmapped.PARK
    create_missing_profile: bool = True
    connect_events: ConnectEvents = ConnectEvents.SKIP
    can_ask_stripe: bool = False
    partition_key_name: str = "PK"
    user_id_pattern: str = DEFAULT_USER_ID_PATTERN
    shows: ViewSettings = DEFAULTS
    forget_deleted_customers: bool = False
    most_closed: int = 500

    def is_user_id(self, user_id: str) -> bool:
        return re.fullmatch(self.user_id_pattern, user_id) is not None


@attrs.frozen(repr=False)
class Circumstances(Value):
    """What a decision depends on besides the event and the item.

    Attributes:
        linked: Whether nothing is parked for the customer. While something is, a subscription that comes to a
            user is not done with before that is applied.
        may_guess: Whether a tie that the events cannot settle is settled by the largest event id.
        paid: The event of the subscription's newest invoice, where that comes along with its state: one write
            for both.
    """

    policy: Policy = attrs.Factory(Policy)
    linked: bool = True
    may_guess: bool = False
    paid: StripeEvent | None = None


ORDINARY = Circumstances()
"""An event as it comes, under the default policy."""
