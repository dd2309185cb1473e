"""Which entitlements a customer has, whose they are, and what that changes in an item. Pure.

A summary is about one customer, an item about one user. The customer's record keeps the newest summary and
whose item shows it; an item keeps the lookup keys of each customer by itself, and shows them all together.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.decision import Write
from stripe_subscription_handler.decisions.ledger import Ledger, entitlements_attribute
from stripe_subscription_handler.decisions.ties import walks_end
from stripe_subscription_handler.decisions.view import entitlements_view
from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import StripeEvent
from stripe_subscription_handler.events.event_types import Rank
from stripe_subscription_handler.value import Value

Keys = frozenset[str]
NO_KEYS: Keys = frozenset()


@attrs.frozen(repr=False)
class Entitlements(Value):
    """The newest summary of a customer, as its record keeps it.

    Attributes:
        version: The second, then the rank inside it: text that sorts in time order.
        keys: The lookup keys.
        steps: Event id → (keys before, keys after), of each event of the version. The first is None where the
            event does not tell it.
        shown_to: The user whose item shows them; None: nobody's.
    """

    version: str
    keys: Keys
    steps: Mapping[str, tuple[Keys | None, Keys]] = attrs.Factory(dict)
    shown_to: str | None = None

    @classmethod
    def of(cls, event: StripeEvent, summary: EntitlementSummary) -> "Entitlements":
        """What an event tells, or the snapshot that took its place."""
        if event.as_of is not None:
            return cls(f"{event.as_of} {int(Rank.SNAPSHOT)}", summary.keys)
        steps = {event.id: (summary.former_keys, summary.keys)}
        return cls(f"{event.created} {int(Rank.UPDATED)}", summary.keys, steps)

    def to_attribute(self) -> dict[str, Any]:
        """Return the DynamoDB map (plain Python values)."""
        shown = {} if self.shown_to is None else {"user": self.shown_to}
        steps = {
            event_id: [None if old is None else sorted(old), sorted(new)]
            for event_id, (old, new) in self.steps.items()
        }
        return {"version": self.version, "keys": sorted(self.keys), "steps": steps, **shown}

    @classmethod
    def from_attribute(cls, attribute: Mapping[str, Any]) -> "Entitlements":
        steps = {
            event_id: (None if old is None else frozenset(old), frozenset(new))
            for event_id, (old, new) in attribute["steps"].items()
        }
        return cls(attribute["version"], frozenset(attribute["keys"]), steps, attribute.get("user"))


def newest(standing: Entitlements | None, told: Entitlements) -> tuple[Entitlements, bool]:
    """The newer of what stands there and what is told, and whether that is certain.

    Summaries of one second are put in order by what each changed, as states of a subscription are. Where that
    does not tell, the choice is still the same in every order.
    """
    if standing is None:
        return told, True
    if standing.version > told.version:
        return standing, True
    if standing.version < told.version:
        return attrs.evolve(told, shown_to=standing.shown_to), True
    steps = {**standing.steps, **told.steps}
    if steps == standing.steps:
        return standing, True
    known = {one: (_word(old), _word(new)) for one, (old, new) in steps.items() if old is not None}
    places = {one: _word(new) for one, (old, new) in steps.items() if old is None}
    end, certain = walks_end(known, places)
    # Each of them changed something, so one that does not tell what was before may be the last.
    return attrs.evolve(standing, keys=frozenset(end), steps=steps), certain and not places


def _word(keys: Keys) -> tuple[str, ...]:
    return tuple(sorted(keys))


def holder(owners: Iterable[str], claimed: str | None) -> str | None:
    """Whose a customer's entitlements are; None where they are nobody's, or nobody can say whose.

    `owners` are those of the customer's subscriptions, `claimed` is whom the customer's own metadata names.
    """
    users = frozenset(owners)
    if len(users) == 1:
        return next(iter(users))
    return claimed if claimed in users else None


def with_entitlements(write: Write, item: Mapping[str, Any] | None, customer_id: str, keys: Keys) -> Write:
    """The same write, after which the item also shows these lookup keys of the customer, and no others of it.

    `item` is the item as it was seen, on whose ledger the write's condition insists.
    """
    seen = item or {}
    after = {name: value for name, value in seen.items() if name not in write.remove} | dict(write.set)
    before = Ledger.from_item(after)
    kept = {one: found for one, found in before.entitlements.items() if one != customer_id}
    ledger = attrs.evolve(before, entitlements=kept | ({customer_id: keys} if keys else {}))
    if ledger == before:
        return write
    values = {entitlements_attribute(customer_id): keys or None} | entitlements_view(ledger)
    sets = {name: value for name, value in (dict(write.set) | values).items() if value is not None}
    gone = {name for name, value in values.items() if value is None and name in seen}
    removes = (name for name in (*write.remove, *sorted(gone - {*write.remove})) if name not in sets)
    return attrs.evolve(write, set=sets, remove=tuple(removes))
