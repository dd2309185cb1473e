"""Run by the runtime's Python in a fresh process: imports, and one invocation, timed apart.

`cold.py TASK RUNTIME EVENT CONTENDER`; TASK is what would be in `/var/task`, or `-` for nothing. Writes one
line of JSON: CPU and elapsed nanoseconds of the imports, and of the first invocation until it has its answer.
"""

# ruff: noqa: PLC0415 - when things are imported is what is measured
import json
import os
import sys
import time

task, runtime, event_path, contender = sys.argv[1:5]
sys.path[:0] = [runtime] if task == "-" else [task, runtime]
sys.path.append(os.path.dirname(__file__))  # noqa: PTH120 - keep what is imported before small

from lambda_context import Context  # noqa: E402 - found on the path just set

with open(event_path, encoding="utf-8") as file:  # noqa: PTH123 - keep what is imported before small
    event = json.load(file)


def moment() -> tuple[int, int]:
    """CPU time and elapsed time so far, in nanoseconds."""
    return time.process_time_ns(), time.perf_counter_ns()


def bare() -> tuple[int, int]:
    """Import boto3, and make the same call without anything around it."""
    import boto3

    imported = moment()
    boto3.client("dynamodb").update_item(**event["request"])
    return imported


def botocore_only() -> tuple[int, int]:
    """The same without boto3."""
    import botocore.session

    imported = moment()
    botocore.session.get_session().create_client("dynamodb").update_item(**event["request"])
    return imported


def handler() -> tuple[int, int]:
    """Import our entry point, and hand it the event."""
    from stripe_subscription_handler import app

    imported = moment()
    app.lambda_handler(event["event"], Context())
    return imported


def usual() -> tuple[int, int]:
    """Import the usual handler, and hand it the event."""
    import usual_handler

    imported = moment()
    usual_handler.lambda_handler(event["event"], Context())
    return imported


answer_to, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: PTH123, SIM115 - the log's lines
began = moment()
imported = {"bare": bare, "botocore": botocore_only, "handler": handler, "usual": usual}[contender]()
ended = moment()
spent = {
    "import_cpu_ns": imported[0] - began[0],
    "invocation_cpu_ns": ended[0] - imported[0],
    "cpu_ns": ended[0] - began[0],
    "elapsed_ns": ended[1] - began[1],
    "modules": len(sys.modules),
    "stripe_imported": "stripe" in sys.modules,
}
answer_to.write(json.dumps(spent) + "\n")
answer_to.flush()  # it is no longer Python's own standard output, which it would flush at its end
