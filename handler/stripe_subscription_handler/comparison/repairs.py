"""Changes the tables for a comparison (`comparer.Repair`), through the store of live events."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.conversation.messages import Commit, Handling, Outcome, Written
from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.events.envelope import StripeEvent


@attrs.frozen
class Repairs:
    """Changes the tables through the store."""

    store: Store

    def carry(self, conversation: Handling, event: StripeEvent | None, raw: Mapping[str, Any]) -> Outcome:
        del event
        return self.store.run(conversation, raw)

    def write(
        self, request: Write | Commit, event: StripeEvent | None, raw: Mapping[str, Any]
    ) -> Written | None:
        del event
        return self.store.write_as_seen(request, raw)
