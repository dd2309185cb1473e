"""docs/ask-now.md says what the code answers, and its snippets read each answer right."""

import io
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import attrs
import boto3
import pytest

from stripe_subscription_handler.operations.answers import Code
from stripe_subscription_handler.operations.question import EXPECTED, KINDS
from support.contract_documents import DOCS
from support.profile_items import iso

PAGE = (DOCS / "ask-now.md").read_text(encoding="utf-8")
NODE = shutil.which("node")
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
NOW = datetime.now(UTC)


def snippet(language: str) -> str:
    """The page's one block in a language."""
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def first_column(heading: str) -> list[str]:
    """The words in code of the first column of the table under a heading of columns."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return [word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", row.split("|")[1])]


def shown(until: datetime) -> dict[str, Any]:
    """An answer with a profile."""
    profile = {"subscriptionStatus": "active", "subscriptionAccessUntil": iso(until)}
    return {"ok": True, "userId": "user_42", "profile": profile, "done": [], "left": []}


def refused(code: str) -> dict[str, Any]:
    """An answer without one."""
    return {"ok": False, "error": {"code": code, "message": "why"}}


ANSWERS = {
    "cs_paid": (shown(NOW + timedelta(hours=1)), "welcome"),
    "cs_over": (shown(NOW - timedelta(hours=1)), "the payment is still to come"),
    "cs_empty": ({**shown(NOW), "profile": None}, "the payment is still to come"),
    "cs_open": (refused("not_completed"), "back to the checkout"),
    "cs_anothers": (refused("wrong_owner"), "this is not yours"),
    "cs_typed": (refused("not_found"), "this is not yours"),
    "cs_away": (refused("stripe_unavailable"), "in a moment"),
}
"""Session → what the function answers, and what the page shows."""
FAULT = {"errorType": "ClientError", "errorMessage": "x"}


@attrs.frozen
class Functions:
    """Stands in for boto3's Lambda client: it answers by the session, as `Invoke` does."""

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        """Check the question, and answer it."""
        question = json.loads(Payload)
        assert FunctionName == ARN
        session = question.pop("checkout_session")
        assert question == {"stripe-subscription-handler": "sync", "expected_user_id": "user_42"}
        if session not in ANSWERS:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(FAULT).encode())}
        return {"Payload": io.BytesIO(json.dumps(ANSWERS[session][0]).encode())}


def test_the_python_reads_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a reader copies it; a fault of the function is an exception."""
    monkeypatch.setattr(boto3, "client", lambda _: Functions())
    monkeypatch.setenv("ASK_NOW_ARN", ARN)
    found: dict[str, Any] = {}
    exec(snippet("python"), found)  # noqa: S102 - our own page
    for session, (_, page) in ANSWERS.items():
        assert found["success_page"](session, "user_42") == page, session
    with pytest.raises(RuntimeError, match="ClientError"):
        found["success_page"]("cs_fault", "user_42")


STAND_IN = """
export class InvokeCommand { constructor(input) { this.input = input; } }
export class LambdaClient {
  async send({ input: { FunctionName, Payload } }) {
    const { checkout_session, ...rest } = JSON.parse(Payload);
    const told = JSON.stringify([FunctionName, rest]);
    if (told !== globalThis.ASKED) throw new Error(told);
    const answer = globalThis.ANSWERS[checkout_session];
    const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
    return answer ? { Payload: bytes(answer) }
      : { FunctionError: "Unhandled", Payload: bytes({ errorType: "ClientError" }) };
  }
}
"""
ASKING = """
import * as page from "./page.mjs";
const shown = {};
for (const session of Object.keys(globalThis.ANSWERS))
  shown[session] = await page.successPage(session, "user_42");
try { await page.successPage("cs_fault", "user_42"); } catch (error) { shown.cs_fault = error.message; }
console.log(JSON.stringify(shown));
"""


@pytest.mark.skipif(NODE is None, reason="node is not on PATH")
def test_the_javascript_reads_each_answer(tmp_path: Path) -> None:
    """In node, with a stand-in for the SDK's client."""
    package = tmp_path / "node_modules" / "@aws-sdk" / "client-lambda"
    package.mkdir(parents=True)
    (package / "index.mjs").write_text(STAND_IN, encoding="utf-8")
    (package / "package.json").write_text('{"exports": "./index.mjs"}', encoding="utf-8")
    asked = [ARN, {"stripe-subscription-handler": "sync", "expected_user_id": "user_42"}]
    given = f"globalThis.ASKED = {json.dumps(json.dumps(asked, separators=(',', ':')))};\n"
    given += f"globalThis.ANSWERS = {json.dumps({name: one for name, (one, _) in ANSWERS.items()})};\n"
    (tmp_path / "page.mjs").write_text(snippet("js"), encoding="utf-8")
    (tmp_path / "asking.mjs").write_text(given + ASKING, encoding="utf-8")
    ran = subprocess.run(  # noqa: S603 - our own page
        [str(NODE), "asking.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"ASK_NOW_ARN": ARN},
    )
    assert ran.returncode == 0, ran.stderr
    pages = {session: page for session, (_, page) in ANSWERS.items()}
    assert json.loads(ran.stdout) == pages | {"cs_fault": "the function failed: ClientError"}


def test_the_page_names_every_argument_and_every_code() -> None:
    """And no other."""
    assert first_column("argument | what is brought up to date") == [*KINDS, EXPECTED]
    codes = first_column("`code` | why | what the app does")
    assert sorted(codes) == sorted(get_args(Code))


def test_the_log_page_names_every_field_of_the_line() -> None:
    """Those that the operation writes."""
    source = (DOCS.parent / "handler/stripe_subscription_handler/operations/sync.py").read_text(
        encoding="utf-8"
    )
    written = re.findall(
        r"^        (\w+)=", source.partition("log.info(")[2].partition("    )\n")[0], re.MULTILINE
    )
    section = (
        (DOCS / "log-lines.md").read_text(encoding="utf-8").partition("## `sync`")[2].partition("\n## ")[0]
    )
    assert written
    assert {name for name in written if f"`{name}`" not in section} == set()
