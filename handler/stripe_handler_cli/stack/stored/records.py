"""What is stored of a user, as values, and what follows from it. Pure.

Values of the app's own attributes are never kept here: they may be personal.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.stack.stored.owners import claim_as_json
from stripe_handler_cli.stack.stored.words import StateVersion, payment_second, why_shown
from stripe_subscription_handler.decisions.access import ACCESS_UNTIL, PRODUCTS
from stripe_subscription_handler.decisions.ledger import OWN_ATTRIBUTES, PREFIX, SETTINGS, Ledger
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.registers import Register
from stripe_subscription_handler.decisions.view import ENTITLEMENTS_SHOWN, VIEW, shown_of, view
from stripe_subscription_handler.decisions.view_settings import DEFAULTS, ViewSettings
from stripe_subscription_handler.reading.as_json import plain


def _view_names(ledger: Ledger) -> frozenset[str]:
    # Whoever has no entitlements of Stripe's may have an attribute of the app's own by that name.
    return frozenset(name for name in VIEW if name != ENTITLEMENTS_SHOWN or ledger.entitlements)


@attrs.frozen
class UserRecord:
    """One user's profile item.

    `profile` has the attributes that the app reads, as far as they are there; it is None without an item.
    `app_attributes` are the names of the app's own. `shows` are the settings that the function has now,
    `computed_by` the fingerprint of those by which the profile was written last. `kept` are the attributes of
    the ledger as they are stored.
    """

    user_id: str
    key: Mapping[str, str]
    profile: Mapping[str, Any] | None
    ledger: Ledger
    app_attributes: tuple[str, ...] = ()
    shows: ViewSettings = DEFAULTS
    computed_by: str | None = None
    kept: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        user_id: str,
        key: Mapping[str, str],
        item: Mapping[str, Any] | None,
        shows: ViewSettings = DEFAULTS,
    ) -> "UserRecord":
        if item is None:
            return cls(user_id, key, None, Ledger(), shows=shows)
        ledger = Ledger.from_item(item)
        names = sorted({*_view_names(ledger), *shows.profile_attributes, *item.get(OWN_ATTRIBUTES, ())})
        others = sorted(
            name for name in item if name not in names and name not in key and not name.startswith(PREFIX)
        )
        profile = {name: plain(item[name]) for name in names if name in item}
        kept = {name: plain(item[name]) for name in sorted(item) if name.startswith(PREFIX)}
        return cls(user_id, key, profile, ledger, tuple(others), shows, item.get(SETTINGS), kept)

    @property
    def access_until(self) -> str | None:
        """Until when the user has access, as the app reads it; None if it gives none."""
        return (self.profile or {}).get(ACCESS_UNTIL)

    def has_access(self, now: datetime) -> bool:
        return self.access_until is not None and self.access_until > iso(now)

    @property
    def products(self) -> Mapping[str, Mapping[str, Any]]:
        """Product id → what the app reads of it."""
        found: Mapping[str, Mapping[str, Any]] = (self.profile or {}).get(PRODUCTS, {})
        return found

    @property
    def own_attributes(self) -> tuple[str, ...]:
        """Names of those in the profile that `profile_attributes` put there."""
        return tuple(sorted(name for name in self.profile or {} if name not in VIEW))

    @property
    def was_written_under_others(self) -> bool:
        """Whether other settings shaped the profile than the function has now."""
        return self.computed_by not in {None, self.shows.fingerprint}

    @property
    def customer_ids(self) -> list[str]:
        return sorted({register.subscription.customer_id for register in self.ledger.registers.values()})

    def has(self, subscription_id: str) -> bool:
        """Whether the subscription is this user's, also where it is dead and only its id is kept."""
        is_dead = any(closed.endswith(f" {subscription_id}") for closed in self.ledger.closed)
        return is_dead or subscription_id in self.ledger.registers

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Attributes that do not say what the ledger says: name → (by the ledger, found).

        This project leaves none: somebody else has changed the item.
        """
        if not self.ledger.ours(self.shows):
            return {}  # nobody here has written the view yet: what it says is the app's own
        found = self.profile or {}
        expected = {
            name: plain(value)
            for name, value in view(self.ledger, self.shows).items()
            if name in _view_names(self.ledger) or name in self.shows.profile_attributes
        }
        return {
            name: (expected.get(name), found.get(name))
            for name in sorted({*expected, *found})
            if expected.get(name) != found.get(name)
        }

    @property
    def registers(self) -> list[Register]:
        """The subscriptions, the one shown first, then the newest."""
        shown = shown_of(self.ledger, self.shows)
        return sorted(
            self.ledger.registers.values(),
            key=lambda one: (shown is not None and one.subscription.id == shown.id, one.subscription.created),
            reverse=True,
        )

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "user_id": self.user_id,
            "key": dict(self.key),
            "exists": self.profile is not None,
            "access": {"until": self.access_until, "given": self.has_access(now), "looked_at": iso(now)},
            "settings_changed_since": self.was_written_under_others,
            "profile": dict(self.profile or {}),
            "differences": {
                name: {"expected": expected, "found": found}
                for name, (expected, found) in self.differences.items()
            },
            "app_attributes": list(self.app_attributes),
            "subscriptions": [self._subscription(register) for register in self.registers],
            "payments": [_payment(key, one) for key, one in sorted(self.ledger.payments.items())],
            "ledger": dict(self.kept),
            "closed": {"count": len(self.ledger.closed), "floor": self.ledger.floor},
        }

    def _subscription(self, register: Register) -> dict[str, Any]:
        version = StateVersion.of(register)
        subscription = register.subscription
        why = why_shown(register, self.ledger.registers.values(), self.shows)
        return {
            "id": subscription.id,
            "status": subscription.status,
            "is_shown": why.startswith("shown"),
            "why": why,
            "version": {
                "second": version.second,
                "reported_by": version.rank.name.lower(),
                "is_terminal": version.is_terminal,
            },
            "label": subscription.user_id,
            "claim": claim_as_json(self.ledger.of(subscription.id).claim),
            "customer": subscription.customer_id,
            "is_linked": self.ledger.of(subscription.id).linked,
            "candidates": sorted(register.candidates),
            "created": subscription.created,
            "ended": subscription.ended,
        }


def _payment(subscription_id: str, payment: Payment) -> dict[str, Any]:
    values = attrs.asdict(payment, filter=lambda field, _: field.name != "version")
    return {
        "subscription": subscription_id,
        "reported_for": payment_second(payment),
        "invoice_created": payment.invoice_created,
        **values,
    }
