"""The AWS behaviours we add to MiniStack, by name, in the order they are installed."""

import importlib

#: Each name is a module beside this one with a function `install`. Some wrap what an earlier one installs:
#: `function_errors` wraps `execution_environments`, `rule_targets` wraps `async_invocation`, `event_size`
#: wraps `partner_events`, and `schedule_targets` wraps `rule_targets`.
NAMES = (
    "partner_events",
    "async_invocation",
    "execution_environments",
    "function_logs",
    "function_errors",
    "rule_targets",
    "event_size",
    "function_urls",
    "alarms",
    "alarm_description",
    "queue_metrics",
    "metric_filters",
    "query_definitions",
    "schedules",
    "schedule_targets",
    "log_search",
    "expression_limits",
    "kept_metrics",
    "table_faults",
)


def install(without: frozenset[str] = frozenset()) -> None:
    """Install every replacement, except those named; `all` stands for every one of them."""
    unknown = without - {*NAMES, "all"}
    if unknown:
        message = f"unknown replacements: {', '.join(sorted(unknown))}; known: {', '.join(NAMES)}, all"
        raise ValueError(message)
    for name in NAMES:
        if not without & {name, "all"}:
            importlib.import_module(f".{name}", __package__).install()
