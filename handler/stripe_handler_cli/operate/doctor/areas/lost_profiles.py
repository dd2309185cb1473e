"""Whether profiles still hold what their users own: an app that replaces whole items takes it from them."""

import attrs

from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.tables import ITEMS_LOOKED_AT
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed
from stripe_handler_cli.operate.doctor.site import Site, config_of_tables
from stripe_handler_cli.stack.stored import StackTables, lost
from stripe_handler_cli.stack.stored.lost import Lost

REPAIR_LOST = "stripe-handler reconcile --apply{stack_options}"


@attrs.frozen(kw_only=True)
class LostFacts:
    """Some links held against the profiles of the users they name."""

    lost: tuple[Lost, ...] = ()
    links: int = 0  # that name an owner
    is_whole: bool = True  # whether these are all links


def look_at_lost(site: Site) -> LostFacts:
    """The first links of the sync table: a bounded number, whatever its size."""
    config = config_of_tables(site)
    tables = StackTables(site.client("dynamodb"), config, scan_limit=ITEMS_LOOKED_AT)
    page = tables.scan_links()
    found = lost.lost(tables, page.links)
    return LostFacts(
        lost=lost.confirmed(tables, found) if found else (),
        links=len(page.links),
        is_whole=page.after is None,
    )


@check(Area.TABLES, look_at_lost, REPAIR_LOST)
def nothing_lost(facts: LostFacts) -> Finding:
    """Profiles hold what their users own.

    A `PutItem` of the app's replaces the whole item: the user loses what is paid for, and until Stripe sends
    the next event nothing puts it right.

    At most {ITEMS_LOOKED_AT} items of the sync table: the profile of each link's user, if there is one, holds
    the link's subscription. `stripe-handler reconcile --owners` looks at all of them.
    """
    looked = plural(facts.links, "link")
    if not facts.is_whole:
        looked += "; `stripe-handler reconcile --owners` looks at all"
    if not facts.lost:
        return passed(f"every profile holds what its user owns ({looked})")
    users = {one.user_id for one in facts.lost}
    more = f"; users besides who have lost theirs: {len(users) - 1}" if len(users) > 1 else ""
    return failed(f"{facts.lost[0].sentence.rstrip('.')}{more} ({looked})", REPAIR_LOST)
