"""One module per area: what it looks at in AWS and Stripe, the facts, and the verdict on them.

A `look_at_…` asks, read-only, and decides nothing: what does not exist is a fact; what cannot be asked
raises, and `examination` turns that into "could not look". A judgement is pure; `@check` makes a check of it,
and its area's `CHECKS` name its place. The page docs/production-checklist.md follows from them.
"""

from typing import Any

from stripe_handler_cli.operate.doctor.areas import (
    access,
    alarms,
    event_bus,
    function,
    invocations,
    queues,
    rule,
    self_check,
    stripe,
    tables,
    traffic,
)
from stripe_handler_cli.operate.doctor.check import Check

CHECKS: tuple[Check[Any], ...] = (
    *stripe.CHECKS,
    *event_bus.CHECKS,
    *rule.CHECKS,
    *function.CHECKS,
    *access.CHECKS,
    *self_check.CHECKS,
    *invocations.CHECKS,
    *queues.CHECKS,
    *tables.CHECKS,
    *alarms.CHECKS,
    *traffic.CHECKS,
)
"""The production checklist, as far as a machine can go through it, in the order it is shown."""
