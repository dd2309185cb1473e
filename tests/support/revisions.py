"""The one attribute of an item that depends on delivery: comparisons leave it out."""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.decisions.ledger import REVISION


def without_revision(item: Mapping[str, Any]) -> dict[str, Any]:
    """A profile item without the random token that each write sets anew."""
    return {name: value for name, value in item.items() if name != REVISION}
