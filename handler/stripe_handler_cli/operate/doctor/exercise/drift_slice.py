"""The drift check, invoked for one slice of a pass, as its schedule does it. One step."""

import json
from typing import Any

from botocore.config import Config

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.exercise.exercise import Exercise
from stripe_handler_cli.operate.doctor.exercise.steps import Told, failed, passed, skipped
from stripe_subscription_handler.drift_check.request import BEGIN, MOST_SECONDS, REQUEST

_PATIENT = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=300, tcp_keepalive=True)
"""One page of Stripe's list and the subscriptions on it, at the pace that the settings allow."""


def check_drift(exercise: Exercise) -> Told:
    name = exercise.stack.outputs.get("drift_check_function_name")
    if not name:
        return skipped("this stack has none: it has no Stripe key, or create_drift_check is false")
    asked = {**REQUEST, BEGIN: True, MOST_SECONDS: 0}
    client = exercise.aws.client("lambda", _PATIENT)
    answer = client.invoke(FunctionName=str(name), Payload=json.dumps(asked).encode())
    exercise.others += 1
    told: Any = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError") or not isinstance(told, dict):
        kind = told.get("errorType") if isinstance(told, dict) else None
        return failed(f"it ended with {kind or 'an error'}; its log says more")
    state = told.get("state")
    if state == "held":
        return passed("another slice is under way")
    count = plural(int(told.get("subscriptions") or 0), "subscription")
    return passed(f"one slice: {state}, {count} of Stripe's compared")
