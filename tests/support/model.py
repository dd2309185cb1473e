"""A model of the two DynamoDB tables: atomic conditional writes, nothing else."""

from typing import Any

import attrs

from stripe_subscription_handler.conditions import holds
from stripe_subscription_handler.decide import FindOwner, Write
from stripe_subscription_handler.envelope import StripeEvent
from stripe_subscription_handler.handling import Links, Outcome, Refused, Written, handling
from stripe_subscription_handler.ledger import KNOWN
from stripe_subscription_handler.owners import USERS, link_value, owner_attribute


@attrs.define
class Tables:
    """Profiles by user id, owner links by customer id, and the number of requests made."""

    profiles: dict[str, dict[str, Any]] = attrs.Factory(dict)
    links: dict[str, dict[str, Any]] = attrs.Factory(dict)
    requests: int = 0

    def execute(self, request: Write | FindOwner) -> Written | Refused | Links:
        """Do one request atomically, as DynamoDB would."""
        self.requests += 1
        if isinstance(request, FindOwner):
            return Links(self.links.get(request.customer_id or ""))
        item = self.profiles.get(request.user_id)
        if not holds(request.condition, item):
            return Refused(item)
        self.profiles[request.user_id] = after_write(request, item)
        if request.link:
            link = request.link
            found = self.links.get(link.customer_id, {})
            self.links[link.customer_id] = {
                owner_attribute(link.subscription_id): link_value(link),
                **found,
                USERS: {link.user_id} | found.get(USERS, set()),
            }
        return Written(old={name: item[name] for name in request.set if item and name in item})

    def deliver(self, event: StripeEvent) -> Outcome:
        """Carry one event through, alone."""
        conversation = handling(event)
        try:
            request = next(conversation)
            while True:
                request = conversation.send(self.execute(request))
        except StopIteration as stop:
            return stop.value


def after_write(write: Write, item: dict[str, Any] | None) -> dict[str, Any]:
    """The item after a write whose condition held."""
    kept = {name: value for name, value in (item or {}).items() if name not in write.remove}
    return kept | dict(write.set) | {KNOWN: {write.known} | (item or {}).get(KNOWN, set())}
