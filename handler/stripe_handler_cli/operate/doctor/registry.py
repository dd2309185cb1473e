"""Every check with the look that gets its facts, in the order they are shown: one table.

A new check is a row here, a `Check` in its area, and facts in a look; the page docs/production-checklist.md
follows from it.
"""

from collections.abc import Callable
from typing import Any, Generic

import attrs

from stripe_handler_cli.operate.doctor.areas import (
    access,
    alarms,
    event_bus,
    function,
    parked,
    queues,
    rule,
    self_check,
    snapshots,
    stripe,
    tables,
    traffic,
    webhook_bridge,
)
from stripe_handler_cli.operate.doctor.check import Check, Facts
from stripe_handler_cli.operate.doctor.looks.access import look_at_role
from stripe_handler_cli.operate.doctor.looks.events import (
    look_at_archive,
    look_at_bus,
    look_at_event_source,
    look_at_forwarding,
    look_at_hourly_count,
    look_at_rule,
    look_at_target,
)
from stripe_handler_cli.operate.doctor.looks.functions import (
    look_at_attempts,
    look_at_code,
    look_at_function,
    look_at_function_policy,
    look_at_log_group,
    look_at_mode,
    look_at_self_check,
    look_at_stripe_key,
)
from stripe_handler_cli.operate.doctor.looks.metrics import (
    look_at_alarms,
    look_at_log_metrics,
    look_at_subscribers,
    look_at_topic_policy,
    look_at_traffic,
)
from stripe_handler_cli.operate.doctor.looks.queues import (
    look_at_delivery_queue,
    look_at_delivery_queue_policy,
    look_at_failure_queue,
    look_at_failure_queue_policy,
    look_at_queues,
)
from stripe_handler_cli.operate.doctor.looks.snapshots import look_at_snapshots
from stripe_handler_cli.operate.doctor.looks.stripe import look_at_destination
from stripe_handler_cli.operate.doctor.looks.tables import (
    look_at_parked,
    look_at_profile_table,
    look_at_sync_table,
    look_at_tables,
)
from stripe_handler_cli.operate.doctor.looks.webhook_bridge import look_at_bridge
from stripe_handler_cli.operate.doctor.site import Site


@attrs.frozen
class Examination(Generic[Facts]):
    """Checks that rest on the same facts.

    Attributes:
        look: Gets the facts.
        checks: Judge them.
    """

    look: Callable[[Site], Facts]
    checks: tuple[Check[Facts], ...]


EXAMINATIONS: tuple[Examination[Any], ...] = (
    Examination(look_at_destination, (stripe.DESTINATION, stripe.EVENT_TYPES, stripe.PAYLOAD)),
    Examination(look_at_event_source, (event_bus.EVENT_SOURCE,)),
    Examination(look_at_bus, (event_bus.EVENT_BUS,)),
    Examination(look_at_archive, (event_bus.ARCHIVE,)),
    Examination(look_at_forwarding, (event_bus.FORWARDING,)),
    Examination(look_at_rule, (rule.RULE_ENABLED, rule.RULE_PATTERN)),
    Examination(look_at_target, (rule.TARGET, rule.DELIVERY_PATH)),
    Examination(look_at_function, (function.CONFIGURATION,)),
    Examination(look_at_code, (function.CODE,)),
    Examination(look_at_snapshots, (snapshots.SNAPSHOTS,)),
    Examination(look_at_function_policy, (access.FUNCTION_POLICY,)),
    Examination(look_at_role, (access.ROLE_PERMISSIONS, access.ROLE_TRUST)),
    Examination(look_at_self_check, (self_check.SELF_CHECK,)),
    Examination(look_at_stripe_key, (self_check.STRIPE_KEY,)),
    Examination(look_at_mode, (self_check.LIVEMODE,)),
    Examination(look_at_attempts, (function.RETRIES, function.FAILURE_PATH)),
    Examination(look_at_log_group, (function.LOG_RETENTION,)),
    Examination(look_at_delivery_queue_policy, (access.DELIVERY_QUEUE_POLICY,)),
    Examination(look_at_failure_queue_policy, (access.FAILURE_QUEUE_POLICY,)),
    Examination(look_at_queues, (queues.QUEUE_SETTINGS,)),
    Examination(look_at_delivery_queue, (queues.DELIVERY_QUEUE_EMPTY,)),
    Examination(look_at_failure_queue, (queues.FAILURE_QUEUE_EMPTY,)),
    Examination(look_at_profile_table, (tables.PROFILE_TABLE,)),
    Examination(look_at_sync_table, (tables.SYNC_TABLE, tables.SYNC_TABLE_EXPIRY)),
    Examination(look_at_tables, (tables.RECOVERY, tables.PROTECTION)),
    Examination(look_at_alarms, (alarms.ALARMS, alarms.ALARMS_QUIET)),
    Examination(look_at_log_metrics, (alarms.LOG_METRICS,)),
    Examination(look_at_hourly_count, (parked.HOURLY_COUNT,)),
    Examination(look_at_topic_policy, (access.ALARM_TOPIC_POLICY,)),
    Examination(look_at_subscribers, (alarms.ALARM_SUBSCRIBERS,)),
    Examination(look_at_traffic, (traffic.RECENT_EVENTS,)),
    Examination(look_at_bridge, (webhook_bridge.WEBHOOK_REMOVABLE,)),
    Examination(look_at_parked, (parked.PARKED,)),
)

CHECKS: tuple[Check[Any], ...] = tuple(check for one in EXAMINATIONS for check in one.checks)
"""The production checklist, as far as a machine can go through it."""
