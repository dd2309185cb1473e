"""A `Commit` as the items of one DynamoDB transaction, and what its refusal tells. Pure.

Source: TransactWriteItems; a cancelled transaction gives a reason for each item, in order, and with
`ReturnValuesOnConditionCheckFailure` the item that a condition does not hold of.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.links import (
    CLAIM,
    DELETED,
    ENTITLEMENTS,
    EVERYTHING,
    FORGOTTEN,
    OWNER,
    PARKED,
    REVISION,
    Customer,
    Link,
    digest,
    is_mark,
)
from stripe_subscription_handler.conversation.messages import (
    Commit,
    CustomerChange,
    Delete,
    Guard,
    LinkChange,
    Moved,
    Refused,
)
from stripe_subscription_handler.decisions.conditions import Absent, AllOf, Condition, Equal, Path
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.ledger import REVISION as LEDGER_REVISION
from stripe_subscription_handler.dynamodb.expressions import (
    Placeholders,
    condition_expression,
    update_expression,
)
from stripe_subscription_handler.dynamodb.sync_table import (
    CUSTOMER_ID,
    customer_key,
    link_ids,
    link_key,
    parked_content,
    parked_key,
    parked_since,
)
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.loggable import loggable

CONDITION_FAILED = "ConditionalCheckFailed"
_EXISTS = "PK"


def profile_update(config: Config, write: Write, revision: str) -> dict[str, Any]:
    """The parameters of the `UpdateItem` that a profile write is."""
    words = Placeholders()
    sets: list[tuple[str | Path, Any]] = [*write.set.items(), *write.parts.items()]
    values = dict(sets) | {LEDGER_REVISION: revision}
    return _parameters(
        config.table_name,
        config.profile_key(write.user_id),
        words,
        UpdateExpression=update_expression(values, write.remove, words),
        ConditionExpression=condition_expression(write.condition, words),
    )


def profile_deletion(config: Config, request: Delete) -> dict[str, Any]:
    """The parameters of the `DeleteItem` of a profile on which nothing of the app's is left."""
    words = Placeholders()
    key, condition = config.profile_key(request.user_id), condition_expression(request.condition, words)
    return _parameters(config.table_name, key, words, ConditionExpression=condition)


def putting_back(config: Config, user_id: str, others: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the `UpdateItem` that restores attributes which nobody has written since."""
    words = Placeholders()
    update = update_expression({}, (), words, set_once=others)
    return _parameters(config.table_name, config.profile_key(user_id), words, UpdateExpression=update)


@attrs.frozen
class Transaction:
    """The items of one transaction.

    Attributes:
        actions: As TransactWriteItems takes them.
        about: What each is about: a word, and the user or subscription.
    """

    actions: Sequence[dict[str, Any]]
    about: Sequence[tuple[str, str]]

    @classmethod
    def of(
        cls, commit: Commit, config: Config, stripe_event: Mapping[str, Any], revision: str, now: int
    ) -> "Transaction":
        """Build it. `stripe_event` is kept where an event is parked; `now` is a Unix time in seconds.

        Raises:
            UserNotFoundError: The event is too large to be parked.
        """
        table, customer_id = config.sync_table_name, commit.customer_id
        found: list[tuple[tuple[str, str], dict[str, Any]]] = []
        for write in commit.writes:
            action = (
                _check(config, write)
                if write.only_checks
                else {"Update": profile_update(config, write, revision)}
            )
            found.append((("item", write.user_id), action))
        if commit.absent is not None:
            key = config.profile_key(commit.absent)
            absent = _conditional(config.table_name, key, Absent((config.partition_key_name,)))
            found.append((("item", commit.absent), {"ConditionCheck": absent}))
        if commit.link is not None:
            subscription_id = commit.link.subscription_id
            found.append((("link", subscription_id), _link(table, customer_id, commit.link)))
        if commit.customer is not None:
            found.append(
                (("customer", customer_id), _customer(table, customer_id, commit.customer, revision))
            )
        if commit.parks is not None:
            parked = _parked(table, customer_id, commit.parks, stripe_event, now)
            found.append((("parked", commit.parks.id), {"Update": parked}))
        if commit.unparks is not None:
            words = Placeholders()
            condition = f"attribute_exists({words.name(_EXISTS)})"
            key = parked_key(customer_id, commit.unparks)
            delete = _parameters(table, key, words, ConditionExpression=condition)
            found.append((("unparked", commit.unparks), {"Delete": delete}))
        return cls([action for _, action in found], [about for about, _ in found])

    def refused(self, reasons: Sequence[Mapping[str, Any]]) -> Refused | None:
        """Read the reasons of a cancelled transaction; None if no condition failed."""
        items: dict[str, Any] = {}
        links: dict[str, Link | None] = {}
        marks = set[str]()
        customer, unparked, failed = None, False, False
        for (word, name), reason in zip(self.about, reasons, strict=False):
            if reason.get("Code") != CONDITION_FAILED:
                continue
            failed, found = True, from_wire(reason.get("Item"))
            if word == "item":
                items[name] = found
            elif word == "link" and found and is_mark(found):
                marks.add(digest(name))
            elif word == "link":
                links[name] = Link.from_attributes(found) if found else None
            elif word == "customer":
                customer = Customer.from_attributes(found)
            else:
                unparked = True
        return Refused(items, links, customer, unparked, frozenset(marks)) if failed else None

    def named(self, concerned: Sequence[bool]) -> str | None:
        """Name the first item that a refusal concerns, by its place among the reasons; None if it is none."""
        found = next((about for about, is_it in zip(self.about, concerned, strict=False) if is_it), None)
        if found is None:
            return None
        word, name = found
        return profile_of(name) if word == "item" else f"the {word} item of {loggable(name)}"


def profile_of(user_id: str) -> str:
    """Name a user's profile in a message."""
    return f"the profile of user {loggable(user_id)}"


def _check(config: Config, write: Write) -> dict[str, Any]:
    key = config.profile_key(write.user_id)
    return {"ConditionCheck": _conditional(config.table_name, key, write.condition)}


def _link(table: str, customer_id: str, change: LinkChange) -> dict[str, Any]:
    key, seen = link_key(customer_id, change.subscription_id), change.seen
    condition: Condition = Absent((_EXISTS,))
    if seen is not None:
        owner = Absent((OWNER,)) if seen.owner is None else Equal((OWNER,), seen.owner)
        condition = AllOf((owner, Equal((CLAIM,), seen.claim.to_attribute())))
    checked = _conditional(table, key, condition)
    if change.to is None and not change.forgets:
        return {"ConditionCheck": checked}
    del checked["Key"]
    becomes: dict[str, Any] = {FORGOTTEN: True}
    if change.to is not None:
        becomes = link_ids(customer_id, change.subscription_id) | change.to.to_attributes()
    return {"Put": {**checked, "Item": to_wire(key | becomes)}}


def _customer(table: str, customer_id: str, change: CustomerChange, revision: str) -> dict[str, Any]:
    key, condition = customer_key(customer_id), _guard(change)
    if change.only_checks and condition is not None:
        return {"ConditionCheck": _conditional(table, key, condition)}
    words = Placeholders()
    values: dict[str, Any] = {REVISION: revision}
    remove: tuple[str, ...] = ()
    if change.forgets is None:
        values[CUSTOMER_ID] = customer_id
    else:
        values[FORGOTTEN] = change.forgets
        whole = (CUSTOMER_ID, DELETED, ENTITLEMENTS, PARKED) if change.forgets == EVERYTHING else ()
        remove = (CLAIM, *whole)
    if change.claim is not None:
        values[CLAIM] = change.claim.to_attribute()
    if change.entitlements is not None:
        values[ENTITLEMENTS] = change.entitlements.to_attribute()
    if change.deleted is not None:
        values[DELETED] = change.deleted
    added = {PARKED: frozenset({change.parks})} if change.parks else {}
    deleted = {PARKED: change.unparks} if change.unparks and PARKED not in remove else {}
    update = update_expression(values, remove, words, added, deleted)
    expressions = {"UpdateExpression": update}
    if condition is not None:
        expressions["ConditionExpression"] = condition_expression(condition, words)
    return {"Update": _parameters(table, key, words, **expressions)}


def _parked(
    table: str, customer_id: str, kept: StripeEvent | Moved, stripe_event: Mapping[str, Any], now: int
) -> dict[str, Any]:
    words = Placeholders()
    content = parked_content(customer_id, kept, stripe_event)
    update = update_expression(content, (), words, set_once=parked_since(now))
    return _parameters(table, parked_key(customer_id, kept.id), words, UpdateExpression=update)


def _guard(change: CustomerChange) -> Condition | None:
    if change.guard is Guard.NOTHING_KEPT:
        return AllOf((Absent((PARKED,)), Absent((ENTITLEMENTS,))))
    if change.guard is Guard.NO_SUMMARY:
        return Absent((ENTITLEMENTS,))
    if change.guard is Guard.AS_SEEN:
        revision = change.revision
        return Absent((REVISION,)) if revision is None else Equal((REVISION,), revision)
    return None


def _conditional(table: str, key: Mapping[str, str], condition: Condition) -> dict[str, Any]:
    words = Placeholders()
    return _parameters(table, key, words, ConditionExpression=condition_expression(condition, words))


def _parameters(
    table: str, key: Mapping[str, str], words: Placeholders, **expressions: str
) -> dict[str, Any]:
    values = {"ExpressionAttributeValues": to_wire(words.values)} if words.values else {}
    return {
        "TableName": table,
        "Key": to_wire(key),
        **expressions,
        "ExpressionAttributeNames": words.names,
        **values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
