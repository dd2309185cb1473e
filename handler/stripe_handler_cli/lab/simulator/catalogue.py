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

    @property
    def months(self) -> int:
        return _MONTHS[self.interval]


BASIC = Price("price_1SimBasicMonthly", "Basic", "prod_SimBasic", 900)
PRO = Price("price_1SimProMonthly", "Pro", "prod_SimPro", 2900)
TEAM = Price("price_1SimTeamMonthly", "Team", "prod_SimTeam", 7900)
PRO_YEARLY = Price("price_1SimProYearly", "Pro yearly", "prod_SimPro", 29000, "year")
SEAT = Price("price_1SimSeatMonthly", "Seat", "prod_SimSeat", 700)
USAGE = Price("price_1SimUsageMonthly", "Usage", "prod_SimUsage", 2, metered=True)
ADD_ON_YEARLY = Price("price_1SimAddOnYearly", "Add-on", "prod_SimAddOn", 6000, "year")

MAIN_MONTHLY = (BASIC, PRO, TEAM)
"""What a subscription is opened with, most often."""

CATALOGUE_CREATED = 1_577_880_000
"""When products and prices were made, 2020-01-01T12:00:00Z."""

CURRENCY = "usd"
