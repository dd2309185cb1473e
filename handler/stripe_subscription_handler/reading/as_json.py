"""What an item holds, as JSON has it. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from stripe_subscription_handler.reading.contract import ATTRIBUTES


def plain(value: Any) -> Any:
    """A stored value as JSON has it; DynamoDB's numbers are decimals, its sets have no order."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return sorted(value) if isinstance(value, set | frozenset) else value


def contract_json(item: Mapping[str, Any], own_names: tuple[str, ...] = ()) -> dict[str, Any]:
    """The attributes of an item (plain Python values) that are in the contract, ready for JSON.

    Of the app's other attributes none is among them but those of `own_names` (`profile_attributes`).
    `Profile.from_item` reads the result as it reads the item.
    """
    return {name: plain(item[name]) for name in (*ATTRIBUTES, *own_names) if name in item}
