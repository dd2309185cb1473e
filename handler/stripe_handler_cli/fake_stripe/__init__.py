"""A small stand-in for Stripe: HTTP on the loopback, asked by the real `stripe` client. Never in the zip.

`accounts` holds what it knows, `routing` answers requests from that (pure), `faults` says how to misbehave,
`server` speaks HTTP.
"""

from stripe_handler_cli.fake_stripe.accounts import (
    AHEAD_SECONDS,
    Account,
    AccountClock,
    CustomerClocks,
    Found,
    SimulatedAccount,
    objects,
)
from stripe_handler_cli.fake_stripe.faults import Fault, drawn_faults, rate_limited
from stripe_handler_cli.fake_stripe.server import API_KEY, FakeStripe

__all__ = [
    "AHEAD_SECONDS",
    "API_KEY",
    "Account",
    "AccountClock",
    "CustomerClocks",
    "FakeStripe",
    "Fault",
    "Found",
    "SimulatedAccount",
    "drawn_faults",
    "objects",
    "rate_limited",
]
