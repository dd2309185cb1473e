"""Run by the runtime's Python in a fresh process that is ready for events: its first question to Stripe.

`question.py TASK RUNTIME SUBSCRIPTION CONTENDER`; TASK is what would be in `/var/task`. Writes one line of
JSON: CPU and elapsed nanoseconds of the first question with all that is imported for it, and CPU of the next.
"""

# ruff: noqa: PLC0415 - when things are imported is what is measured
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

task, runtime, subscription_id, contender = sys.argv[1:5]
sys.path[:0] = [task, runtime]

Ask = Callable[[], Any]


def moment() -> tuple[int, int]:
    """CPU time and elapsed time so far, in nanoseconds."""
    return time.process_time_ns(), time.perf_counter_ns()


def key() -> str:
    """The key of the environment, or of Secrets Manager as most read it."""
    arn = os.environ.get("STRIPE_SECRET_ARN")
    if arn is None:
        return os.environ["STRIPE_SECRET_KEY"]
    import boto3

    text: str = boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    return text


def with_stripes_client(question: Callable[[Any], Any]) -> Ask:
    """A function that writes with boto3, and asks with stripe's usual client, made for the first question."""
    import boto3

    boto3.client("dynamodb")
    made: list[Any] = []

    def ask() -> Any:
        if not made:
            import stripe

            url = os.environ["STRIPE_API_URL"]
            made.append(stripe.StripeClient(key(), base_addresses={"api": url}))
        return question(made[0])

    return ask


def usual() -> Ask:
    """With stripe's resources."""
    return with_stripes_client(lambda client: client.v1.subscriptions.retrieve(subscription_id).to_dict())


def raw() -> Ask:
    """With a raw request, and plain JSON."""
    path = f"/v1/subscriptions/{subscription_id}"
    return with_stripes_client(lambda client: json.loads(client.raw_request("get", path).body))


def handler() -> Ask:
    """Our function, as it is when the first event came."""
    from stripe_subscription_handler import app

    stripe = app.runtime().store.stripe
    stripe.remaining_seconds = lambda: 30.0
    return lambda: stripe.fetch_subscription(subscription_id).object


ask = {"usual": usual, "raw": raw, "handler": handler}[contender]()
before = set(sys.modules)
began = moment()
answer = ask()
ended = moment()
if answer["id"] != subscription_id:
    raise SystemExit(f"{contender} was answered with something else")
ask()
spent = {
    "cpu_ns": ended[0] - began[0],
    "elapsed_ns": ended[1] - began[1],
    "next_cpu_ns": moment()[0] - ended[0],
    "modules": len(sys.modules.keys() - before),
    "has_requests": "requests.sessions" in sys.modules,
}
sys.stdout.write(json.dumps(spent) + "\n")
