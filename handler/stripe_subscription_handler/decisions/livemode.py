"""Which events this environment accepts at all. Pure."""

from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import StripeEvent

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
            "livemode", f"is {found}, but LIVEMODE={accepted} accepts only {accepted} events"
        )
