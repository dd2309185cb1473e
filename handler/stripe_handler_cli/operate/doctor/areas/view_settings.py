"""Whether the profiles follow the settings that shape them: a changed setting is a change for every user."""

import datetime as dt

import attrs

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.doctor.areas.self_check import told_or_none
from stripe_handler_cli.operate.doctor.check import Area, Finding, check, failed, passed, warned
from stripe_handler_cli.operate.doctor.site import Site, config_of_tables
from stripe_subscription_handler.comparison.full_pass import FullPass, needs_stripe, read_full_pass
from stripe_subscription_handler.comparison.tables import ScanPosition, Tables

PROFILES_LOOKED_AT = 200
"""Most items of the profile table that are looked at where no full pass was ever made: one page."""
COMPUTE_ANEW = "stripe-handler reconcile --views --apply{stack_options}"
FILL_IN = "stripe-handler reconcile --apply{stack_options}"


@attrs.frozen(kw_only=True)
class ViewSettingsFacts:
    """The settings of the function, and those by which profiles were written."""

    settings: str  # fingerprint of the function's, as this command computes it
    told: str | None = None  # the same, as the function itself tells it; None where it does not
    reads_more: bool = False  # whether the settings name what only Stripe may be able to tell
    full_pass: FullPass | None = None
    must_ask_stripe: bool = False  # since that pass
    profiles: int = 0  # looked at, with a subscription; only where no full pass was made
    of_other_settings: int = 0  # among these


def look_at_view_settings(site: Site) -> ViewSettingsFacts:
    """What the last full pass left; without one, one page of profiles."""
    config, client = config_of_tables(site), site.client("dynamodb")
    shows = config.shows
    full_pass = read_full_pass(client, config.sync_table_name)
    facts = ViewSettingsFacts(
        settings=shows.fingerprint,
        told=(told_or_none(site) or {}).get("viewSettings"),
        reads_more=needs_stripe(shows),
        full_pass=full_pass,
        must_ask_stripe=full_pass is not None and full_pass.needs_stripe(shows),
    )
    if full_pass is not None:
        return facts
    page = Tables(client, config, scan_limit=PROFILES_LOOKED_AT).scan(ScanPosition())
    others = [one for one in page.profiles if one.settings not in {None, shows.fingerprint}]
    return attrs.evolve(facts, profiles=len(page.profiles), of_other_settings=len(others))


@check(Area.TABLES, look_at_view_settings, COMPUTE_ANEW, FILL_IN)
def view_settings(facts: ViewSettingsFacts) -> Finding:
    """Profiles follow the settings.

    Settings shape what profiles show. After a change each user keeps what the old ones gave, until the next
    event of theirs.

    All profiles were gone through with today's settings (`stripe-handler reconcile`, or the drift check). If
    that was never done, at most {PROFILES_LOOKED_AT} items of the profile table: were they written under
    other settings? New names in `profile_attributes` and `required_metadata` are filled in from Stripe. A
    function whose code computes views in another way than this command is a warning.
    """
    if facts.told is not None and facts.told != facts.settings:
        return warned("the function's code is of another version than this command; use the same for both")
    full_pass = facts.full_pass
    if full_pass is None:
        return _judge_some(facts)
    at = iso(dt.datetime.fromtimestamp(full_pass.at, dt.UTC))
    if facts.must_ask_stripe:
        return failed(
            "profile_attributes or required_metadata changed since profiles were last filled in from Stripe",
            FILL_IN,
        )
    if full_pass.settings != facts.settings:
        return failed(f"the settings changed since the last full pass, {at}", COMPUTE_ANEW)
    return passed(f"every profile follows the settings since {at}")


def _judge_some(facts: ViewSettingsFacts) -> Finding:
    looked = f"no full pass was ever made; of {plural(facts.profiles, 'profile')} looked at"
    others = facts.of_other_settings
    if others:
        fix = FILL_IN if facts.reads_more else COMPUTE_ANEW
        return failed(
            f"{looked}, {others} {'was' if others == 1 else 'were'} written under other settings",
            fix,
        )
    return passed(f"{looked}, none was written under other settings")
