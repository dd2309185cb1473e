"""Records CloudWatch metrics that MiniStack's services leave out. Names and dimensions are AWS's own."""

from ministack.services import cloudwatch


def record_for_rule(name: str, rule: dict[str, str], value: float = 1.0) -> None:
    """Record an `AWS/Events` metric of a rule, in each of the dimension sets AWS publishes."""
    bus_name, rule_name = rule.get("EventBusName", "default"), rule.get("Name", "")
    for dimensions in (
        {"EventBusName": bus_name, "RuleName": rule_name},
        {"RuleName": rule_name},
    ):
        cloudwatch.record_metric("AWS/Events", name, value, "Count", dimensions)


def record_for_event_source(name: str, event_source_name: str) -> None:
    """Record an `AWS/Events` metric of a partner event source."""
    cloudwatch.record_metric("AWS/Events", name, 1.0, "Count", {"EventSourceName": event_source_name})


def record_for_function(name: str, function_name: str, value: float = 1.0, unit: str = "Count") -> None:
    """Record an `AWS/Lambda` metric of a function."""
    cloudwatch.record_metric("AWS/Lambda", name, value, unit, {"FunctionName": function_name})
