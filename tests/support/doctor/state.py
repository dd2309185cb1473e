"""Cases about queues, tables, alarms and traffic."""

from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.areas import (
    alarms,
    drift_check,
    lost_profiles,
    queues,
    tables,
    traffic,
    view_settings,
)
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.stack.stored.lost import Lost
from stripe_handler_cli.stack.stored.misplaced import Misplaced
from stripe_subscription_handler.comparison.full_pass import FullPass
from stripe_subscription_handler.operations.names import COUNT_PARKED_REQUEST
from stripe_subscription_handler.operations.parked_count import ParkedCount
from support.doctor.cases import FAIL, PASS, WARN, Cases

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def queue(**changes: Any) -> queues.QueueFacts:
    """A good queue."""
    return queues.QueueFacts(name="q", **changes)


def table(**changes: Any) -> tables.TableFacts:
    """A good table."""
    return tables.TableFacts(**{"name": "t", **changes})


def misplaced(owner: str | None) -> Misplaced:
    """What `u1` holds."""
    return Misplaced("sub_1", "u1", owner, "cus_1")


def both(livemode: str = "live", **changes: Any) -> tables.TablesFacts:
    """A profile table with changes, and a good sync table."""
    return tables.TablesFacts((table(**changes), table(name="s")), livemode)


def alarm(name: str = "a", **changes: Any) -> alarms.Alarm:
    """A good alarm."""
    section = {"a": "function_errors", "b": "silence"}[name]
    return attrs.evolve(alarms.Alarm(name, "OK", True, (TOPIC,), section=section), **changes)  # noqa: FBT003


def the_alarms(*found: alarms.Alarm) -> alarms.AlarmsFacts:
    """The alarms a and b are wanted."""
    return alarms.AlarmsFacts(("a", "b"), found, TOPIC)


def log_metrics(*watched: str) -> alarms.LogMetricsFacts:
    """The log makes two metrics; alarms watch these."""
    return alarms.LogMetricsFacts(frozenset(watched), frozenset({"Parked", "EventsParked"}))


def bridge(**changes: Any) -> traffic.BridgeFacts:
    """A bridge beside an active event source, with one event that both brought."""
    facts = traffic.BridgeFacts(
        hours=24, event_source="aws.partner/x", event_source_state="ACTIVE", by_bridge=1, by_event_source=1
    )
    return attrs.evolve(facts, **changes)


def hourly_count(**changes: Any) -> alarms.HourlyCountFacts:
    """A good hourly count."""
    return attrs.evolve(alarms.HourlyCountFacts("c", "ENABLED", (COUNT_PARKED_REQUEST,)), **changes)


def follows(**changes: Any) -> view_settings.ViewSettingsFacts:
    """A stack whose profiles were all gone through with today's settings."""
    facts = view_settings.ViewSettingsFacts(settings="s1", told="s1", full_pass=FullPass("s1", 0, "r1", 0))
    return attrs.evolve(facts, **changes)


def drifts(**changes: Any) -> drift_check.DriftCheckFacts:
    """A drift check whose last pass found nothing."""
    return drift_check.DriftCheckFacts(**{"function": "d", **changes})


CASES: Cases = {
    drift_check.drift_check: (
        (drifts(), PASS, "the last pass ended 1 hour ago, and left no difference"),
        (drift_check.DriftCheckFacts(is_wanted=False), PASS, "does not apply"),
        (drifts(ended=None, began=3), PASS, "a pass is under way, begun 3 hours ago"),
        (drifts(began=None, ended=None), PASS, "the first pass has not begun yet"),
        (drifts(function_state=None), FAIL, "its function d is not there", APPLY),
        (drifts(function_state="Failed"), FAIL, "its function d is Failed", APPLY),
        (drifts(schedule_state=None), FAIL, "its schedule is not there", APPLY),
        (drifts(schedule_state="DISABLED"), FAIL, "nothing calls d: its schedule is DISABLED", APPLY),
        (drifts(is_own_schedule=False), FAIL, "its schedule is that of another function", APPLY),
        (drifts(began=None, ended=None, changed=90), WARN, "no pass has begun in 90 hours", drift_check.LOG),
        (drifts(began=50, ended=49), WARN, "began 50 hours ago, and none has begun since", drift_check.LOG),
        (drifts(began=50, ended=None), WARN, "50 hours ago, and is not at its end", drift_check.LOG),
        (drifts(interval_hours=0.1), WARN, "none has begun since", drift_check.LOG),
        (drifts(differences=3), WARN, "and left 3 differences", drift_check.FOLLOW),
    ),
    view_settings.view_settings: (
        (follows(), PASS, "every profile follows the settings since 1970-01-01T00:00:00Z"),
        (follows(told=None), PASS, "every profile follows the settings"),
        (follows(told="s2"), WARN, "of another version than this command"),
        (
            follows(settings="s2", told="s2"),
            FAIL,
            "the settings changed since the last full pass, 1970-01-01T00:00:00Z",
            view_settings.COMPUTE_ANEW,
        ),
        (follows(must_ask_stripe=True), FAIL, "profile_attributes", view_settings.FILL_IN),
        (
            follows(full_pass=None, profiles=3),
            PASS,
            "of 3 profiles looked at, none was written under other settings",
        ),
        (
            follows(full_pass=None, profiles=3, of_other_settings=2),
            FAIL,
            "of 3 profiles looked at, 2 were written under other settings",
            view_settings.COMPUTE_ANEW,
        ),
        (
            follows(full_pass=None, profiles=3, of_other_settings=2, reads_more=True),
            FAIL,
            "2 were written under other settings",
            view_settings.FILL_IN,
        ),
    ),
    queues.queue_settings: (
        ((queue(), queue()), PASS, "kept 14 d, and hidden 120 s"),
        ((queue(), queue(exists=False)), FAIL, "there is no queue q", APPLY),
        ((queue(), queue(retention_seconds=3600)), WARN, "after 1 h", APPLY),
        (
            (queue(visibility_timeout_seconds=30), queue()),
            WARN,
            "hides a message for 30 s, the function may take 30 s",
            APPLY,
        ),
        (
            (queue(), queue(has_redrive_policy=True)),
            WARN,
            "q has a redrive policy",
            queues.REMOVE_REDRIVE_POLICY,
        ),
    ),
    queues.delivery_queue_empty: (
        (queue(), PASS, "empty"),
        (queue(messages=1), FAIL, "1 event not applied", queues.LIST_DEAD_LETTERS),
        (queue(exists=False), FAIL, "there is no queue q", APPLY),
    ),
    queues.failure_queue_empty: (
        (queue(), PASS, "empty"),
        (
            queue(messages=3, oldest_seconds=2.5 * 86400),
            FAIL,
            "3 events not applied; the oldest is 2 d old, SQS drops it in 11.5 days",
            queues.LIST_DEAD_LETTERS,
        ),
        (queue(exists=False), FAIL, "there is no queue q", APPLY),
    ),
    tables.profile_table: (
        (table(), PASS, "t, PK (S) and SK (S)"),
        (table(status=None), FAIL, "there is no table t", APPLY),
        (table(status="ARCHIVED"), FAIL, "t is ARCHIVED", APPLY),
        (table(keys=(("id", "N"),)), FAIL, "has the keys id (N); the function uses PK (S) and SK (S)", APPLY),
    ),
    tables.sync_table: (
        (table(), PASS, "PK (S)"),
        (table(keys=(("PK", "S"),)), FAIL, "has the keys PK (S)", APPLY),
    ),
    tables.sync_table_expiry: (
        (table(ttl_attribute="expiresAt"), PASS, "by expiresAt"),
        (table(), FAIL, "never expire", tables.ENABLE_TTL),
        (table(ttl_attribute="ttl"), FAIL, "by ttl, not expiresAt", APPLY),
        (table(status=None), FAIL, "there is no table", APPLY),
    ),
    tables.point_in_time_recovery: (
        (both(), PASS, "on for both"),
        (both(is_recoverable=False), FAIL, "off for t", tables.ENABLE_RECOVERY),
        (
            both(is_recoverable=False, is_of_this_stack=False),
            WARN,
            "off for t, the app's own",
            tables.ENABLE_RECOVERY,
        ),
    ),
    tables.one_owner: (
        (tables.OwnersFacts(profiles=3, scanned=4), PASS, "3 profiles with a subscription, of 4 items)"),
        (
            tables.OwnersFacts(profiles=3, scanned=800, is_whole=False),
            PASS,
            "of 800 items; `stripe-handler reconcile --owners` looks at all)",
        ),
        (
            tables.OwnersFacts(misplaced=(misplaced("u2"),), profiles=3, scanned=4),
            FAIL,
            "sub_1 is held by u1, but it belongs to u2 (3 profiles",
            tables.REPAIR_OWNER,
        ),
        (
            tables.OwnersFacts(misplaced=(misplaced(None), misplaced("u2"))),
            FAIL,
            "sub_1 is held by u1, but no link names its owner, and 1 more",
            tables.REPAIR_OWNER,
        ),
    ),
    lost_profiles.nothing_lost: (
        (lost_profiles.LostFacts(links=3), PASS, "every profile holds what its user owns (3 links)"),
        (
            lost_profiles.LostFacts(links=800, is_whole=False),
            PASS,
            "(800 links; `stripe-handler reconcile --owners` looks at all)",
        ),
        (
            lost_profiles.LostFacts(lost=(Lost("sub_1", "u1", "cus_1"),), links=1),
            FAIL,
            "sub_1 is u1's by its link, but the profile has lost it (1 link)",
            lost_profiles.REPAIR_LOST,
        ),
        (
            lost_profiles.LostFacts(lost=(Lost("sub_1", "u1", "c"), Lost("sub_2", "u2", "c")), links=2),
            FAIL,
            "but the profile has lost it; users besides who have lost theirs: 1",
            lost_profiles.REPAIR_LOST,
        ),
    ),
    tables.deletion_protection: (
        (both(), PASS, "on for both"),
        (both(is_protected=False), WARN, "and the environment is live", tables.PROTECT),
        (both("test", is_protected=False), PASS, "not live (LIVEMODE test)"),
    ),
    alarms.alarms: (
        (the_alarms(alarm(), alarm("b")), PASS, "2 alarms"),
        (the_alarms(alarm()), FAIL, "1 of 2 missing: b", APPLY),
        (
            the_alarms(alarm(), alarm("b", are_actions_enabled=False)),
            FAIL,
            "actions disabled: b",
            alarms.ENABLE_ACTIONS,
        ),
        (the_alarms(alarm(), alarm("b", tells=())), FAIL, "do not tell the topic: b", APPLY),
    ),
    alarms.alarms_quiet: (
        (the_alarms(alarm(), alarm("b", state="INSUFFICIENT_DATA")), PASS, "none"),
        (
            the_alarms(
                alarm(state="ALARM", section="function_errors"),
                alarm("b", state="ALARM", section="silence"),
            ),
            WARN,
            "in ALARM: a (docs/runbook.md#function_errors), b (docs/runbook.md#silence)",
            alarms.SEE_ALARM,
        ),
    ),
    alarms.alarm_on_silence: (
        (alarms.SilenceFacts(("b",), "live"), PASS, "by b"),
        (alarms.SilenceFacts((), "test"), PASS, "does not apply"),
        (alarms.SilenceFacts((), "live"), WARN, "no alarm rings when", alarms.ASK_FOR_SILENCE),
        (alarms.SilenceFacts((), "any"), WARN, "no alarm rings when", alarms.ASK_FOR_SILENCE),
    ),
    alarms.alarm_subscribers: (
        (alarms.SubscriberFacts(1, 0, "live"), PASS, "1 confirmed"),
        (alarms.SubscriberFacts(1, 2, "live"), PASS, "2 not confirmed yet"),
        (alarms.SubscriberFacts(0, 1, "live"), WARN, "1 pending, none confirmed", alarms.LIST_SUBSCRIPTIONS),
        (alarms.SubscriberFacts(0, 0, "live"), FAIL, "nobody", alarms.SUBSCRIBE),
        (alarms.SubscriberFacts(0, 0, "test"), WARN, "nobody", alarms.SUBSCRIBE),
    ),
    alarms.log_metrics: (
        (log_metrics("Parked"), PASS, "made of the log: 2 metrics, 1 of them"),
        (log_metrics("Parked", "Errors"), FAIL, "no metric filter makes Errors", APPLY),
    ),
    alarms.parked_count: (
        (hourly_count(), PASS, "asks the function to count"),
        (hourly_count(state=None), FAIL, "there is no rule c", APPLY),
        (hourly_count(state="DISABLED"), FAIL, "c is DISABLED", alarms.ENABLE_COUNT),
        (hourly_count(inputs=({"x": 1},)), FAIL, "does not ask", APPLY),
    ),
    traffic.parked_events: (
        (ParkedCount(0, 0, None, 1), PASS, "none waits"),
        (ParkedCount(3, 0, None, 1), WARN, "3 events wait for a user", traffic.LIST_PARKED),
        (ParkedCount(3, 1, None, 1), FAIL, "to expire within 7 days: 1", traffic.LIST_PARKED),
    ),
    traffic.webhook_removable: (
        (bridge(by_bridge=7), PASS, "can be removed: all that came through it in the last"),
        (bridge(has_bridge=False), PASS, "no webhook bridge"),
        (bridge(event_source=None), PASS, "through the bridge alone"),
        (
            bridge(by_bridge=9, by_bridge_alone=tuple(f"evt_{number}" for number in range(7))),
            WARN,
            (
                "7 of 9 events of the last 24 hours came through the bridge only: "
                "evt_0, evt_1, evt_2, evt_3, evt_4 and 2 more"
            ),
            traffic.SEE_EVENT,
        ),
        (
            bridge(by_bridge=0, by_event_source=3),
            WARN,
            "no event came through the bridge, and 3 through the event source",
            traffic.TRIGGER,
        ),
        (bridge(event_source_state="PENDING"), WARN, "still needed: the event source is PENDING", APPLY),
        (bridge(is_logged=False), WARN, "cannot be told", traffic.LOG_DECISIONS),
    ),
    traffic.recent_events: (
        (traffic.TrafficFacts(24, 9, 7), PASS, "7 in the last 24 hours"),
        (traffic.TrafficFacts(24, 0, 0), WARN, "none in the last", traffic.TRIGGER),
        (
            traffic.TrafficFacts(24, 9, 0),
            WARN,
            "9 events came from Stripe in the last 24 hours, and the rule passed none on",
            traffic.TRIGGER,
        ),
    ),
}
