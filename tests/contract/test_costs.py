"""What the pages say it costs is what the prices, the code's own units and the alarms' catalogue come to."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.request_cases import cases
from stripe_handler_cli.stack.prices import PRICES
from stripe_subscription_handler.events.envelope import parse_event
from support.costs import (
    PAGES,
    ROOT,
    alarm_names,
    alarms,
    blocks,
    handling,
    lives,
    more_per_million,
    renewals,
    together,
    written,
)
from support.metered import Metered
from support.terraform import made

MEASURED = json.loads((ROOT / "tests/benchmarks/results/requests_per_event.json").read_text(encoding="utf-8"))
OURS = MEASURED["facts"]["patterns"]["this handler"]


def test_the_pages_are_as_computed() -> None:
    """`make contract` writes them; each part stands in one of them at least, and none is unknown."""
    parts, found = blocks(), set[str]()
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        assert written(page, parts) == page, f"make contract writes {path.name} again"
        found.update(re.findall(r"<!-- computed: (.+?) -->", page))
    assert found == parts.keys()


@pytest.mark.parametrize("name", OURS)
def test_units_are_those_that_were_measured(name: str) -> None:
    """The model counts for each case what the real code took of a DynamoDB (`make bench`)."""
    tables, case = Metered(), cases()[name]
    for event in case.before:
        tables.deliver(parse_event(event))
    tables.asked, tables.write_units, tables.read_units = 0, 0, 0
    tables.deliver(parse_event(case.counted))
    counted = tables.asked, tables.write_units, tables.read_units
    assert counted == (OURS[name]["requests"], OURS[name]["write_units"], OURS[name]["read_units"])


def test_renewals_are_one_request_each() -> None:
    """The companion too, which changes nothing; what is rare takes more, never less."""
    plain, rare = renewals(), lives()
    assert (plain.events, plain.requests, plain.read_units, plain.companions) == (3, 3, 0, 1)
    assert plain.changes == 2
    assert rare.of(rare.write_units) > plain.of(plain.write_units)
    assert together(handling(rare)) > together(handling(plain))


def test_the_benchmarks_reckon_with_the_same_prices() -> None:
    """docs/performance.md and docs/costs.md agree."""
    prices = MEASURED["facts"]["prices"]
    for name in ("write_unit", "read_unit"):
        assert PRICES[name].dollars == Decimal(str(prices[f"{name}s"]))


def test_what_the_profile_events_page_says_is_the_same() -> None:
    """Its own table adds up to the row of docs/costs.md."""
    page = (Path(ROOT) / "docs/profile-events.md").read_text(encoding="utf-8")
    [told] = re.findall(r"\*\*about \$([\d.]+)\*\*", page)
    [row] = [one for one in more_per_million() if "profile events" in one.what]
    assert f"{row.dollars:.2f}" == told


@pytest.mark.xdist_group("terraform")
def test_alarms_are_those_that_terraform_makes() -> None:
    """All of them but two, which a stack with everything else has not."""
    known = {name for stack in made().values() for name in stack.outputs["alarm_names"]}
    assert alarm_names() - known == {"forwarding_failed_invocations", "silence"}
    assert known <= alarm_names()
    assert sum(alarms().values()) == len(alarm_names())
