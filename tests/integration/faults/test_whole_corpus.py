"""All poison payloads in one process: each is applied, skipped, or refused with a reason, and it lives on.

It begins while the pipeline has its part of the corpus, and runs beside the tests in between.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.corpus import SIZE
from support.damages import CANARY, DAMAGES
from support.fixtures import PERSONAL_DATA
from support.trials import Figure

pytestmark = pytest.mark.embedded

Outcome = dict[str, Any]


def test_the_whole_corpus_in_one_process(
    corpus_run: tuple[subprocess.Popen[bytes], Path], keep: Callable[[Figure, str], None]
) -> None:
    """The process lives to the end; every mutant has one log line, and every refusal a reason."""
    process, path = corpus_run
    assert process.wait(timeout=300) == 0
    outcomes = [json.loads(line) for line in path.read_text().splitlines()]
    assert [outcome["number"] for outcome in outcomes] == list(range(SIZE))
    wrong = [outcome for outcome in outcomes if not _is_accounted_for(outcome)]
    refused = sum(outcome["decision"] == "error" for outcome in outcomes)
    keep(Figure("poison payloads in one process", SIZE, SIZE, refused, 0, 0, len(wrong)), _tally(outcomes))
    assert wrong == []
    damages = Counter(outcome["damage"] for outcome in outcomes)
    assert min(damages[name] for name in DAMAGES) > SIZE // (4 * len(DAMAGES))
    decisions = Counter(outcome["decision"] for outcome in outcomes)
    assert min(decisions[decision] for decision in ("write", "skip", "error")) > SIZE // 10


def _is_accounted_for(outcome: Outcome) -> bool:
    """One line that says what became of it; if an error, one of ours, with a reason and nothing personal."""
    if len(outcome["lines"]) != 1:
        return False
    (line,) = outcome["lines"]
    is_same = line["decision"] == outcome["decision"] and line["reason"] == outcome["reason"]
    personal = any(word in str(outcome["reason"]) for word in (CANARY, *PERSONAL_DATA))
    if outcome["decision"] != "error":
        return is_same and bool(outcome["reason"])
    named = outcome["error_type"] != "InvalidEventError" or outcome["field"].split(".")[0] in {
        "event",
        "detail",
        "livemode",
        "metadata",
    }
    return is_same and outcome["is_foreseen"] and named and not personal


def _tally(outcomes: list[Outcome]) -> str:
    decisions = Counter(
        (
            outcome["decision"],
            _kind(outcome) if outcome["decision"] == "error" else outcome["reason"],
        )
        for outcome in outcomes
    )
    lines = [f"fuzz corpus: {len(outcomes):,} events"]
    for decision, word in (("write", "applied"), ("skip", "skipped"), ("error", "refused")):
        of_it = [(count, why) for (found, why), count in decisions.items() if found == decision]
        lines.append(f"  {word} {sum(count for count, _ in of_it):,}")
        lines += [f"    {count:>6,}  {why}" for count, why in sorted(of_it, reverse=True)]
    return "\n".join(lines) + "\n"


def _kind(outcome: Outcome) -> str:
    """The field without its place in the event: `quantity` of `detail.data.object.items.data[0].quantity`."""
    if outcome["field"] is None:
        return str(outcome["error_type"])
    return str(outcome["field"]).rpartition(".")[2].partition("[")[0]
