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

from ministack.core.responses import error_response_json, get_region, json_response, new_uuid
from ministack.services import cloudwatch, eventbridge

from .replacing import replaces

_PENDING_SECONDS = 7 * 86400


def _find(name: str) -> Any:
    sources = eventbridge._partner_event_sources.values()
    return next((source for source in sources if source["Name"] == name), None)


def _description(source: dict[str, Any]) -> dict[str, Any]:
    name, made = source["Name"], source["CreationTime"]
    is_active = name in eventbridge._event_buses
    return {
        "Arn": f"arn:aws:events:{get_region()}::event-source/{name}",
        "CreatedBy": name.split("/")[1] if "/" in name else name,
        "CreationTime": made,
        "Name": name,
        "State": "ACTIVE" if is_active else "PENDING",
        **({} if is_active else {"ExpirationTime": made + _PENDING_SECONDS}),
    }


@replaces(eventbridge, "_create_event_bus")
def create_event_bus(stock: Any, data: dict[str, Any]) -> Any:
    """A partner bus needs the event source it is named after."""
    source_name = data.get("EventSourceName")
    if source_name and source_name != data.get("Name"):
        message = "The event bus name must match the event source name."
        return error_response_json("ValidationException", message)
    if source_name and _find(source_name) is None:
        return _unknown_source(source_name)
    return stock(data)


def _unknown_source(name: str | None) -> Any:
    return error_response_json("ResourceNotFoundException", f"Event source {name} does not exist.")


@replaces(eventbridge, "_create_partner_event_source")
def create_partner_event_source(stock: Any, data: dict[str, Any]) -> Any:
    """Remember when the source was made; the time it expires follows from it."""
    response = stock(data)
    source = _find(data.get("Name", ""))
    if source is not None:
        source.setdefault("CreationTime", time.time())
    return response


@replaces(eventbridge, "_describe_event_source")
def describe_event_source(_stock: Any, data: dict[str, Any]) -> Any:
    source = _find(data.get("Name", ""))
    return _unknown_source(data.get("Name")) if source is None else json_response(_description(source))


@replaces(eventbridge, "_list_event_sources")
def list_event_sources(_stock: Any, data: dict[str, Any]) -> Any:
    sources = [
        _description(source)
        for source in eventbridge._partner_event_sources.values()
        if source["Name"].startswith(data.get("NamePrefix") or "")
    ]
    return json_response({"EventSources": sources})


@replaces(eventbridge, "_put_partner_events")
def put_partner_events(_stock: Any, data: dict[str, Any]) -> Any:
    """Put each entry on the bus associated with its event source."""
    results: list[dict[str, str]] = []
    for entry in data.get("Entries", []):
        name = entry.get("Source", "")
        if _find(name) is None:
            message = f"Partner event source {name} does not exist."
            results.append({"ErrorCode": "ResourceNotFoundException", "ErrorMessage": message})
            continue
        cloudwatch.record_metric("AWS/Events", "Events", 1.0, "Count", {"EventSourceName": name})
        if name in eventbridge._event_buses:
            eventbridge._put_events({"Entries": [{**entry, "EventBusName": name}]}, allow_aws_source=True)
        results.append({"EventId": new_uuid()})
    failed = sum("ErrorCode" in result for result in results)
    return json_response({"FailedEntryCount": failed, "Entries": results})


@replaces(eventbridge, "_resolve_taggable_events_arn")
def resolve_taggable_events_arn(stock: Any, arn: str) -> Any:
    """The stock check, after looking for a rule on a bus whose name holds slashes."""
    if any(rule.get("Arn") == arn for rule in eventbridge._rules.values()):
        return arn, None
    return stock(arn)
