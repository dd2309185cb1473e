"""Which fields differ between two states of a profile, each told once. Pure.

One change of a subscription shows in several places: in the view, among the products, in the register. It is
told where the app reads it; what the app cannot read is told of the register.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.comparison.rehearsal import Item
from stripe_subscription_handler.decisions.access import ACCESS_UNTIL, PRODUCTS
from stripe_subscription_handler.decisions.ledger import PREFIX, Ledger
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.registers import FIELDS, Register
from stripe_subscription_handler.decisions.view import PLAN_VIEW, SUBSCRIPTION_VIEW, VIEW
from stripe_subscription_handler.events.subscriptions import Subscription

_NOT_IN_OLD_SHAPES = frozenset({"subscriptionProductId", PRODUCTS})
"""Plans name no product in events before 2018-02-05, while Stripe is asked in today's version.

What such events leave out is no difference, or each event would bring it back.
"""


def _named(fields: Iterable[str]) -> dict[str, str]:
    """Names by which fields are told, as those of the view are written, → the fields."""
    words = {field: field.split("_") for field in fields}
    return {first + "".join(map(str.capitalize, rest)): field for field, (first, *rest) in words.items()}


_FIELDS = _named(FIELDS.values())
_PAYMENT_FIELDS = _named(field.name for field in attrs.fields(Payment) if field.name != "version")
_OWN, _ITEMS, _STATUS = "own", "items", "status"
_SHOWN_AS = {
    **{
        name: frozenset(shown for shown, shows in SUBSCRIPTION_VIEW.items() if shows == field)
        for name, field in _FIELDS.items()
    },
    "ended": frozenset({ACCESS_UNTIL}),
    _ITEMS: frozenset({*PLAN_VIEW, PRODUCTS}),
}
"""Field of a register → attributes of the view that show it of the primary subscription."""
_PRODUCT_VIEW = {
    "status": "subscriptionStatus",
    "subscriptionId": "subscriptionId",
    "priceId": "subscriptionPriceId",
    "quantity": "subscriptionQuantity",
    "accessUntil": ACCESS_UNTIL,
}
"""Attribute of a product in the view → the attribute beside it that says the same of the primary."""


@attrs.frozen
class Field:
    """One field that differs.

    Attributes:
        name: The item's attribute, or a field of the subscription's register.
        stripe: What Stripe says it should have; of a view that is wrong by itself, what the ledger says.
    """

    name: str
    stored: Any
    stripe: Any

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "stored": self.stored, "stripe": self.stripe}


def changed(before: Item, after: Item) -> tuple[Field, ...]:
    """The attributes that differ, the ledger's left out."""
    names = sorted(name for name in {*before, *after} if not name.startswith(PREFIX))
    found = _differing((name, before.get(name), after.get(name)) for name in names)
    shows_a_product = _shows_a_product(before)
    told = tuple(field for field in found if shows_a_product or not _is_of_old_shape(field))
    others = {field.name: field for field in told if field.name != PRODUCTS}
    return tuple(field for field in told if field.name != PRODUCTS or not _is_told(field, others))


def of_register(
    old: Register, new: Register, view: Iterable[Field], *, is_primary: bool
) -> tuple[Field, ...]:
    """The fields of a register that differ, without those that the view's differences tell already."""
    told = tuple(view)
    products = next((field for field in told if field.name == PRODUCTS), None)
    in_products = _of_products(products, new.subscription.id) if products else frozenset()
    return tuple(
        field
        for field in register_fields(old, new)
        if field.name not in in_products and not (is_primary and _is_shown(field, told))
    )


def register_fields(old: Register, new: Register) -> tuple[Field, ...]:
    """All the fields of a register that differ."""
    stored, told = old.subscription, new.subscription
    if not _names_products(stored):
        items = (attrs.evolve(item, product_id=None, lookup_key=None) for item in told.items)
        told = attrs.evolve(told, items=tuple(items))
    return _differing((name, getattr(stored, field), getattr(told, field)) for name, field in _FIELDS.items())


def payment_fields(old: Payment | None, new: Payment | None) -> tuple[Field, ...]:
    """All the fields of a payment that differ, named `payment.field`; when it was told is not compared."""
    return _differing(
        (f"payment.{name}", getattr(old, field, None), getattr(new, field, None))
        for name, field in _PAYMENT_FIELDS.items()
    )


def product_changes(stored: Any, told: Any) -> tuple[Field, ...]:
    """What differs between two maps of products; a field's name is `product` or `product.attribute`."""
    before, after = stored or {}, told or {}
    found: list[Field] = []
    for product_id in sorted({*before, *after}):
        old, new = before.get(product_id), after.get(product_id)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            names = sorted({*old, *new})
            found += _differing((f"{product_id}.{name}", old.get(name), new.get(name)) for name in names)
        elif old != new:
            found.append(Field(product_id, old, new))
    return tuple(found)


def _differing(values: Iterable[tuple[str, Any, Any]]) -> tuple[Field, ...]:
    return tuple(Field(name, stored, told) for name, stored, told in values if stored != told)


def _is_of_old_shape(field: Field) -> bool:
    return field.name in _NOT_IN_OLD_SHAPES and field.stored is None


def _shows_a_product(item: Item) -> bool:
    """Whether the ledger knows the product of what is shown, so that the view should."""
    register = Ledger.from_item(item).registers.get(item.get("subscriptionId", ""))
    return register is not None and _names_products(register.subscription)


def _names_products(subscription: Subscription) -> bool:
    return any(item.product_id is not None for item in subscription.items)


def _is_told(products: Field, others: Mapping[str, Field]) -> bool:
    """Whether all that changes among the products is what other attributes tell of the primary."""
    for one in product_changes(products.stored, products.stripe):
        same = others.get(_PRODUCT_VIEW.get(one.name.rpartition(".")[2], ""))
        if same is None or (same.stored, same.stripe) != (one.stored, one.stripe):
            return False
    return True


def _of_products(products: Field, subscription_id: str) -> frozenset[str]:
    """Fields of a subscription's register that a difference among the products tells."""
    before, after = products.stored or {}, products.stripe or {}
    told: set[str] = set()
    for product_id, new in after.items():
        old = before.get(product_id, {})
        if new.get("subscriptionId") != subscription_id:
            continue
        names = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        told |= {_STATUS} if "status" in names else set()
        told |= {_ITEMS} if names & {"priceId", "lookupKey", "quantity"} else set()
    return frozenset(told)


def _is_shown(field: Field, view: Iterable[Field]) -> bool:
    if field.name == _OWN:
        return any(one.name not in VIEW for one in view)
    names = _SHOWN_AS[field.name]
    return any(one.name in names and (field.name == _ITEMS or one.stripe == field.stripe) for one in view)
