"""Runs MiniStack with our replacements in this process until it is told to stop."""

import importlib
import os
import sys

from ministack import app
from ministack.core import lambda_runtime

from . import settings

# The modules beside this one that replace something when they are imported, in this order. Some wrap what an
# earlier one put in place: `function_errors` wraps `execution_environments`, `rule_targets` wraps
# `async_invocation`, `event_size` wraps `partner_events`, and `schedules` wraps `rule_targets`.
REPLACEMENTS = (
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
    "log_search",
    "expression_limits",
    "kept_metrics",
    "table_faults",
    "lost_answers",
    "stream_mappings",
)


def run() -> None:
    """Serve until SIGTERM or SIGINT, then stop the Lambda workers too."""
    # Lambda workers inherit this process's environment; MiniStack has read this one while it was imported.
    os.environ.pop("LOG_LEVEL", None)
    unknown = settings.WITHOUT - {*REPLACEMENTS, "all"}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise ValueError(f"unknown replacements: {names}; known: {', '.join(REPLACEMENTS)}, all")
    for name in REPLACEMENTS:
        if not settings.WITHOUT & {name, "all"}:
            importlib.import_module(f".{name}", __package__)
    sys.argv = ["ministack"]
    try:
        app.main()
    finally:
        lambda_runtime.reset()
