"""The pictures in docs/semantics.md are drawn from the code's own tables."""

import re
from pathlib import Path

from stripe_handler_cli.stack.function_log.reasons import RULES
from stripe_subscription_handler.decisions import ledger
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.events.event_types import SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.events.subscriptions import TERMINAL_STATUSES

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")

HEADINGS = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)


def test_every_reason_of_the_log_has_a_rule_on_the_page() -> None:
    """`stripe-handler explain` says each in words, which belong to a section that exists."""
    assert set(RULES) == set(Reason)
    assert {rule.section for rule in RULES.values()} <= {*HEADINGS, None}
    assert len({rule.sentence for rule in RULES.values()}) == len(RULES)


def _picture(name: str) -> str:
    found = re.search(rf"<!-- drawn from the code: {name} -->\n```\n(.*?)```\n<!-- end -->", PAGE, re.DOTALL)
    assert found is not None, f"docs/semantics.md has no picture '{name}'"
    return found[1]


def test_the_picture_of_ranks() -> None:
    """Every event type of a subscription stands in the column of its rank, lowest first."""
    columns: dict[Rank, list[str]] = {rank: [] for rank in Rank}
    for event_type, rank in SUBSCRIPTION_EVENTS.items():
        columns[rank].append(event_type.rpartition(".")[2])
    columns[Rank.SNAPSHOT].append("snapshot")
    first = " < ".join(names[0] for names in columns.values())
    indent = " " * first.index(columns[Rank.UPDATED][0])
    rest = [indent + name for name in columns[Rank.UPDATED][1:]]
    assert _picture("ranks") == "\n".join([first, *rest]) + "\n"


def test_the_picture_of_statuses() -> None:
    """Every status the code ranks stands on its line, best first, terminal ones marked."""
    lines: dict[int, list[str]] = {ledger.UNKNOWN_STATUS_RANK: ["any word Stripe may invent"]}
    for status, rank in ledger.STATUS_RANK.items():
        lines.setdefault(rank, []).append(status)
    drawn = []
    for rank, words in sorted(lines.items(), reverse=True):
        text = f"{rank}  {', '.join(words)}"
        drawn.append(f"{text:<25}(terminal)" if set(words) <= TERMINAL_STATUSES else text)
    assert _picture("statuses") == "\n".join(drawn) + "\n"
