"""What may befall a profile, and how much of it there is on a day. Pure."""

import enum

import attrs


class Kind(enum.StrEnum):
    """What went wrong, in words."""

    LATE = "event came late"
    LOST = "event never came"
    DISABLED = "destination disabled"
    NOT_GENERATED = "event not generated"
    REPLACED = "app's PutItem"
    RESTORED = "table restored"


@attrs.frozen
class Incident:
    """What befell some profiles at a moment.

    Attributes:
        second: When; Unix time of the simulated account.
        users: Whose profiles it may have made wrong.
        event_id: The event that it befell, if it was one.
    """

    kind: Kind
    second: int
    users: tuple[str, ...]
    event_id: str | None = None


@attrs.frozen
class Amounts:
    """How much goes wrong on a day.

    Attributes:
        duplicates: Additional deliveries, as a share of the events.
        late: Share of the events that come minutes late; the others within seconds.
        lost: Share of the events that are never delivered, although Stripe lists them.
        not_generated: The same of those that Stripe fails to make, and says so later.
        replaced: Share of the profiles that the app overwrites with an item of its own.
        disabled_minutes: How long the destination is disabled; 0: never.
        restores: Whether the profile table is set back to a copy of some hours before.
        kills: Share of the events during whose handling the function's process is killed.
        stripe_faults: Share of the events at which one of Stripe's answers goes wrong.
    """

    duplicates: float = 0.1
    late: float = 0.03
    lost: float = 0.02
    not_generated: float = 0.01
    replaced: float = 0.02
    disabled_minutes: int = 45
    restores: bool = True
    kills: float = 0.01
    stripe_faults: float = 0.01

    def without_stripe(self) -> "Amounts":
        """What is left where the function asks a Stripe that knows nothing of the day."""
        return attrs.evolve(
            self, lost=0, not_generated=0, replaced=0, disabled_minutes=0, restores=False, stripe_faults=0
        )

    def without_processes(self) -> "Amounts":
        """What is left where the function's processes cannot be reached."""
        return attrs.evolve(self, kills=0)
