"""Plays what was before the day: the handler's own code on the real tables, in this process.

A deployed function would take an hour for it. What is at stake on the day goes through the function itself.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stripe_handler_cli.lab.chaos.day.plan import Event
from stripe_handler_cli.lab.fake_stripe import API_KEY
from stripe_handler_cli.lab.simulator.days import SimulatedDay
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey

_WORKERS = 4
_PATIENCE_SECONDS = 60.0


def play_past(
    day: SimulatedDay,
    pipeline: Pipeline,
    config: Config,
    stripe_url: str | None,
    progress: Callable[[int, int], None],
) -> None:
    """Handle every event of before the day, in each life's order, while Stripe stands at its beginning.

    Raises:
        HandlerError: An event could not be handled.
    """
    own = threading.local()
    admits = pipeline.event_pattern.admits

    def store() -> Store:
        if not hasattr(own, "store"):
            own.store = Store(pipeline.dynamodb, config, _stripe(stripe_url))
        found: Store = own.store
        return found

    def play(events: tuple[Event, ...]) -> int:
        policy = config.policy(can_ask_stripe=stripe_url is not None)
        for raw in filter(admits, events):
            event = parse_event(raw, config.selection)
            store().run(handling(event, policy), {"detail": raw})
        return len(events)

    lives = [events for _, events in day.past()]
    total = sum(map(len, lives))
    done = 0
    with ThreadPoolExecutor(_WORKERS) as pool:
        for count in pool.map(play, lives):
            done += count
            progress(done, total)


def _stripe(url: str | None) -> StripeApi | None:
    if url is None:
        return None
    key = StripeKey("the fake Stripe's own", lambda: API_KEY)
    return StripeApi(key, lambda: _PATIENCE_SECONDS, url=url)


def forget_day(day: SimulatedDay, pipeline: Pipeline, config: Config) -> None:
    """Delete everything that the tables hold of the day's users and customers."""
    from stripe_subscription_handler.dynamodb.sync_table import partition_query  # noqa: PLC0415
    from stripe_subscription_handler.dynamodb.wire import to_wire  # noqa: PLC0415

    client: Any = pipeline.dynamodb

    def delete(customer_id: str) -> None:
        pages = client.get_paginator("query").paginate(**partition_query(config.sync_table_name, customer_id))
        for page in pages:
            for item in page["Items"]:
                key = {"PK": item["PK"], "SK": item["SK"]}
                client.delete_item(TableName=config.sync_table_name, Key=key)

    with ThreadPoolExecutor(_WORKERS) as pool:
        for life in day.account.lives:
            for user in life.users:
                key = to_wire(config.profile_key(user))
                pool.submit(client.delete_item, TableName=config.table_name, Key=key)
            for customer_id in life.book.customers:
                pool.submit(delete, customer_id)
