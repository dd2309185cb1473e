"""The function's own log, one line per event handled: read back from CloudWatch Logs, typed."""

from stripe_handler_cli.stack.function_log.lines import LogLine, tells_decisions
from stripe_handler_cli.stack.function_log.reading import FunctionLog, History, LogTail, patterns, phrase

__all__ = ["FunctionLog", "History", "LogLine", "LogTail", "patterns", "phrase", "tells_decisions"]
