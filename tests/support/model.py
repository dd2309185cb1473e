"""The model of the world a handling talks to, and a Stripe that is as far as its events tell."""

from collections.abc import Callable, Sequence

from stripe_subscription_handler.conversation.messages import Fetched, FetchedInvoice, FetchInvoice
from stripe_subscription_handler.conversation.model import (
    FOREVER,
    Asked,
    Tables,
    after_write,
    nothing_at_stripe,
)
from stripe_subscription_handler.events.envelope import StripeEvent

__all__ = ["FOREVER", "Asked", "Tables", "after_write", "nothing_at_stripe", "stripe_at"]


def stripe_at(
    events: Sequence[StripeEvent], reached: int, as_of: str
) -> Callable[[Asked], Fetched | FetchedInvoice]:
    """Stripe after the first `reached` events happened, as of the second its Date header lets one compute."""

    def answer(request: Asked) -> Fetched | FetchedInvoice:
        if isinstance(request, FetchInvoice):
            bills = [
                event.invoice
                for event in events[:reached]
                if event.invoice and event.invoice.id == request.invoice_id
            ]
            return FetchedInvoice(bills[-1] if bills else None, as_of)
        states = [
            event.subscription
            for event in events[:reached]
            if event.subscription and event.subscription.id == request.subscription_id
        ]
        # What is dead stays dead: an update stamped after the deletion it preceded does not change that.
        ended = [state for state in states if state.is_terminal]
        return Fetched((ended or states or [None])[-1], as_of)

    return answer
