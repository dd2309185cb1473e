"""What an app's own JMESPath expressions give for a subscription."""

from typing import Any

import pytest

from stripe_subscription_handler import ConfigError, parse_event
from stripe_subscription_handler.events.own_attributes import MOST_BYTES, compiled
from stripe_subscription_handler.events.selection import Selection
from support import events

BODY = events.subscription(
    metadata={"userId": "user_1", "plan": "pro", "half": "\ud800"},
    discount_share=0.25,
    nested={"a": [1, {"b": None}]},
    long="x" * MOST_BYTES,
    huge=10**40,
    tiny=1e-200,
)


def evaluated(**expressions: str) -> tuple[str | None, tuple[str, ...]]:
    """The results as JSON text, and what could not be evaluated."""
    selection = Selection(expressions=compiled(expressions, "PROFILE_ATTRIBUTES"))
    subscription = parse_event(events.created(BODY), selection).subscription
    assert subscription is not None
    return subscription.own, subscription.incomplete


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("metadata.plan", '{"a":"pro"}'),
        ("items.data[0].price.id", '{"a":"price_basic"}'),
        ("discount_share", '{"a":0.25}'),
        ("nested", '{"a":{"a":[1,{"b":null}]}}'),
        ("cancel_at_period_end", '{"a":false}'),
        ("items.data[*].price.id", '{"a":["price_basic"]}'),
        ("length(items.data)", '{"a":1}'),
        ("metadata.nothing", None),
        ("nothing.at.all", None),
    ],
)
def test_an_expression_is_evaluated_on_stripes_object(expression: str, text: str | None) -> None:
    """The result is any JSON value; null is no result."""
    assert evaluated(a=expression) == (text, ())


@pytest.mark.parametrize("expression", ["length(cancel_at)", "metadata.half", "huge", "tiny"])
def test_what_gives_nothing_that_dynamodb_holds_is_named_and_the_rest_counts(expression: str) -> None:
    """A function that meets a wrong type, half of a surrogate pair, a number beyond DynamoDB's."""
    assert evaluated(a="metadata.plan", b=expression) == ('{"a":"pro"}', ("b",))


def test_results_that_are_too_large_together_are_left_out() -> None:
    """No subscription's state is lost because the app wanted all of it."""
    assert evaluated(a="metadata.plan", b="long") == (None, ("a", "b"))


def test_the_names_stand_in_an_order_of_their_own() -> None:
    """Equal results are equal texts."""
    assert evaluated(b="status", a="id") == evaluated(a="id", b="status")


def test_an_expression_that_does_not_parse_names_its_setting() -> None:
    """The setting and the attribute, so that the owner finds it."""
    with pytest.raises(ConfigError, match=r"PROFILE_ATTRIBUTES: the JMESPath of plan does not parse"):
        compiled({"plan": "items.data[0"}, "PROFILE_ATTRIBUTES")


def test_the_state_before_has_its_own_results() -> None:
    """They are part of what an update changed."""
    selection = Selection(expressions=compiled({"plan": "metadata.plan"}, "PROFILE_ATTRIBUTES"))
    previous: dict[str, Any] = {"metadata": {"plan": "basic"}}
    event = parse_event(events.updated(BODY, previous=previous), selection)
    assert event.before is not None
    assert event.before.own == '{"plan":"basic"}'
