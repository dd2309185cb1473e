"""What is right for the alarms: all there, each tells the topic, somebody listens, none is ringing. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY

ENABLE_ACTIONS = "aws cloudwatch enable-alarm-actions --alarm-names {alarm_name}"
SEE_ALARM = "aws cloudwatch describe-alarms --alarm-names {alarm_name}"
LIST_SUBSCRIPTIONS = "aws sns list-subscriptions-by-topic --topic-arn {alarm_topic_arn}"
SUBSCRIBE = "# name alarm_email_addresses in the tfvars file, then\n" + APPLY


@attrs.frozen
class Alarm:
    """An alarm as it is.

    Attributes:
        name: Its name.
        state: `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        are_actions_enabled: Whether it does anything.
        tells: ARNs of what it tells when it begins to ring.
        metric: Namespace and name of the metric it watches.
    """

    name: str
    state: str
    are_actions_enabled: bool
    tells: tuple[str, ...]
    metric: tuple[str, str] = ("", "")


@attrs.frozen
class AlarmsFacts:
    """The alarms.

    Attributes:
        wanted: Names of those Terraform made.
        found: Those that are there.
        topic_arn: Where they should tell.
    """

    wanted: tuple[str, ...]
    found: tuple[Alarm, ...]
    topic_arn: str


@attrs.frozen
class LogMetricsFacts:
    """Metrics made of the function's log.

    Attributes:
        watched: Names of those that alarms watch.
        made: Names of those that the log group's metric filters make.
    """

    watched: frozenset[str]
    made: frozenset[str]


@attrs.frozen
class SubscriberFacts:
    """Who listens to the topic.

    Attributes:
        confirmed: How many do.
        pending: How many have not confirmed it yet.
        livemode: The function's `LIVEMODE`.
    """

    confirmed: int
    pending: int
    livemode: str


def judge_alarms(facts: AlarmsFacts) -> Finding:
    """All there, and each tells the topic."""
    there = {alarm.name for alarm in facts.found}
    missing = sorted(set(facts.wanted) - there)
    if missing:
        return failed(f"{len(missing)} of {len(facts.wanted)} missing: {', '.join(missing)}", APPLY)
    mute = [alarm.name for alarm in facts.found if not alarm.are_actions_enabled]
    if mute:
        return failed(f"actions disabled: {', '.join(mute)}", ENABLE_ACTIONS, alarm_name=mute[0])
    astray = [alarm.name for alarm in facts.found if facts.topic_arn not in alarm.tells]
    if astray:
        return failed(f"do not tell the topic: {', '.join(astray)}", APPLY)
    return passed(f"{len(facts.found)} alarms, each tells the topic")


def judge_quiet(facts: AlarmsFacts) -> Finding:
    """None rings."""
    ringing = [alarm.name for alarm in facts.found if alarm.state == "ALARM"]
    if ringing:
        return warned(f"in ALARM: {', '.join(ringing)}", SEE_ALARM, alarm_name=ringing[0])
    return passed("none is in ALARM")


def judge_log_metrics(facts: LogMetricsFacts) -> Finding:
    """Each that an alarm watches is made."""
    missing = sorted(facts.watched - facts.made)
    if missing:
        return failed(f"no metric filter makes {', '.join(missing)}: its alarm cannot ring", APPLY)
    return passed(f"{len(facts.made)} metrics are made of the log, {len(facts.watched)} of them with alarms")


def judge_subscribers(facts: SubscriberFacts) -> Finding:
    """At least one has confirmed."""
    if facts.confirmed:
        waiting = f"; {facts.pending} not confirmed yet" if facts.pending else ""
        return passed(f"{facts.confirmed} confirmed{waiting}")
    if facts.pending:
        return warned(
            f"{facts.pending} pending, none confirmed: follow the link in AWS's mail within 3 days, or "
            "subscribe anew",
            LIST_SUBSCRIPTIONS,
        )
    if facts.livemode == "live":
        return failed("nobody: alarms ring unheard, and the environment is live", SUBSCRIBE)
    return warned("nobody: alarms ring unheard", SUBSCRIBE)


ALARMS = Check(
    key="alarms",
    area=Area.ALARMS,
    title="Alarms in place",
    why="An alarm that is gone, or tells nobody, is a loss nobody hears of.",
    checked=(
        "Every alarm of Terraform's output `alarm_names` exists, has its actions enabled, and tells the "
        "topic."
    ),
    fixes=(APPLY, ENABLE_ACTIONS),
    judge=judge_alarms,
)
ALARMS_QUIET = Check(
    key="alarms-quiet",
    area=Area.ALARMS,
    title="No alarm ringing",
    why="Something is wrong just now; the alarm's description says what, and what to do.",
    checked="An alarm in the state ALARM is a warning.",
    fixes=(SEE_ALARM,),
    judge=judge_quiet,
)
LOG_METRICS = Check(
    key="log-metrics",
    area=Area.ALARMS,
    title="Metrics of the log",
    why="An alarm on a metric that nothing makes is quiet for ever.",
    checked=(
        "Each metric of the stack's own namespace that an alarm watches has a metric filter on the log "
        "group, or on that of the drift check."
    ),
    fixes=(APPLY,),
    judge=judge_log_metrics,
)
ALARM_SUBSCRIBERS = Check(
    key="alarm-subscribers",
    area=Area.ALARMS,
    title="Somebody is told",
    why="AWS asks each address to confirm; until it does, its alarms go nowhere.",
    checked=(
        "The topic has a confirmed subscription. Only pending ones are a warning; none at all fails where "
        "`LIVEMODE` is live, and is a warning elsewhere."
    ),
    fixes=(LIST_SUBSCRIPTIONS, SUBSCRIBE),
    judge=judge_subscribers,
)
