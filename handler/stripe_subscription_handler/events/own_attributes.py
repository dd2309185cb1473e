"""The app's own choice of what its profiles show of a subscription: JMESPath over Stripe's object. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.events.selection import Expression

MOST_BYTES = 4096
"""Most that all results of one subscription may hold together, as JSON in UTF-8."""
_DEEPEST = 24
"""Deepest nesting of a result. DynamoDB has 32 levels, and the item's own are among them."""
_MOST_DIGITS = 38
"""What a number of DynamoDB holds."""
_NARROWEST, _WIDEST = 1e-130, 9.9e125


def compiled(expressions: Mapping[str, str], variable: str) -> dict[str, Expression]:
    """Compile JMESPath expressions, by the attribute's name. `variable` is the setting that holds them.

    Raises:
        ConfigError: One does not parse; the message names the setting and the attribute.
    """
    if not expressions:
        return {}
    import jmespath  # noqa: PLC0415 - few environments have expressions
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415

    found: dict[str, Expression] = {}
    for name, expression in expressions.items():
        try:
            found[name] = jmespath.compile(expression)
        except JMESPathError as error:
            words = " ".join(str(error).split())
            raise ConfigError(f"{variable}: the JMESPath of {name} does not parse: {words}") from None
    return found


def evaluated(
    source: Mapping[str, Any], expressions: Mapping[str, Expression]
) -> tuple[str | None, tuple[str, ...]]:
    """Evaluate expressions on a subscription as parsed from JSON.

    Returns:
        The results by name, without nulls, as canonical JSON text (None where there are none), and the names
        of those that give nothing DynamoDB can hold: a function met a wrong type, or a result is too large.
    """
    if not expressions:
        return None, ()
    results: dict[str, Any] = {}
    failed = []
    for name, expression in sorted(expressions.items()):
        try:
            result = expression.search(source)
        except ValueError:  # jmespath's errors of evaluation are of this kind
            failed.append(name)
            continue
        if result is None:
            continue
        if _is_storable(result):
            results[name] = result
        else:
            failed.append(name)
    text = json.dumps(results, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        return None, tuple(sorted(expressions))
    return text if results else None, tuple(failed)


def _is_storable(value: Any) -> bool:
    return all(_is_storable_leaf(leaf) and depth <= _DEEPEST for leaf, depth in _leaves(value))


def _leaves(value: Any) -> Iterator[tuple[Any, int]]:
    """What a value is made of, names included, and how deep each stands; an empty container is a leaf."""
    waiting = [(value, 1)]
    while waiting:
        node, level = waiting.pop()
        if isinstance(node, dict):
            waiting += [(member, level + 1) for pair in node.items() for member in pair]
        elif isinstance(node, list):
            waiting += [(member, level + 1) for member in node]
        if not isinstance(node, dict | list) or not node:
            yield node, level


def _is_storable_leaf(value: Any) -> bool:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            return False
        return True
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return len(str(abs(value))) <= _MOST_DIGITS
    if isinstance(value, float):
        return value == 0 or _NARROWEST <= abs(value) <= _WIDEST
    return value is None or value in ([], {})
