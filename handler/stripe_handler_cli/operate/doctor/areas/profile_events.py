"""The profile events: the stream, what reads it, the bus they are told on, and what could not be told."""

from typing import Any

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.arns import Arn
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.site import Site, found_or_none
from stripe_subscription_handler.profile_events.changes import VIEW_TYPE
from stripe_subscription_handler.profile_events.settings import VARIABLES

LIST_LOST = "stripe-handler profile-events list{stack_options}"
ENABLE = "aws lambda update-event-source-mapping --uuid {profile_events_event_source_mapping_id} --enabled"
DOES_NOT_APPLY = "does not apply: the stack has no profile events"
_ON = {"Enabled", "Enabling", "Creating", "Updating"}


@attrs.frozen(kw_only=True)
class StreamFacts:
    """The profile table's stream, and the event source mapping that reads it."""

    is_wanted: bool = True
    table: str = ""
    stream_arn: str | None = None  # the table's newest; None where it has none
    view_type: str = VIEW_TYPE
    mapping_state: str | None = "Enabled"  # AWS's word; None where there is no mapping
    mapped_arn: str | None = None  # the stream that the mapping reads
    reports_failures: bool = True  # and splits a batch that fails
    has_failure_queue: bool = True


def look_at_stream(site: Site) -> StreamFacts:
    mapping_id = site.stack.outputs.get("profile_events_event_source_mapping_id")
    if not mapping_id:
        return StreamFacts(is_wanted=False)
    name = site.output("profile_table_name")
    table = (found_or_none(site.client("dynamodb").describe_table, TableName=name) or {}).get("Table", {})
    stream = table.get("StreamSpecification") or {}
    is_on = bool(stream.get("StreamEnabled"))
    mapping = found_or_none(site.client("lambda").get_event_source_mapping, UUID=mapping_id)
    queue = ((mapping or {}).get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination")
    return StreamFacts(
        table=name,
        stream_arn=table.get("LatestStreamArn") if is_on else None,
        view_type=stream.get("StreamViewType", ""),
        mapping_state=(mapping or {}).get("State"),
        mapped_arn=(mapping or {}).get("EventSourceArn"),
        reports_failures="ReportBatchItemFailures" in (mapping or {}).get("FunctionResponseTypes", ())
        and bool((mapping or {}).get("BisectBatchOnFunctionError")),
        has_failure_queue=bool(queue)
        and str(queue).endswith(f":{site.output('profile_events_failure_queue_name')}"),
    )


@check(Area.PROFILE_EVENTS, look_at_stream)
def profile_stream(facts: StreamFacts) -> Finding:
    """The table's stream.

    The profile events are made of it; one that was switched off and on again is another one, which nobody
    reads.

    Where the stack has profile events: the profile table has a stream that shows both sides of a change, and
    it is the one that they read.
    """
    if not facts.is_wanted:
        return passed(DOES_NOT_APPLY)
    if facts.stream_arn is None:
        return failed(f"{facts.table} has no stream: no change is told")
    if facts.view_type != VIEW_TYPE:
        return failed(f"the stream of {facts.table} has the view type {facts.view_type}, not {VIEW_TYPE}")
    if facts.mapped_arn is not None and facts.mapped_arn != facts.stream_arn:
        return failed(f"{facts.table} has another stream than the one that is read")
    return passed(f"{facts.table} has one, with both sides of a change")


@check(Area.PROFILE_EVENTS, look_at_stream, ENABLE, APPLY)
def profile_events_mapping(facts: StreamFacts) -> Finding:
    """Event source mapping.

    It gives the changes to the function. The stream keeps them for 24 hours, so a mapping that is off for
    longer loses some.

    It is enabled, asks the function which records failed, splits a batch that fails, and has the queue for
    what is given up.
    """
    if not facts.is_wanted:
        return passed(DOES_NOT_APPLY)
    if facts.mapping_state is None:
        return failed("there is no event source mapping: no change is told")
    if facts.mapping_state not in _ON:
        return failed(f"it is {facts.mapping_state}: the stream keeps what is not told for 24 hours", ENABLE)
    if not facts.reports_failures:
        return warned("a change that cannot be told holds up those behind it", APPLY)
    if not facts.has_failure_queue:
        return warned("what is given up goes to no queue: nobody would know", APPLY)
    return passed(f"{facts.mapping_state}; what fails is split, retried, and then kept in the queue")


@attrs.frozen(kw_only=True)
class ToldFacts:
    """The bus that changes are told on, and the queue of those that could not be told."""

    is_wanted: bool = True
    bus_arn: str = ""
    bus_exists: bool | None = True  # None where it is another account's
    function_exists: bool = True
    told_to: str | None = None  # the bus of the function's own settings
    lost: int | None = 0  # messages; None where there is no queue


def look_at_told(site: Site) -> ToldFacts:
    bus_arn = site.stack.outputs.get("profile_events_bus_arn")
    if not bus_arn:
        return ToldFacts(is_wanted=False)
    arn = Arn.parse(str(bus_arn))
    is_ours = arn.account == Arn.parse(site.output("function_arn")).account
    name = arn.resource.partition("/")[2]
    bus = found_or_none(site.client("events").describe_event_bus, Name=name) if is_ours else None
    function = found_or_none(
        site.client("lambda").get_function_configuration,
        FunctionName=site.output("profile_events_function_name"),
    )
    variables: dict[str, Any] = ((function or {}).get("Environment") or {}).get("Variables", {})
    queue = found_or_none(
        site.client("sqs").get_queue_attributes,
        QueueUrl=site.output("profile_events_failure_queue_url"),
        AttributeNames=["All"],
    )
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return ToldFacts(
        bus_arn=str(bus_arn),
        bus_exists=bus is not None if is_ours else None,
        function_exists=function is not None,
        told_to=variables.get(VARIABLES["bus_arn"]),
        lost=None if queue is None else sum(int(queue["Attributes"].get(one, 0)) for one in counts),
    )


@check(Area.PROFILE_EVENTS, look_at_told)
def profile_events_bus(facts: ToldFacts) -> Finding:
    """The bus they are told on.

    EventBridge answers as if all were well when there is no such bus: whatever is put on it is lost.

    The function is there, its settings name the bus of Terraform's outputs, and that bus exists. A bus of
    another account cannot be looked at from here, and passes.
    """
    if not facts.is_wanted:
        return passed(DOES_NOT_APPLY)
    if not facts.function_exists:
        return failed("there is no function that tells the changes")
    if facts.bus_exists is False:
        return failed(f"there is no bus {facts.bus_arn}: every change is put nowhere")
    if facts.told_to != facts.bus_arn:
        return failed(f"the function tells {facts.told_to or 'no bus'}, not {facts.bus_arn}")
    if facts.bus_exists is None:
        return passed(f"{facts.bus_arn}, of another account: look there whether it lets this one in")
    return passed(facts.bus_arn)


@check(Area.PROFILE_EVENTS, look_at_told, LIST_LOST, APPLY)
def profile_events_queue_empty(facts: ToldFacts) -> Finding:
    """Every change told.

    Each message stands for changes that whoever listens knows nothing of; the stream has them for 24 hours.

    The number of messages in the profile events' queue. Any fails.
    """
    if not facts.is_wanted:
        return passed(DOES_NOT_APPLY)
    if facts.lost is None:
        return failed("there is no queue for changes that cannot be told")
    if facts.lost:
        return failed(f"{plural(facts.lost, 'message')} of changes that were not told", LIST_LOST)
    return passed("the queue of changes that could not be told is empty")
