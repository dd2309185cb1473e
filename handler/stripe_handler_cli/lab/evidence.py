"""What a stack shows when something was waited for in vain: its queues and the end of its log. Only reads."""

from collections import deque

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from stripe_handler_cli.stack.pipeline import Pipeline

_LINES = 20


def print_evidence(console: Console, pipeline: Pipeline) -> None:
    """Print what is in both queues, and the last lines of the function's log."""
    try:
        lines = [*_queues(pipeline), *_end_of_log(pipeline)]
    except (BotoCoreError, ClientError) as error:
        lines = [f"The stack does not tell: {error}"]
    console.print("", *lines, sep="\n", highlight=False, soft_wrap=True, markup=False)


def _queues(pipeline: Pipeline) -> list[str]:
    lines = ["Messages in the queues:"]
    for queue in ("delivery_dead_letter_queue", "failure_queue"):
        count = pipeline.queues.get_queue_attributes(
            QueueUrl=pipeline.outputs[f"{queue}_url"],
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        visible = count["ApproximateNumberOfMessages"]
        in_flight = count["ApproximateNumberOfMessagesNotVisible"]
        lines.append(f"  {pipeline.outputs[f'{queue}_name']}  {visible}, and {in_flight} in flight")
    return lines


def _end_of_log(pipeline: Pipeline) -> list[str]:
    group = pipeline.outputs["log_group_name"]
    pages = pipeline.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=0)
    lines = deque((event["message"] for page in pages for event in page["events"]), maxlen=_LINES)
    return [f"The last {len(lines)} lines of {group}:", *(f"  {line.rstrip()}" for line in lines)]
