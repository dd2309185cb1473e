"""Forgets a user on a model that is loaded with the real items: what a dry run, and the question, tell."""

from collections.abc import Iterable
from typing import Any

import attrs

from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.conversation.forgetting import Forgotten, forget_user
from stripe_subscription_handler.conversation.model import Item
from stripe_subscription_handler.conversation.model import Tables as Model
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.dynamodb.sync_table import SyncTable


class _Profiles(dict[str, Item]):
    """Profile items that are read when they are first asked for."""

    def __init__(self, tables: StackTables) -> None:
        super().__init__()
        self._tables, self._read = tables, set[str]()

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self._read:
            self._read.add(key)
            item = self._tables.profile(key)
            if item is not None:
                self[key] = item
        return super().get(key, default)


@attrs.define
class _Stage(Model):
    marks: dict[str, frozenset[str]] = attrs.Factory(dict)

    def marks_of(self, customer_id: str) -> frozenset[str]:
        return self.marks.get(customer_id, frozenset()) | super().marks_of(customer_id)


def key_names(tables: StackTables) -> frozenset[str]:
    """Names of the profile table's keys."""
    return frozenset(filter(None, (tables.config.partition_key_name, tables.config.sort_key_name)))


def rehearse(tables: StackTables, user_id: str, customer_ids: Iterable[str]) -> Forgotten:
    """Say what forgetting a user would do; nothing is written."""
    config, profiles = tables.config, _Profiles(tables)
    policy = config.policy(can_ask_stripe=False)
    ledger = Ledger.from_item(profiles.get(user_id))
    wanted = {*customer_ids, *ledger.entitlements}
    wanted |= {one.subscription.customer_id for one in ledger.registers.values()}
    stage = _Stage(profiles=profiles, policy=policy)
    sync_table = SyncTable(
        tables.client, config.sync_table_name, lambda call, sent: call(**sent), config.selection
    )
    for customer_id, record in tables.customers(wanted).items():
        stage.customers[customer_id] = record
    for customer_id in wanted:
        found = sync_table.read_parked(customer_id)
        stage.marks[customer_id] = found.marks
        stage.parked[customer_id] = dict(found.events)
        for subscription_id, link in found.links.items():
            stage.links[customer_id, subscription_id] = link.to_attributes()
    return stage.hold(forget_user(user_id, customer_ids, policy, key_names(tables)))
