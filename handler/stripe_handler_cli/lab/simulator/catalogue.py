"""What the simulated account sells: products and their prices. Pure data."""

import attrs

_MONTHS = {"month": 1, "year": 12}


@attrs.frozen
class Price:
    """A recurring price in minor units per period; in old API versions the plan of the same id."""

    id: str
    name: str
    product_id: str
    amount: int
    interval: str = "month"
    metered: bool = False  # billed by usage: its items have no quantity
    lookup_key: str | None = None
    is_add_on: bool = False  # sold beside a plan, never alone

    @property
    def months(self) -> int:
        return _MONTHS[self.interval]


BASIC = Price("price_1SimBasicMonthly", "Basic", "prod_SimBasic", 900)
PRO = Price("price_1SimProMonthly", "Pro", "prod_SimPro", 2900, lookup_key="pro_monthly")
TEAM = Price("price_1SimTeamMonthly", "Team", "prod_SimTeam", 7900, lookup_key="team_monthly")
PRO_YEARLY = Price("price_1SimProYearly", "Pro yearly", "prod_SimPro", 29000, "year", lookup_key="pro_yearly")
TEAM_YEARLY = Price("price_1SimTeamYearly", "Team yearly", "prod_SimTeam", 79000, "year")
SEAT = Price("price_1SimSeatMonthly", "Seat", "prod_SimSeat", 700, lookup_key="seat", is_add_on=True)
SEAT_WITH_SUPPORT = Price("price_1SimSeatSupport", "Seat with support", "prod_SimSeat", 1100, is_add_on=True)
USAGE = Price("price_1SimUsageMonthly", "Usage", "prod_SimUsage", 2, metered=True, is_add_on=True)
ADD_ON_YEARLY = Price("price_1SimAddOnYearly", "Add-on", "prod_SimAddOn", 6000, "year", is_add_on=True)
OTHER_APP = Price("price_1SimOtherApp", "Other app", "prod_SimOtherApp", 1900, lookup_key="other_app")
"""What another app sells on the same Stripe account."""

MAIN_MONTHLY = (BASIC, PRO, TEAM)
"""What a subscription is opened with, most often."""
MAIN_YEARLY = (PRO_YEARLY, TEAM_YEARLY)

PLAN_PRODUCTS = (TEAM.product_id, PRO.product_id, BASIC.product_id)
"""The plans, the best first."""

OUR_PRODUCTS = frozenset(price.product_id for price in (*MAIN_MONTHLY, SEAT, USAGE, ADD_ON_YEARLY))
"""All but those of other apps."""

FEATURES = {
    BASIC.product_id: ("export",),
    PRO.product_id: ("export", "history", "sharing"),
    TEAM.product_id: ("export", "history", "sharing", "sso", *(f"team_{number:02d}" for number in range(9))),
    ADD_ON_YEARLY.product_id: ("reports",),
    USAGE.product_id: ("api",),
    OTHER_APP.product_id: ("other_app",),
}
"""Product → lookup keys of its features. The best plan has more of them than one event tells."""

CATALOGUE_CREATED = 1_577_880_000
"""When products and prices were made, 2020-01-01T12:00:00Z."""

CURRENCY = "usd"
