"""The snippets of the README are run, and answer as the library does."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stripe_subscription_handler import Write
from stripe_subscription_handler.reading import Profile
from support import events
from support.profile_items import iso

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NODE = shutil.which("node")


def snippet(language: str, word: str) -> str:
    """The README's only block in a language with a word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    [found] = [block for block in blocks if word in block]
    return str(found)


def items() -> list[dict[str, Any]]:
    """Profiles with access, without it any more, and without it ever."""
    now = datetime.now(UTC)
    ends = (now + timedelta(hours=1), now - timedelta(hours=1))
    return [*({"subscriptionAccessUntil": iso(end)} for end in ends), {}]


def test_the_line_of_python_answers_as_profile_does() -> None:
    """It is the whole check."""
    answers = []
    for item in items():
        found: dict[str, Any] = {"item": item, "datetime": datetime, "UTC": UTC}
        exec(snippet("python", "has_access ="), found)  # noqa: S102 - our own page
        assert found["has_access"] is Profile.from_item(item).has_access(datetime.now(UTC))
        answers.append(found["has_access"])
    assert answers == [True, False, False]


@pytest.mark.skipif(NODE is None, reason="node is not on PATH")
def test_the_line_of_javascript_answers_the_same() -> None:
    """It is the whole check."""
    line = snippet("js", "hasAccess")
    source = f"for (const item of {json.dumps(items())}) {{\n{line}console.log(hasAccess);\n}}"
    asked = subprocess.run(  # noqa: S603 - our own page
        [str(NODE), "--eval", source], capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == ["true", "false", "false"]


def test_the_snippet_of_the_library_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads an event from a file and decides what it changes."""
    monkeypatch.chdir(tmp_path)
    Path("event.json").write_text(json.dumps(events.created(events.subscription())), encoding="utf-8")
    found: dict[str, Any] = {}
    exec(snippet("python", "parse_event"), found)  # noqa: S102 - our own page
    assert isinstance(found["decision"], Write)
    assert found["decision"].user_id == found["event"].user_id == "user_1"
