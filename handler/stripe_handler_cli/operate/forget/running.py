"""Has a user forgotten on a stack: finds, rehearses, forgets, goes through the queues. Decides nothing."""

from collections.abc import Callable, Collection
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.operate.forget.finding import Found, find
from stripe_handler_cli.operate.forget.letters import Looked, Person, look_through
from stripe_handler_cli.operate.forget.rehearsing import key_names, rehearse
from stripe_handler_cli.operate.forget.remaining import dropped_files, of_person, places
from stripe_handler_cli.operate.forget.report import Report
from stripe_handler_cli.stack.dead_letters.messages import Choice
from stripe_handler_cli.stack.dead_letters.of_stack import queues
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.comparison.walk import Progress
from stripe_subscription_handler.conversation.forgetting import Forgotten, forget_user
from stripe_subscription_handler.dynamodb.store import Store

_NOT_ALLOWED = "AccessDeniedException"


@attrs.frozen
class Forgetting:
    """One user on one stack."""

    stack: DeployedStack
    user_id: str
    progress: Progress
    warn: Callable[[str], None]

    def look(self) -> tuple[Report, Found]:
        """Say what is stored and would be forgotten; writes nothing."""
        tables = self.stack.tables
        found = find(tables, self.user_id, self.progress)
        done = rehearse(tables, self.user_id, found.customers)
        return self._report(done, found, done, is_dry_run=True), found

    def forget(self, before: Report, found: Found) -> Report:
        """Forget, then take the messages out of the queues."""
        done = erase(self.stack.tables, self.user_id, found.customers, before.done, self.warn)
        return self._report(done, found, before.done, is_dry_run=False)

    def _report(self, done: Forgotten, found: Found, known: Forgotten, *, is_dry_run: bool) -> Report:
        tables, customers = self.stack.tables, (*known.customers, *done.customers)
        person = Person(
            self.user_id,
            frozenset[str]().union(*(one.subscriptions for one in customers)),
            frozenset(one.customer_id for one in customers if not one.others),
            tables,
            tables.config.selection,
        )
        looked = self._letters(person, remove=not is_dry_run)
        ids = person.subscriptions | person.customers
        left = of_person(
            done.left,
            found.others,
            sum(one.held_by_others for one in looked),
            dropped_files(self.user_id, ids),
            tables.config.table_name,
        )
        return Report(done, looked, [*left, *places(self.stack)], found.scanned, is_dry_run=is_dry_run)

    def _letters(self, person: Person, *, remove: bool) -> tuple[Looked, ...]:
        key = self.stack.config.user_id_metadata_key
        found: list[Any] = [
            look_through(queue, person, remove=remove) for queue in queues(self.stack, Choice(), key)
        ]
        return tuple(found)


def erase(
    tables: StackTables,
    user_id: str,
    customer_ids: Collection[str],
    before: Forgotten,
    warn: Callable[[str], None],
) -> Forgotten:
    """Forget a user in both tables; `before` is what the rehearsal told.

    Where whoever runs this may not delete profile items, the empty item stays, and they are warned.
    """
    config, store = tables.config, Store(tables.client, tables.config)
    policy, keys = config.policy(can_ask_stripe=False), key_names(tables)
    try:
        return store.run(forget_user(user_id, customer_ids, policy, keys), {})
    except ClientError as error:
        is_deletion = error.operation_name == "DeleteItem"
        if error.response["Error"].get("Code") != _NOT_ALLOWED or not is_deletion:
            raise
    warn("You may not delete profile items (dynamodb:DeleteItem): the empty item stays, with its keys.")
    kept = forget_user(user_id, customer_ids, policy, keys, may_delete=False)
    # All but the item was gone by then, so this time there is no more to tell than was rehearsed.
    return attrs.evolve(store.run(kept, {}), customers=before.customers, removed=before.removed)
