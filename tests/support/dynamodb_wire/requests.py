"""Requests to try clients with: those that the code sends, and whatever else a type allows."""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Answer, Outcome, Request
from stripe_subscription_handler.conversation.model import Tables
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.operations.parked_count import count_parked
from stripe_subscription_handler.operations.self_check import self_check

CONFIG = Config(table_name="profiles", sync_table_name="sync")
Call = tuple[str, Mapping[str, Any]]
"""A client's method and its parameters."""


@attrs.frozen
class Noting:
    """A client that notes what it is called with; nothing is there, and everything is done."""

    calls: list[Call] = attrs.Factory(list)

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """Note a GetItem."""
        return self._note("get_item", parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """Note an UpdateItem."""
        return self._note("update_item", parameters)

    def delete_item(self, **parameters: Any) -> dict[str, Any]:
        """Note a DeleteItem."""
        return self._note("delete_item", parameters)

    def transact_write_items(self, **parameters: Any) -> dict[str, Any]:
        """Note a TransactWriteItems."""
        return self._note("transact_write_items", parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """Note a Query."""
        return self._note("query", parameters) | {"Items": [], "Count": 0}

    def batch_get_item(self, **parameters: Any) -> dict[str, Any]:
        """Note a BatchGetItem."""
        return self._note("batch_get_item", parameters)

    def _note(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((operation, parameters))
        return {}


def requests_of_operations() -> list[Call]:
    """What the function sends for the questions that it can be asked besides events."""
    client = Noting()
    store = Store(client, CONFIG)  # type: ignore[arg-type]
    self_check(store)
    count_parked(client, CONFIG.sync_table_name, 1_763_800_000)  # type: ignore[arg-type]
    return client.calls


def requests_of(events: Iterable[Mapping[str, Any]]) -> list[Call]:
    """What the store sends where these raw events are handled one after the other."""
    client, tables = Noting(), Tables()
    store = Store(client, CONFIG)  # type: ignore[arg-type]
    for raw in events:
        event = parse_event(raw)
        store.run(_asked_twice(event, tables), raw)
    return client.calls


def _asked_twice(event: StripeEvent, tables: Tables) -> Generator[Request, Answer, Outcome]:
    """A conversation whose questions the store puts into requests, and the model of the tables answers."""
    conversation = handling(event, tables.policy)
    try:
        request = next(conversation)
        while True:
            yield request
            try:
                answer = tables.execute(request, event)
            except HandlerError as error:
                request = conversation.throw(error)
            else:
                request = conversation.send(answer)
    except StopIteration as stop:
        outcome: Outcome = stop.value
        return outcome


_NAMES = st.text(max_size=12)
_NUMBERS = st.one_of(
    st.integers(-(10**38), 10**38).map(str), st.decimals(allow_nan=False, allow_infinity=False).map(str)
)


def attribute_values() -> st.SearchStrategy[dict[str, Any]]:
    """Any attribute value, as the client takes it."""
    leaves = st.one_of(
        st.text(max_size=20).map(lambda text: {"S": text}),
        _NUMBERS.map(lambda number: {"N": number}),
        st.binary(max_size=20).map(lambda data: {"B": data}),
        st.booleans().map(lambda truth: {"BOOL": truth}),
        st.just({"NULL": True}),
        st.lists(st.text(max_size=8), max_size=3).map(lambda texts: {"SS": texts}),
        st.lists(_NUMBERS, max_size=3).map(lambda numbers: {"NS": numbers}),
        st.lists(st.binary(max_size=8), max_size=3).map(lambda data: {"BS": data}),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.dictionaries(_NAMES, inner, max_size=4).map(lambda members: {"M": members}),
            st.lists(inner, max_size=4).map(lambda members: {"L": members}),
        ),
        max_leaves=12,
    )


def items() -> st.SearchStrategy[dict[str, Any]]:
    """Any item, as the client takes it and gives it."""
    return st.dictionaries(_NAMES, attribute_values(), max_size=6)


def _named(item: Mapping[str, Any]) -> dict[str, str]:
    return {f"#n{number}": name for number, name in enumerate(item)}


def _valued(item: Mapping[str, Any]) -> dict[str, Any]:
    return {f":v{number}": value for number, value in enumerate(item.values())}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Any call of the operations that are sent the lean way."""
    table, item, key = draw(st.text(min_size=1, max_size=10)), draw(items()), draw(items())
    about: dict[str, Any] = {"TableName": table, "Key": key}
    words = {"ExpressionAttributeNames": _named(item), "ExpressionAttributeValues": _valued(item)}
    update = about | words | {"UpdateExpression": draw(_NAMES), "ConditionExpression": draw(_NAMES)}
    limit = draw(st.integers(1, 100))
    return draw(
        st.sampled_from(
            (
                ("get_item", about | {"ConsistentRead": draw(st.booleans())}),
                ("update_item", update | {"ReturnValues": "UPDATED_OLD"}),
                ("delete_item", about | words | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
                (
                    "transact_write_items",
                    {
                        "TransactItems": [
                            {"Update": update},
                            {"Put": {"TableName": table, "Item": item}},
                            {"Delete": about},
                            {"ConditionCheck": about | words},
                        ]
                    },
                ),
                ("query", {"TableName": table, "Limit": limit, "ExclusiveStartKey": key} | words),
                ("batch_get_item", {"RequestItems": {table: {"Keys": [key, item], "ConsistentRead": True}}}),
            )
        )
    )
