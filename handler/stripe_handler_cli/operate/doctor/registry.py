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

_AREAS = (
    stripe,
    event_bus,
    rule,
    function,
    access,
    self_check,
    invocations,
    queues,
    tables,
    alarms,
    traffic,
    webhook_bridge,
    parked,
)
EXAMINATIONS: tuple[Examination[Any], ...] = tuple(one for area in _AREAS for one in area.EXAMINATIONS)
CHECKS: tuple[Check[Any], ...] = tuple(check for one in EXAMINATIONS for check in one.checks)
