"""Where the sync table names a user: one look at all of it, for no index leads there. Reads only.

What is found is a beginning: the conversation decides what is forgotten, from what it reads itself.
"""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.conversation.links import CLAIM, ENTITLEMENTS, OWNER
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.entitlements import Entitlements
from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.dynamodb.sync_table import CUSTOMER_ID, SUBSCRIPTION_ID, parked_id
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.selection import Selection

_FILTER = (
    "#owner = :user OR #claim.#user = :user OR #entitlements.#user = :user"
    " OR contains(#event, :text) OR attribute_exists(#held) OR attribute_exists(#claim.#steps)"
)
_NAMES = {
    "#owner": OWNER,
    "#claim": CLAIM,
    "#entitlements": ENTITLEMENTS,
    "#user": "user",
    "#event": "event",
    "#held": "held",
    "#steps": "steps",
}


@attrs.define
class Found:
    """Where a user is named.

    Attributes:
        customers: Ids of the customers of which anything names the user.
        others: How many links and records of others tell that something was the user's before.
        scanned: How many items were looked at.
    """

    customers: set[str] = attrs.Factory(set)
    others: int = 0
    scanned: int = 0


def find(tables: StackTables, user_id: str, progress: Progress) -> Found:
    """Look for a user through the whole sync table."""
    found, request = Found(), dict[str, Any]()
    while True:
        answer: Any = tables.client.scan(
            TableName=tables.config.sync_table_name,
            FilterExpression=_FILTER,
            ExpressionAttributeNames=_NAMES,
            ExpressionAttributeValues=to_wire({":user": user_id, ":text": json.dumps(user_id)[1:-1]}),
            ConsistentRead=True,
            **request,
        )
        for item in answer["Items"]:
            _take(found, from_wire(item) or {}, user_id, tables.config.selection)
        found.scanned += answer["ScannedCount"]
        progress("items of the sync table", found.scanned, 0)
        if "LastEvaluatedKey" not in answer:
            return found
        request = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _take(found: Found, item: Mapping[str, Any], user_id: str, selection: Selection) -> None:
    if CUSTOMER_ID not in item:
        return
    names = _named_by(item, selection)
    if user_id in names:
        found.customers.add(str(item[CUSTOMER_ID]))
    elif CLAIM in item:
        steps = Claim.from_attribute(item[CLAIM]).steps.values()
        found.others += any(user_id in step for step in steps)


def _named_by(item: Mapping[str, Any], selection: Selection) -> frozenset[str | None]:
    """Everybody whom an item names for what is there now."""
    if parked_id(item) is not None:
        return frozenset({_waiting_for(item, selection)})
    claim = Claim.from_attribute(item[CLAIM]).user_id if CLAIM in item else None
    summary = item.get(ENTITLEMENTS)
    shown_to = Entitlements.from_attribute(summary).shown_to if summary else None
    return frozenset({item.get(OWNER), claim, shown_to})


def _waiting_for(item: Mapping[str, Any], selection: Selection) -> str | None:
    if "held" in item:
        claim = Held.from_attributes(item[SUBSCRIPTION_ID], item["held"]).claim
        return claim.user_id if claim else None
    try:
        return parse_event(json.loads(item["event"]), selection).user_id
    except (ValueError, KeyError, TypeError, InvalidEventError):
        return None
