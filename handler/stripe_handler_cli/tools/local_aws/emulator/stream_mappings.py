"""Lambda's event source mapping of a DynamoDB stream: batches in order, retries, bisection, what is given up.

AWS rules modelled:
- A mapping gives its function the records in the stream's order, one batch at a time. Mappings don't wait for
  each other.
- A batch that fails is given again until it is done, `MaximumRetryAttempts` are used up or its oldest record
  is older than `MaximumRecordAgeInSeconds`; both are -1 unless set, for ever. Throttles use up no attempt.
- With `BisectBatchOnFunctionError` a batch of several that fails is split in two, which uses up no attempt.
- With `ReportBatchItemFailures` a function's answer names records: all before the lowest of them are done,
  the rest is given again. An empty identifier, or one that is not in the batch, fails the whole batch.
- What is given up goes to the on-failure destination: the positions in the stream, not the records.
- Metrics `Invocations`, `Errors`, `Duration` of each attempt, and `IteratorAge`, the age of the batch's last
  record.

Stock MiniStack gives a batch again as a whole, once a second and for ever, whatever the settings but the
record age; reads no answer; lets one mapping wait for another's function; records no metric. Lambda's pauses
between attempts are scaled to `LAMBDA_ASYNC_RETRY_BASE_SECONDS`. Every stream has one shard, and
`ParallelizationFactor` is stored only.
"""

import time
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import request_scope
from ministack.services import cloudwatch, dynamodb, lambda_svc

from . import settings
from .replacing import logger, replaces
from .retries import back_off_seconds

_LONGEST_WAIT_SECONDS = settings.RETRY_BASE_SECONDS
_CHECKED_SECONDS = 0.05
_FOR_EVER = -1


@replaces(lambda_svc, "_poll_dynamodb_streams")
def poll(_stock: Any) -> bool:
    """Have each mapping that has records and is idle work on its next batch, in a thread of its own."""
    has_begun = False
    for account_id, region, mapping in lambda_svc._iter_all_esms():
        with request_scope(account_id, region):
            batch = None if lambda_svc._esm_inflight.get(mapping["UUID"]) else _next_batch(mapping)
            if batch is not None:
                lambda_svc._dispatch_esm_batch(mapping["UUID"], _work, mapping, *batch)
                has_begun = True
    return has_begun


def _table_of(mapping: dict[str, Any]) -> str | None:
    spec = parse_arn(mapping.get("EventSourceArn", ""))
    if spec.service != "dynamodb":
        return None
    found = lambda_svc._dynamodb_stream_table_from_arn_spec(spec)
    table = dynamodb._tables.get(found[0]) if found else None
    is_its = table is not None and table.get("LatestStreamArn") == mapping["EventSourceArn"]
    return found[0] if is_its else None


def _next_batch(mapping: dict[str, Any]) -> tuple[int, list[dict[str, Any]]] | None:
    """The position after the next batch, and its records; None where there is none."""
    table = _table_of(mapping) if mapping.get("Enabled", True) else None
    if table is None or _function_of(mapping) is None:
        return None
    mapping_id = mapping["UUID"]
    horizon, end = dynamodb.stream_start_position(table), dynamodb.stream_end_position(table)
    with lambda_svc._dynamodb_stream_positions_lock:
        positions = lambda_svc._dynamodb_stream_positions
        if mapping_id not in positions:
            positions[mapping_id] = horizon if mapping.get("StartingPosition") == "TRIM_HORIZON" else end
        position = positions[mapping_id] = max(positions[mapping_id], horizon)
    records = dynamodb.stream_records_since(table, position, mapping.get("BatchSize", 100))
    return (position + len(records), records) if records else None


def _work(mapping: dict[str, Any], after: int, records: list[dict[str, Any]]) -> None:
    """Work on a batch until nothing of it is left; then the mapping's place is behind it."""
    wanted = lambda_svc._apply_filter_criteria(records, mapping)
    parts = [(wanted, 0)] if wanted else []
    while parts:
        batch, attempts = parts.pop(0)
        if not _is_wanted(mapping):
            return  # its place stays, so it is given again if the mapping is enabled again
        parts = [*_attempt(mapping, batch, attempts), *parts]
    with lambda_svc._dynamodb_stream_positions_lock:
        if mapping["UUID"] in lambda_svc._esms:
            lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = after


Part = tuple[list[dict[str, Any]], int]
"""Records, and how many failed attempts they have behind them."""


def _attempt(mapping: dict[str, Any], batch: list[dict[str, Any]], attempts: int) -> list[Part]:
    """Give a batch to the function once; returns what is to be given next, in order."""
    function = _function_of(mapping)
    if function is None:
        _pause(mapping, attempts)
        return [(batch, attempts)]
    name = mapping["FunctionName"]
    _record_age(name, batch[-1])
    started = time.monotonic()
    result = lambda_svc._execute_function(function, {"Records": batch})
    if result.get("throttle"):
        _pause(mapping, attempts)
        return [(batch, attempts)]
    failed = bool(result.get("error"))
    lambda_svc._emit_lambda_metrics(name, (time.monotonic() - started) * 1000, error=failed, throttle=False)
    left = batch if failed else _reported(mapping, batch, result)
    mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if left else "OK"
    if not left:
        return []
    if len(left) == len(batch) > 1 and mapping.get("BisectBatchOnFunctionError"):
        half = len(batch) // 2
        return [(batch[:half], attempts), (batch[half:], attempts)]
    condition = _gives_up(mapping, left, attempts + 1)
    if condition is not None:
        logger.warning("%s: %s of %d records", name, condition, len(left))
        lambda_svc._send_ddb_stream_failure_record(
            mapping, function, left, mapping["EventSourceArn"], result, condition
        )
        return []
    _pause(mapping, attempts)
    return [(left, attempts + 1)]


def _reported(
    mapping: dict[str, Any], batch: list[dict[str, Any]], result: dict[str, Any]
) -> list[dict[str, Any]]:
    """What the function's answer asks for again."""
    body = result.get("body")
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not failures or "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return []
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    reported = [failure.get("itemIdentifier") for failure in failures]
    if not all(number in numbers for number in reported):
        return batch
    return batch[min(map(numbers.index, reported)) :]


def _gives_up(mapping: dict[str, Any], batch: list[dict[str, Any]], attempts: int) -> str | None:
    oldest = float(batch[0]["dynamodb"]["ApproximateCreationDateTime"])
    age_seconds = (time.time() - oldest) * settings.EVENT_AGE_SPEEDUP
    most_age, most_retries = (
        int(mapping.get(name) or 0) if mapping.get(name) is not None else _FOR_EVER
        for name in ("MaximumRecordAgeInSeconds", "MaximumRetryAttempts")
    )
    if most_age != _FOR_EVER and age_seconds > most_age:
        return "MaxRecordAgeExceeded"
    if most_retries != _FOR_EVER and attempts > most_retries:
        return "RetryAttemptsExhausted"
    return None


def _function_of(mapping: dict[str, Any]) -> Any:
    return lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))[0]


def _is_wanted(mapping: dict[str, Any]) -> bool:
    return mapping.get("Enabled", True) and mapping["UUID"] in lambda_svc._esms


def _pause(mapping: dict[str, Any], attempts: int) -> None:
    """Wait as long as Lambda would, or until nobody wants the mapping to go on."""
    seconds = back_off_seconds(
        attempts, base_seconds=_CHECKED_SECONDS, maximum_seconds=max(_LONGEST_WAIT_SECONDS, _CHECKED_SECONDS)
    )
    until = time.monotonic() + seconds
    while _is_wanted(mapping) and time.monotonic() < until:
        time.sleep(_CHECKED_SECONDS)


def _record_age(function_name: str, record: dict[str, Any]) -> None:
    created = float(record["dynamodb"]["ApproximateCreationDateTime"])
    age_ms = max(time.time() - created, 0.0) * 1000
    cloudwatch.record_metric(
        "AWS/Lambda", "IteratorAge", age_ms, "Milliseconds", {"FunctionName": function_name}
    )
