"""docs/performance.md and the benchmarks' results agree, and neither names a place or a person."""

import re
from pathlib import Path

from benchmarks.page import filled
from benchmarks.registry import sections
from benchmarks.requests_per_event import PRICES
from benchmarks.result import RESULTS_PATH, read_results

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")


def test_the_page_is_what_the_results_say() -> None:
    """No figure is written by hand: `make bench-report` would change nothing."""
    assert filled(PAGE, sections(read_results())) == PAGE


def test_results_name_no_place() -> None:
    """No path, no host name, no address."""
    for path in RESULTS_PATH.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users)/|://|\blocalhost\b", text), path.name


def test_the_pages_tell_when_the_prices_were_seen() -> None:
    """The same month; that the prices are the same, test_costs.py says."""
    for name in ("README.md", "docs/costs.md"):
        assert str(PRICES["seen"]) in (ROOT / name).read_text(encoding="utf-8")
