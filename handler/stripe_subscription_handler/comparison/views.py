"""Holds a profile's view against its own ledger and the settings, and has it computed anew; without Stripe.

The comparison is the decision itself, as in a rehearsal: what is told is what a recomputation would change.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.differences import Difference, of_view
from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.conversation.messages import Handling
from stripe_subscription_handler.conversation.recomputing import recompute, recomputed
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import shown_of
from stripe_subscription_handler.decisions.writes import after_write

Carry = Callable[[Handling], str | None]
"""Carries a conversation out; None, or why it could not be."""


@attrs.frozen
class Views:
    """Looks at views.

    Attributes:
        carry: Writes; None where nothing may be changed.
        tell: Counts and reports a difference.
    """

    policy: Policy
    carry: Carry | None
    tell: Callable[[Difference], None]
    tally: Tally

    def look(self, user_id: str, item: Item | None, subscription_id: str | None = None) -> Item | None:
        """Tell and repair what is wrong with a view, and return the item as it should be by its own ledger.

        With `subscription_id`, only if that is the one subscription of the user with which the view is told:
        so it is told once, however many subscriptions of the user are looked at.
        """
        write = recomputed(user_id, item, self.policy)
        if item is None or not isinstance(write, Write):
            return item
        right = after_write(write, item, "")
        told_with = told_with_subscription(item, self.policy)
        if subscription_id in {None, told_with}:
            self._finish(user_id, of_view(told_with, user_id, item, right))
        return right

    def _finish(self, user_id: str, difference: Difference | None) -> None:
        note = self.carry(recompute(user_id, self.policy)) if self.carry is not None else None
        is_done = self.carry is not None and note is None
        if difference is None:
            # What the app reads is right, and another write would have brought the rest up to date.
            self.tally.other_settings += 1
            return
        self.tell(attrs.evolve(difference, repaired=is_done, note=note or difference.note))


def told_with_subscription(item: Mapping[str, Any], policy: Policy) -> str:
    """The subscription with which a view's difference is told: the one that the view should show, if any."""
    ledger = Ledger.from_item(item)
    shown = shown_of(ledger, policy.shows)
    return shown.id if shown else min(ledger.registers)
