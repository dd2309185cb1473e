"""The production checklist, as far as a machine can go through it: all areas, in the order they are shown."""

from typing import Any

from stripe_handler_cli.operate.doctor.areas import (
    access,
    alarms,
    event_bus,
    function,
    invocations,
    parked,
    queues,
    rule,
    self_check,
    stripe,
    tables,
    traffic,
    webhook_bridge,
)
from stripe_handler_cli.operate.doctor.check import Check, Examination

EXAMINATIONS: tuple[Examination[Any], ...] = (
    *stripe.EXAMINATIONS,
    *event_bus.EXAMINATIONS,
    *rule.EXAMINATIONS,
    *function.EXAMINATIONS,
    *access.EXAMINATIONS,
    *self_check.EXAMINATIONS,
    *invocations.EXAMINATIONS,
    *queues.EXAMINATIONS,
    *tables.EXAMINATIONS,
    *alarms.EXAMINATIONS,
    *traffic.EXAMINATIONS,
    *webhook_bridge.EXAMINATIONS,
    *parked.EXAMINATIONS,
)
CHECKS: tuple[Check[Any], ...] = tuple(check for one in EXAMINATIONS for check in one.checks)
