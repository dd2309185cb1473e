"""What somebody has changed in the fake's account through the API: metadata, and the events that tell of it.

It lies over whatever account the fake shows, as an account itself. What happens later in a simulated life
knows nothing of it: such an event carries the metadata that the simulation gave it.
"""

import secrets
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe.accounts import Account, Found
from stripe_handler_cli.lab.fake_stripe.parts import embedded
from stripe_handler_cli.lab.simulator import CURRENT, subject_id
from stripe_handler_cli.lab.simulator.previous import previous_attributes

Json = dict[str, Any]


@attrs.define(eq=False)
class Edits:
    """The changes since the server began.

    Attributes:
        metadata: Subscription → metadata key → value; an empty one was taken away.
        events: Each event that tells of a change, by its id, in their order.
        answered: Idempotency key → the object that was answered.
        lock: Held while a change is made.
    """

    metadata: dict[str, dict[str, str]] = attrs.Factory(dict)
    events: dict[str, Json] = attrs.Factory(dict)
    answered: dict[str, Json] = attrs.Factory(dict)
    lock: threading.RLock = attrs.Factory(threading.RLock)


@attrs.frozen
class EditedAccount:
    """An account with the changes that were made to it."""

    account: Account
    edits: Edits

    def find(self, kind: str, identifier: str) -> Found:
        event = self.edits.events.get(identifier) if kind == "event" else None
        if event is not None and self._is_here(event):
            return Found(event)
        found = self.account.find(kind, identifier)
        if kind != "subscription" or found.body is None or identifier not in self.edits.metadata:
            return found
        metadata = {**(found.body.get("metadata") or {}), **self.edits.metadata[identifier]}
        kept = {name: value for name, value in metadata.items() if value}
        return attrs.evolve(found, body={**found.body, "metadata": kept})

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        ids = self.account.newest_first(kind, of)
        mine = [key for key, event in self.edits.events.items() if self._is_here(event)]
        if kind != "event" or not mine:
            return ids
        # What a simulated life has not come to yet stays before all. Sorting is stable.
        return sorted([*mine[::-1], *ids], key=self._second, reverse=True)

    def update_metadata(
        self, identifier: str, changes: Mapping[str, str], now: float, idempotency_key: str | None
    ) -> tuple[Json, Json | None]:
        """Change the metadata of a subscription that is there; an empty value takes its key away.

        Returns:
            The subscription as it is now, and the event that tells of it; None where nothing changed, or
            where the idempotency key was used before.
        """
        with self.edits.lock:
            answered = self.edits.answered.get(idempotency_key or "")
            if answered is not None:
                return answered, None
            found = self.find("subscription", identifier)
            before = dict(embedded(found.body or {}))
            self.edits.metadata.setdefault(identifier, {}).update(changes)
            after = dict(self.find("subscription", identifier).body or {})
            after = dict(embedded(after))
            if idempotency_key:
                self.edits.answered[idempotency_key] = after
            previous = previous_attributes(before, after, CURRENT)
            if not previous:
                return after, None
            event = _updated(after, previous, int(now if found.at is None else found.at), idempotency_key)
            self.edits.events[event["id"]] = event
            return after, event

    def _is_here(self, event: Json) -> bool:
        """Whether an event is about a subscription of this account: the server may be given another one."""
        return self.account.find("subscription", subject_id(event)).body is not None

    def _second(self, event_id: str) -> float:
        body = self.find("event", event_id).body
        return float("inf") if body is None else float(body["created"])


def _updated(body: Json, previous: Json, second: int, idempotency_key: str | None) -> Json:
    return {
        "id": f"evt_1Fake{secrets.token_hex(10)}",
        "object": "event",
        "api_version": CURRENT.name,
        "created": second,
        "data": {"object": body, "previous_attributes": previous},
        "livemode": bool(body.get("livemode")),
        "pending_webhooks": 1,
        "request": {"id": f"req_{secrets.token_hex(7)}", "idempotency_key": idempotency_key},
        "type": "customer.subscription.updated",
    }
