"""What subscriptions in the tests sell, and what apps may want their profiles to show. Tables only."""

from typing import Any

from stripe_subscription_handler.decisions.view_settings import ViewSettings
from support.events import T0

MONTH = (T0, T0 + 2_592_000)
YEAR = (T0 - 86_400, T0 + 31_449_600)


def item(  # noqa: PLR0913 - what an item can be
    product: str,
    quantity: int | None = 1,
    *,
    price: str | None = None,
    lookup_key: str | None = None,
    metered: bool = False,
    period: tuple[int, int] | None = MONTH,
    deleted: bool = False,
) -> dict[str, Any]:
    """An item of a Stripe subscription; a metered one has no quantity."""
    name = price or product.replace("prod_", "price_")
    body: dict[str, Any] = {
        "id": f"si_{name}",
        "object": "subscription_item",
        "price": {
            "id": name,
            "object": "price",
            "product": product,
            "lookup_key": lookup_key,
            "recurring": {"usage_type": "metered" if metered else "licensed"},
        },
    }
    if quantity is not None and not metered:
        body["quantity"] = quantity
    if period is not None:
        body["current_period_start"], body["current_period_end"] = period
    return body | ({"deleted": True} if deleted else {})


def items(*listed: dict[str, Any]) -> dict[str, Any]:
    """The items of a subscription, as Stripe lists them."""
    return {"object": "list", "data": list(listed), "has_more": False}


_METER = item("prod_meter", metered=True)
OURS = (
    items(item("prod_basic", lookup_key="basic")),
    items(item("prod_pro", 3)),
    items(_METER, item("prod_basic", lookup_key="basic")),
    items(item("prod_seats", 5), item("prod_pro", lookup_key="pro")),
    items(item("prod_basic", 2, lookup_key="basic"), item("prod_basic", price="price_yearly", period=YEAR)),
    items(item("prod_pro", deleted=True), item("prod_basic", lookup_key="basic"), item("prod_seats", 7)),
    items(item("prod_other"), item("prod_basic", period=YEAR), _METER),
    items(item("prod_pro", metered=True), item("prod_pro", 4, price="price_seats")),
    items(item("prod_basic", period=None)),
)
"""Baskets with something that the app sells."""
THEIRS = (
    items(item("prod_other")),
    items(item("prod_other", 2), _METER),
    items(item("prod_basic", deleted=True), item("prod_other")),
)
"""Baskets with nothing that it sells."""
HANDLED = frozenset({"prod_basic", "prod_pro", "prod_seats"})
TAGGED = {"app": "ours"}

SETTINGS = (
    ViewSettings(),
    ViewSettings(plan_product_ids=("prod_pro", "prod_basic")),
    ViewSettings(handled_product_ids=HANDLED),
    ViewSettings(required_metadata=TAGGED),
    ViewSettings(access_past_due_days=7, access_renewal_grace_hours=0),
    ViewSettings(access_past_due_days=0, plan_product_ids=("prod_basic",)),
    ViewSettings(access_while_collection_paused=False, plan_product_ids=("prod_seats", "prod_pro")),
    ViewSettings(profile_attributes={"plan": "items.data[0].price.lookup_key"}),
    ViewSettings(
        access_past_due_days=40,
        access_while_collection_paused=False,
        plan_product_ids=("prod_pro",),
        handled_product_ids=HANDLED,
        required_metadata=TAGGED,
    ),
)
"""Settings that between them use everything."""
