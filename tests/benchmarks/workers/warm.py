"""Run by the runtime's Python: handles one event again and again, next to the bare call, on request.

`warm.py TASK RUNTIME EVENT`; each line on standard input, `CONTENDER COUNT`, is answered by a line of JSON:
CPU and elapsed nanoseconds of so many repetitions.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

task, runtime, event_path = sys.argv[1:4]
sys.path[:0] = [task, runtime]
sys.path.append(os.path.dirname(__file__))  # noqa: PTH120 - keep the worker's imports few

import boto3  # noqa: E402 - found on the path just set
from lambda_context import Context  # noqa: E402

from stripe_subscription_handler import app  # noqa: E402
from stripe_subscription_handler.decisions.decide import decide  # noqa: E402
from stripe_subscription_handler.dynamodb.clients import dynamodb_client  # noqa: E402
from stripe_subscription_handler.dynamodb.store import Store  # noqa: E402
from stripe_subscription_handler.events.envelope import parse_event  # noqa: E402


def captured_request(client: Any, call: Callable[[], object]) -> dict[str, Any]:
    """What a client's `update_item` is called with."""
    requests = []
    original = client.update_item
    client.update_item = lambda **parameters: (requests.append(parameters), original(**parameters))[1]
    call()
    del client.update_item
    return requests[0]


def main() -> None:
    """Answer until there is nothing more to measure."""
    with open(event_path, encoding="utf-8") as file:  # noqa: PTH123 - keep the worker's imports few
        raw = json.load(file)
    answer_to = sys.stdout
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the log's lines
    context = Context()

    def handle() -> object:
        return app.lambda_handler(raw, context)

    parameters = captured_request(app.runtime().store.client, handle)
    bare = boto3.client("dynamodb")
    lean = app.runtime()
    ordinary = app.Runtime(Store(dynamodb_client(), lean.config), lean.config, lean.log, lean.report)
    contenders = {
        "parse": lambda: parse_event(raw),
        "parse_and_decide": lambda: decide(parse_event(raw)),
        "handler": handle,
        "ordinary": lambda: app.handle(raw, ordinary),
        "bare": lambda: bare.update_item(**parameters),
        "own_client": lambda: lean.store.client.update_item(**parameters),
    }
    for line in sys.stdin:
        name, count = line.split()
        contender, repetitions = contenders[name], range(int(count))
        cpu, elapsed = time.process_time_ns(), time.perf_counter_ns()
        for _ in repetitions:
            contender()
        spent = {"cpu_ns": time.process_time_ns() - cpu, "elapsed_ns": time.perf_counter_ns() - elapsed}
        answer_to.write(json.dumps(spent) + "\n")
        answer_to.flush()


main()
