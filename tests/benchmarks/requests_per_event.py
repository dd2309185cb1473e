"""Requests and units of each kind of event, counted on the wire: ours, and two usual ways to do the same.

All run their real code against local AWS's DynamoDB, and the last one against a fake Stripe over HTTP too. A
count is exact, so nothing is repeated. Units follow DynamoDB's rules from the real items (`capacity`).
"""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import attrs
import boto3

from benchmarks.layout import Layout, environment, lay_out
from benchmarks.request_cases import Case, cases, growing
from benchmarks.result import Ratio, Result
from benchmarks.setting import ROOT, STATE, Setting
from benchmarks.summary import summarise
from benchmarks.tables import measured_with, table
from benchmarks.wire_counter import WireCounter, counting
from benchmarks.worker_process import Ask, worker
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.tools.local_aws import control

NAME = "requests_per_event"
OURS = "this handler"
IDEMPOTENT = "idempotency record, read, write"
FETCHING = "fetch from Stripe, write"
MODULES = {
    OURS: "stripe_subscription_handler.app",
    IDEMPOTENT: "usual_handler",
    FETCHING: "fetching_handler",
}
GROWN = {
    "1": {"live": 1},
    "10": {"live": 10},
    "50": {"live": 50},
    "10, of which 9 have ended": {"live": 1, "ended": 9},
    "100, of which 99 have ended": {"live": 1, "ended": 99},
}
"""Subscriptions of one user."""
PRICES = {"seen": "November 2026", "write_units": 0.625, "read_units": 0.125}
"""US dollars per million units, DynamoDB on demand, us-east-1; README's "What it costs" has the same."""
_KEYS = {"profiles": ("PK", "SK"), "sync": ("PK", "SK"), "idempotency": ("id",)}


@attrs.frozen
class Place:
    """Where one pattern's events are handled and counted.

    Attributes:
        ask: Hands an event to its worker.
        counter: Counts its requests to DynamoDB.
        stripe: Counts those to Stripe.
    """

    ask: Ask
    counter: WireCounter
    stripe: FakeStripe

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Hand over one event.

        Raises:
            RuntimeError: It failed.
        """
        answer = self.ask(json.dumps(event))
        if "error" in answer:
            raise RuntimeError(f"{event['detail']['id']} failed: {answer['error']}")

    def cost(self, case: Case) -> dict[str, Any]:
        """Count what a case's event costs."""
        for event in case.before:
            self.deliver(event)
        self.counter.take()
        asked = len(self.stripe.received)
        self.deliver(case.counted)
        seen = self.counter.take()
        return {
            "operations": dict(Counter(one.operation for one in seen)),
            "requests": len(seen),
            "write_units": sum(one.write_units for one in seen),
            "read_units": sum(one.read_units for one in seen),
            "stripe_requests": len(self.stripe.received) - asked,
        }


def run(setting: Setting) -> Result:
    """Count."""
    layout = lay_out(setting)
    wanted = cases()
    grown = {label: growing(1000 + number, **counts) for number, (label, counts) in enumerate(GROWN.items())}
    everything = [*wanted.values(), *(case for made in grown.values() for case in made.values())]
    bodies = [
        event["detail"]["data"]["object"] for case in everything for event in (*case.before, case.counted)
    ]
    found: dict[str, Any] = {}
    larger: dict[str, Any] = {}
    state = STATE / "local-aws"
    venv_path = ROOT / ".stripe-handler" / "local-aws" / "venv"
    local_aws = control.start(state, venv_path=venv_path, progress=setting.say)
    try:
        for pattern, module in MODULES.items():
            setting.say(f"counting: {pattern}")
            with ExitStack() as stack, FakeStripe(objects(*bodies)) as stripe:
                place = _place(stack, layout, local_aws.endpoint_url, stripe, module)
                found[pattern] = {name: place.cost(case) for name, case in wanted.items()}
                if pattern == OURS:
                    larger = {
                        label: {name: place.cost(case) for name, case in made.items()}
                        for label, made in grown.items()
                    }
    finally:
        control.stop(state)
    return setting.result(
        NAME,
        ratios=[_ratio(found, name, other) for name in wanted for other in (IDEMPOTENT, FETCHING)],
        facts={
            "patterns": found,
            "growth": larger,
            "prices": PRICES,
        },
        ran_with=layout.versions,
    )


def _place(stack: ExitStack, layout: Layout, endpoint_url: str, stripe: FakeStripe, module: str) -> Place:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    dynamodb: Any = boto3.client("dynamodb", endpoint_url=endpoint_url, **keys)
    _make_tables(dynamodb)
    counter = WireCounter(dynamodb, _KEYS)
    url = stack.enter_context(counting(counter, endpoint_url))
    is_ours = module == MODULES[OURS]
    task = layout.task if is_ours else layout.usual
    # Ours gets no key: none of these cases needs Stripe.
    stripe_settings = {} if is_ours else {"STRIPE_SECRET_KEY": API_KEY, "STRIPE_API_URL": stripe.url}
    command = layout.command("invoke.py", str(task), str(layout.runtime), module)
    ask = stack.enter_context(worker(command, environment(url, **stripe_settings)))
    return Place(ask, counter, stripe)


def _make_tables(dynamodb: Any) -> None:
    for name, keys in _KEYS.items():
        if name in dynamodb.list_tables()["TableNames"]:
            dynamodb.delete_table(TableName=name)
        kinds = zip(keys, ("HASH", "RANGE"), strict=False)
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in kinds],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        )


def _ratio(found: Mapping[str, Any], name: str, other: str) -> Ratio:
    ours, theirs = (found[pattern][name] for pattern in (OURS, other))
    counted = ours["requests"] + ours["stripe_requests"], theirs["requests"] + theirs["stripe_requests"]
    return Ratio(f"{name}: requests", other, summarise([counted[0] / counted[1]]), margin=0.0)


def dollars_per_million(cost: Mapping[str, Any], prices: Mapping[str, Any]) -> float:
    """What DynamoDB charges for a million events of one kind, in US dollars."""
    return sum(float(cost[unit] * prices[unit]) for unit in ("write_units", "read_units"))


def section(result: Result) -> str:
    """Write the tables: requests, units and dollars."""
    facts = result.facts
    patterns, prices = facts["patterns"], facts["prices"]
    heads = ["", *patterns]
    requests, units, dollars = [], [], []
    for name in patterns[OURS]:
        costs = [patterns[pattern][name] for pattern in patterns]
        requests.append([name, *map(_requests, costs)])
        units.append([name, *(f"{one['write_units']:g} / {one['read_units']:g}" for one in costs)])
        dollars.append([name, *(f"${dollars_per_million(one, prices):.2f}" for one in costs)])
    growth = [
        [count, name, str(one["requests"]), f"{one['write_units']:g} / {one['read_units']:g}",
         f"${dollars_per_million(one, prices):.2f}"]
        for count, made in facts["growth"].items()
        for name, one in made.items()
    ]  # fmt: skip
    price = (
        f"DynamoDB's part of a million such events: on demand, us-east-1, ${prices['write_units']} a million "
        f"write units and ${prices['read_units']} a million read units, seen in {prices['seen']}."
    )
    return "\n\n".join(
        [
            "Requests to DynamoDB, and `+` those to Stripe:",
            table(heads, requests),
            "Units written / read:",
            table(heads, units),
            price,
            table(heads, dollars),
            "This handler, as the user's item grows with the number of subscriptions:",
            table(["subscriptions", "event", "requests", "units written / read", "a million"], growth),
            measured_with(result),
        ]
    )


def _requests(cost: Mapping[str, Any]) -> str:
    stripe = f" + {cost['stripe_requests']}" if cost["stripe_requests"] else ""
    operations = ", ".join(
        f"{operation}{f' x{count}' if count > 1 else ''}" for operation, count in cost["operations"].items()
    )
    return f"{cost['requests']}{stripe} ({operations})"
