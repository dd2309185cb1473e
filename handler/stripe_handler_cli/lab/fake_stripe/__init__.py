"""A small stand-in for Stripe: HTTP on the loopback, asked by the real `stripe` client. Never in the zip.

`accounts` holds what it knows, `object_routes` answers requests from that and `parts` those for items and
entitlements (both pure), `update_routes` takes changes, which `edits` lays over an account, `faults` says how
to misbehave, `server` speaks HTTP, `outliving` answers for a kept stack. `destinations` are the account's
event destinations, `scopes` says whose events they get, `partner_side` is what Stripe does in an AWS account,
`pushing` sends events to both kinds.
"""

from stripe_handler_cli.lab.fake_stripe.accounts import (
    AHEAD_SECONDS,
    AccountClock,
    CustomerClocks,
    SimulatedAccount,
    objects,
)
from stripe_handler_cli.lab.fake_stripe.destinations import Destinations
from stripe_handler_cli.lab.fake_stripe.faults import Fault, drawn_faults, rate_limited
from stripe_handler_cli.lab.fake_stripe.partner_side import InMemoryPartner, LocalPartner
from stripe_handler_cli.lab.fake_stripe.pushing import Happenings, Pusher
from stripe_handler_cli.lab.fake_stripe.server import API_KEY, FakeStripe

__all__ = [
    "AHEAD_SECONDS",
    "API_KEY",
    "AccountClock",
    "CustomerClocks",
    "Destinations",
    "FakeStripe",
    "Fault",
    "Happenings",
    "InMemoryPartner",
    "LocalPartner",
    "Pusher",
    "SimulatedAccount",
    "drawn_faults",
    "objects",
    "rate_limited",
]
