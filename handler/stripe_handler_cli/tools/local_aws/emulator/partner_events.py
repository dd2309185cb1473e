# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""Partner event sources: what Stripe does on its side of EventBridge.

AWS rules modelled:
- A partner event source is PENDING until a bus of the same name is associated with it, and PENDING again
  once that bus is deleted. `ListEventSources` and `DescribeEventSource` show it to the account, a pending one
  with the time at which it expires: 7 days after it was made. (Here it does not really expire.)
- `CreateEventBus` with `EventSourceName` needs an event source of exactly that name.
- `PutPartnerEvents` delivers to the associated bus; events sent while there is none are lost, and each
  one is counted in the metric `Events` of the event source.
- A partner bus's name holds slashes, so a rule on it has an ARN with more than two of them.

Stock MiniStack accepts `PutPartnerEvents` and drops the events, never lists event sources, and cannot
list the tags of a rule on a bus whose name holds slashes.
"""

import time
from typing import Any

from ministack.core.responses import get_region, new_uuid
from ministack.services import eventbridge

from . import metrics
from .answers import Response, answer, error

_PENDING_SECONDS = 7 * 86400
_stock_create_event_bus = eventbridge._create_event_bus
_stock_create_partner_event_source = eventbridge._create_partner_event_source
_stock_resolve_taggable_events_arn = eventbridge._resolve_taggable_events_arn


def install() -> None:
    """Replace MiniStack's functions by ours."""
    eventbridge._create_event_bus = create_event_bus
    eventbridge._create_partner_event_source = create_partner_event_source
    eventbridge._describe_event_source = describe_event_source
    eventbridge._list_event_sources = list_event_sources
    eventbridge._put_partner_events = put_partner_events
    eventbridge._resolve_taggable_events_arn = resolve_taggable_events_arn


def _find(name: str) -> dict[str, Any] | None:
    for source in eventbridge._partner_event_sources.values():
        if source["Name"] == name:
            found: dict[str, Any] = source
            return found
    return None


def _description(source: dict[str, Any]) -> dict[str, Any]:
    is_active = source["Name"] in eventbridge._event_buses
    made = source["CreationTime"]
    return {
        "Arn": f"arn:aws:events:{get_region()}::event-source/{source['Name']}",
        "CreatedBy": source["Name"].split("/")[1] if "/" in source["Name"] else source["Name"],
        "CreationTime": made,
        "Name": source["Name"],
        "State": "ACTIVE" if is_active else "PENDING",
        **({} if is_active else {"ExpirationTime": made + _PENDING_SECONDS}),
    }


def create_event_bus(data: dict[str, Any]) -> Response:
    """CreateEventBus: a partner bus needs the event source it is named after."""
    source_name = data.get("EventSourceName")
    if source_name and source_name != data.get("Name"):
        message = "The event bus name must match the event source name."
        return error("ValidationException", message)
    if source_name and _find(source_name) is None:
        message = f"Event source {source_name} does not exist."
        return error("ResourceNotFoundException", message)
    response: Response = _stock_create_event_bus(data)
    return response


def create_partner_event_source(data: dict[str, Any]) -> Response:
    """CreatePartnerEventSource: it remembers when that was."""
    response: Response = _stock_create_partner_event_source(data)
    source = _find(data.get("Name", ""))
    if source is not None:
        source.setdefault("CreationTime", time.time())
    return response


def describe_event_source(data: dict[str, Any]) -> Response:
    """DescribeEventSource."""
    source = _find(data.get("Name", ""))
    if source is None:
        message = f"Event source {data.get('Name')} does not exist."
        return error("ResourceNotFoundException", message)
    return answer(_description(source))


def list_event_sources(data: dict[str, Any]) -> Response:
    """ListEventSources, with its name prefix."""
    sources = [
        _description(source)
        for source in eventbridge._partner_event_sources.values()
        if source["Name"].startswith(data.get("NamePrefix") or "")
    ]
    return answer({"EventSources": sources})


def put_partner_events(data: dict[str, Any]) -> Response:
    """PutPartnerEvents: to the bus associated with each entry's event source."""
    results: list[dict[str, str]] = []
    for entry in data.get("Entries", []):
        name = entry.get("Source", "")
        if _find(name) is None:
            message = f"Partner event source {name} does not exist."
            results.append({"ErrorCode": "ResourceNotFoundException", "ErrorMessage": message})
            continue
        metrics.record_for_event_source("Events", name)
        if name in eventbridge._event_buses:
            eventbridge._put_events({"Entries": [{**entry, "EventBusName": name}]}, allow_aws_source=True)
        results.append({"EventId": new_uuid()})
    failed = sum("ErrorCode" in result for result in results)
    return answer({"FailedEntryCount": failed, "Entries": results})


def resolve_taggable_events_arn(arn: str) -> tuple[str | None, Response | None]:
    """The stock check, after looking for a rule on a bus whose name holds slashes."""
    if any(rule.get("Arn") == arn for rule in eventbridge._rules.values()):
        return arn, None
    resolved: tuple[str | None, Response | None] = _stock_resolve_taggable_events_arn(arn)
    return resolved
