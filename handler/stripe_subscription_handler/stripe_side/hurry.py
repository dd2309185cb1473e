"""Bounds the time that asking Stripe may take where somebody waits for the answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from stripe_subscription_handler.stripe_side.api import StripeApi

LONGEST_ASKING_SECONDS = 10.0
"""For whoever waits at the other end of an `Invoke`: a third of the function's usual time-out."""


@contextmanager
def hurried(stripe: StripeApi, seconds: float = LONGEST_ASKING_SECONDS) -> Iterator[StripeApi]:
    """Let no request to Stripe begin, or go on, when so many seconds have passed; then it is as before.

    The API itself is lent, not a copy: its connection stays open and its requests are counted.
    """
    before, deadline = stripe.remaining_seconds, stripe.clock() + seconds
    stripe.remaining_seconds = lambda: min(before(), deadline - stripe.clock())
    try:
        yield stripe
    finally:
        stripe.remaining_seconds = before
