"""Where the sync table names a user: by links, records and what waits; the claims of others are counted."""

import json
from collections.abc import Iterator
from typing import Any

import attrs

from stripe_handler_cli.operate.forget.finding import Found, find
from stripe_handler_cli.operate.forget.rehearsing import rehearse
from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.dynamodb.sync_table import (
    CUSTOMER_ID,
    customer_key,
    link_ids,
    link_key,
    parked_content,
    parked_key,
)
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.entitling import created, delivered, labelled
from support.forgotten import forget

CONFIG = Config(table_name="profiles", sync_table_name="sync")


@attrs.define
class Client:
    """DynamoDB with what the model holds; it filters nothing, so what is found is decided by the command."""

    tables: Tables
    raw: dict[str, dict[str, Any]]

    def items(self) -> list[dict[str, Any]]:
        """The sync table."""
        found = [
            link_key(*key) | ({} if "forgotten" in link else link_ids(*key)) | dict(link)
            for key, link in self.tables.links.items()
        ]
        found += [
            customer_key(key) | ({} if record.get("forgotten") == "~" else {CUSTOMER_ID: key}) | dict(record)
            for key, record in self.tables.customers.items()
        ]
        for customer, waiting in self.tables.parked.items():
            for key, one in waiting.items():
                found.append(parked_key(customer, key) | parked_content(customer, one, self.raw.get(key, {})))
        return [to_wire(item) for item in found]

    def scan(self, **request: Any) -> dict[str, Any]:
        """One item a page."""
        at, items = int(request.get("ExclusiveStartKey", {}).get("at", 0)), self.items()
        more = {"LastEvaluatedKey": {"at": at + 1}} if at + 1 < len(items) else {}
        return {"Items": items[at : at + 1], "ScannedCount": 1, **more}

    def get_paginator(self, operation: str) -> "Client":
        """Page through a scan."""
        assert operation == "scan"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """What has this sort key and is a mark, an item a page."""
        place = request["ExpressionAttributeValues"][":place"]
        for item in self.items():
            yield {"Items": [item] if item["SK"] == place and "forgotten" in item else []}

    def query(self, **request: Any) -> dict[str, Any]:
        """All of a customer's partition."""
        partition = request["ExpressionAttributeValues"][":customer"]
        return {"Items": [item for item in self.items() if item["PK"] == partition]}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Items by their keys."""
        [(table, wanted)] = request["RequestItems"].items()
        profiles = [
            to_wire(CONFIG.profile_key(user) | dict(item)) for user, item in self.tables.profiles.items()
        ]
        items = profiles if table == "profiles" else self.items()
        return {"Responses": {table: list(_with_keys(items, wanted["Keys"]))}}


def _with_keys(items: list[dict[str, Any]], keys: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if any(all(item[name] == value for name, value in key.items()) for key in keys):
            yield item


def stored(tables: Tables, *raw: dict[str, Any]) -> StackTables:
    """A stack that holds what the model does."""
    client: Any = Client(tables, {one["id"]: one for one in raw})
    return StackTables(client, CONFIG)


def found(tables: Tables, user_id: str, *raw: dict[str, Any]) -> Found:
    """What is found of a user."""
    return find(stored(tables, *raw), user_id, lambda *_: None)


WAITS = events.updated(events.subscription(id="sub_7", customer="cus_7", user="user_1"), event_id="evt_7")


def test_customers_are_found_by_links_records_and_what_waits() -> None:
    """Each by another trace; a mark tells nothing."""
    tables = delivered(created(), created(which=2, customer="cus_2"))
    tables.customers["cus_3"] = {"claim": {"k": "1 x", "u": "user_1"}, "revision": "1"}
    tables.parked["cus_7"] = {"evt_7": parse_event(WAITS)}
    assert found(tables, "user_1", WAITS).customers == {"cus_1", "cus_2", "cus_3", "cus_7"}
    forget(tables, "user_1")
    assert found(tables, "user_1", WAITS).customers == set()


def test_a_user_whose_id_is_a_part_of_anothers_is_not_taken_for_him() -> None:
    """What DynamoDB finds in a text is looked at as an event."""
    tables = Tables()
    tables.parked["cus_7"] = {"evt_7": parse_event(WAITS)}
    assert found(tables, "user", WAITS).customers == set()
    tables.parked["cus_8"] = {"evt_8": parse_event(WAITS)}  # its text is none of an event
    assert found(tables, "user_1", WAITS).customers == {"cus_7"}


def test_what_is_others_now_and_names_the_user_as_the_former_owner_is_counted() -> None:
    """It is theirs, and stays; the person is told."""
    tables = delivered(created(), labelled("user_2", "user_1", 50))
    told = found(tables, "user_1")
    assert (told.customers, told.others) == (set(), 1)
    assert found(tables, "user_2").customers == {"cus_1"}


def test_a_rehearsal_tells_what_forgetting_does_and_changes_nothing() -> None:
    """The same conversation, on what was read."""
    tables = delivered(created(), created(which=2), created("user_2", which=3))
    before = json.dumps([tables.profiles, list(tables.links.items())], default=str)
    rehearsed = rehearse(stored(tables), "user_1", found(tables, "user_1").customers)
    assert json.dumps([tables.profiles, list(tables.links.items())], default=str) == before
    done = forget(tables, "user_1")
    assert [one.subscriptions for one in rehearsed.customers] == [one.subscriptions for one in done.customers]
    assert (rehearsed.removed, rehearsed.is_deleted) == (done.removed, done.is_deleted) != ((), False)


def test_a_mark_is_found_by_the_subscription_alone() -> None:
    """As the log names it, without its customer."""
    tables = delivered(created(), created("user_2", which=2))
    forget(tables, "user_1")
    assert [stored(tables).is_marked(one) for one in ("sub_1", "sub_2", "sub_3")] == [True, False, False]
