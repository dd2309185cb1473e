"""One module per area: what it looks at in AWS and Stripe, the facts, and the verdict on them.

A `look_at_…` asks, read-only, and decides nothing: what does not exist is a fact; what cannot be asked
raises, and `examination` turns that into "could not look". A judgement is pure; `@check` makes a check of it,
in the place where it stands. The page docs/production-checklist.md follows from them.
"""

from typing import Any

from stripe_handler_cli.operate.doctor.areas import (
    access,
    alarms,
    drift_check,
    event_bus,
    function,
    invocations,
    lost_profiles,
    profile_events,
    queues,
    rule,
    self_check,
    stripe,
    tables,
    traffic,
    unpaid,
    view_settings,
)
from stripe_handler_cli.operate.doctor.check import Check

_AREAS = (
    stripe,
    event_bus,
    rule,
    function,
    access,
    self_check,
    unpaid,
    invocations,
    queues,
    tables,
    lost_profiles,
    view_settings,
    drift_check,
    profile_events,
    alarms,
    traffic,
)
CHECKS: tuple[Check[Any], ...] = tuple(
    one for area in _AREAS for one in vars(area).values() if isinstance(one, Check)
)
"""The production checklist, as far as a machine can go through it, in the order it is shown."""
