"""Which subscription a user's profile shows, by section 4 of the design."""

from typing import Any

import pytest

from stripe_handler_cli.lab.simulator.api_versions import CURRENT
from stripe_handler_cli.lab.simulator.catalogue import BASIC, PRO, SEAT, TEAM, Price
from stripe_handler_cli.lab.simulator.state import Customer, Item, Subscription
from stripe_handler_cli.lab.simulator.truth.ranking import best_first
from stripe_handler_cli.lab.simulator.truth.settings import Settings
from stripe_handler_cli.lab.simulator.truth.sight import Sight

T0 = 1_700_000_000
PLANS = (TEAM.product_id, PRO.product_id)
CUSTOMER = Customer("cus_1", T0, 1)


def made(identifier: str, *prices: Price, settings: Settings, **changes: Any) -> Sight:
    """A subscription of these prices, or of Pro."""
    items = [Item(f"si_{price.id}", price, 1, T0, T0, T0 + 9) for price in prices or (PRO,)]
    fields: dict[str, Any] = {"created": T0, "status": "active", "owner": "u", "anchor": T0}
    fields |= {"flexible": False, "changed_plan_at": T0, "customer": CUSTOMER, "items": items}
    return Sight(Subscription(id=identifier, **fields | changes), CURRENT, settings)


def dead(status: str = "canceled", ended_at: int = T0) -> dict[str, Any]:
    """The fields of one that is over."""
    return {"status": status, "ended_at": ended_at}


Row = tuple[tuple[Price, ...], dict[str, Any]]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        # The class stands before all else: one that gives access before one that might.
        (((), {"status": "past_due"}), ((TEAM,), {"status": "hibernating"})),
        (((), {"status": "hibernating"}), ((TEAM,), {"status": "unpaid"})),
        (((), {"status": "paused"}), ((TEAM,), {"status": "incomplete"})),
        (((), {"status": "incomplete"}), ((TEAM,), dead())),
        # Then a plan stands before an add-on, even where it is past due or its collection is paused.
        (((PRO,), {"status": "past_due"}), ((SEAT,), {})),
        (((PRO,), {"pause_behavior": "void"}), ((BASIC,), {})),
        (((SEAT, PRO), {"status": "trialing"}), ((SEAT,), {})),
        # Then the status, and a pause of collection last.
        (((PRO,), {}), ((TEAM,), {"status": "trialing"})),
        (((PRO,), {"status": "trialing"}), ((TEAM,), {"status": "past_due"})),
        (((PRO,), {"status": "past_due"}), ((TEAM,), {"pause_behavior": "void"})),
        (((PRO,), {"status": "past_due", "pause_behavior": "void"}), ((TEAM,), {"pause_behavior": "void"})),
        # Then the place of the plan, then what was made later, then the larger id.
        (((TEAM,), {}), ((PRO,), {"created": T0 + 9})),
        (((SEAT, TEAM), {}), ((PRO,), {"created": T0 + 9})),
        (((), {"created": T0 + 1}), ((), {})),
        # Among the dead: canceled, the later end, the place, the id.
        (((), dead()), ((TEAM,), dead("incomplete_expired", T0 + 9))),
        (((), dead(ended_at=T0 + 1)), ((TEAM,), {**dead(), "created": T0 + 9})),
        (((TEAM,), dead()), ((PRO,), {**dead(), "created": T0 + 9})),
    ],
)
def test_the_better_one_is_shown(better: Row, worse: Row) -> None:
    """Whichever id is the larger one."""
    settings = Settings(plan_product_ids=PLANS)
    for ids in (("sub_a", "sub_b"), ("sub_b", "sub_a")):
        pair = [
            made(identifier, *prices, settings=settings, **changes)
            for identifier, (prices, changes) in zip(ids, (better, worse), strict=True)
        ]
        assert best_first(pair) == pair
        assert best_first(pair[::-1]) == pair


def test_the_larger_id_is_shown_where_all_else_is_equal() -> None:
    """Among the living and among the dead."""
    for changes in ({}, dead()):
        pair = [made(one, settings=Settings(), **changes) for one in ("sub_b", "sub_a")]
        assert best_first(pair[::-1]) == pair


def test_without_plans_no_product_is_better() -> None:
    """An add-on that was bought later is shown; the settings can tell that it is none."""
    pair = [made("sub_a", SEAT, settings=Settings(), created=T0 + 1), made("sub_b", settings=Settings())]
    assert best_first(pair) == pair
