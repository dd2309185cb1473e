"""The snippets of docs/reading-a-profile.md are run, and answer as `Profile` does."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from stripe_subscription_handler.reading import Profile
from support.contract import assert_in_contract
from support.contract_documents import DOCS
from support.profile_items import A_MOMENT, iso, register

PAGE = (DOCS / "reading-a-profile.md").read_text(encoding="utf-8")
NODE = shutil.which("node")


def snippets(language: str, page: str = PAGE) -> list[str]:
    """A page's blocks in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def product(until: datetime, **fields: Any) -> dict[str, Any]:
    """One entry of `subscriptionProducts`."""
    usual = {
        "accessUntil": iso(until),
        "status": "active",
        "subscriptionId": "sub_1",
        "priceId": "price_team",
    }
    return usual | fields


def items_around(end: datetime) -> dict[str, dict[str, Any]]:
    """Items whose access, trial or cancellation ends at a moment, by user."""
    until, before, after = iso(end), iso(end - timedelta(days=9)), iso(end + timedelta(days=9))
    items: dict[str, dict[str, Any]] = {
        "nobody": {},
        "team": {
            "subscriptionStatus": "active",
            "subscriptionId": "sub_1",
            "subscriptionAccessUntil": until,
            "subscriptionCurrentPeriodEnd": before,
            "subscriptionCancelAtPeriodEnd": False,
            "subscriptionProducts": {"prod_team": product(end, quantity=5), "prod_calls": product(end)},
            "lastPaymentStatus": "succeeded",
            "entitlements": {"export", "audit_log"},
            "stripeLedgerLive": {"sub_1"},
            "stripeLedger_sub_1": register(),
        },
        "trial": {
            "subscriptionStatus": "trialing",
            "subscriptionAccessUntil": after,
            "subscriptionTrialEnd": until,
            "subscriptionCancelAtPeriodEnd": True,
            "subscriptionCurrentPeriodEnd": until,
            "entitlements": {"audit_log"},
        },
        "trial without end": {"subscriptionStatus": "trialing", "subscriptionAccessUntil": until},
        "paid in the trial": {"subscriptionStatus": "active", "subscriptionTrialEnd": after},
        "overdue": {
            "subscriptionStatus": "past_due",
            "subscriptionAccessUntil": after,
            "subscriptionCancelAt": until,
            "subscriptionCancelAtPeriodEnd": True,
            "subscriptionCurrentPeriodEnd": after,
            "lastPaymentStatus": "failed",
            "nextPaymentAttemptAt": after,
            "subscriptionProducts": {"prod_team": product(end, quantity=2)},
        },
        "ended": {
            "subscriptionStatus": "canceled",
            "subscriptionAccessUntil": before,
            "subscriptionCanceledAt": iso(end - timedelta(days=20)),
            "subscriptionCancelAt": until,
            "lastPaymentStatus": "uncollectible",
        },
        "ended, without its end": {"subscriptionStatus": "canceled", "subscriptionCanceledAt": before},
        "for ever": {"subscriptionStatus": "active", "subscriptionAccessUntil": "9999-12-31T23:59:59Z"},
    }
    for item in items.values():
        assert_in_contract(item)
    return items


@attrs.frozen
class Table:
    """Stands in for boto3's: it gives items as DynamoDB's values become plain ones there."""

    items: Mapping[str, Mapping[str, Any]]

    def get_item(self, Key: Mapping[str, str]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Answer as DynamoDB does: without `Item` where there is none."""
        assert Key["SK"] == "PROFILE"
        item = self.items[Key["PK"].removeprefix("USER#")]
        wire = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        found = {name: TypeDeserializer().deserialize(value) for name, value in wire.items()}
        return {"ResponseMetadata": {}} | ({"Item": found} if found else {})


@attrs.frozen
class Resource:
    """Stands in for boto3's DynamoDB resource."""

    items: Mapping[str, Mapping[str, Any]]

    def Table(self, name: str) -> Table:  # noqa: N802 - boto3's name
        """Return the page's table."""
        assert name == "profiles"
        return Table(self.items)


USERS = tuple(items_around(A_MOMENT))


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("hours", [-1, 1], ids=["after the end", "before the end"])
def test_the_python_snippets_answer_as_profile_does(
    user: str, hours: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They run one after the other, as a reader would copy them; they ask the clock; items end near now."""
    now = datetime.now(UTC)
    items = items_around(now + timedelta(hours=hours))
    monkeypatch.setattr(boto3, "resource", lambda _: Resource(items))
    found: dict[str, Any] = {"user_id": user}
    for snippet in snippets("python"):
        exec(snippet, found)  # noqa: S102 - our own page
    profile = Profile.from_item(items[user])
    for name in ("has_access", "may_enter", "may_pass"):
        assert found[name] is profile.has_access(now), name
    assert found.get("seats") == (profile.quantity("prod_team", now) or None)
    assert found["may_export"] is ("export" in items[user].get("entitlements", ()))
    assert found["on_trial"] is profile.on_trial(now)
    assert found["ends_at"] == profile.ends_at
    assert found["is_to_be_told"] is (user == "overdue")
    told = "sub_1 active ['prod_team']\n" if user == "team" else ""
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("hours", [-1, 1], ids=["after the end", "before the end"])
def test_the_readme_s_snippet_answers_too(hours: int) -> None:
    """It is the check itself, as the page has it."""
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    [snippet] = [one for one in snippets("python", readme) if "reading import Profile" in one]
    items = {"user_42": items_around(datetime.now(UTC) + timedelta(hours=hours))["team"]}
    found: dict[str, Any] = {"table": Table(items)}
    exec(snippet, found)  # noqa: S102 - our own page
    assert found["may_enter"] is (hours > 0)


STAND_IN = {
    "client-dynamodb": "export class DynamoDBClient {}\n",
    "lib-dynamodb": """
export class GetCommand { constructor(input) { this.input = input; } }
export class DynamoDBDocumentClient {
  static from() { return new DynamoDBDocumentClient(); }
  async send({ input: { TableName, Key } }) {
    if (TableName !== "profiles" || Key.SK !== "PROFILE") throw new Error(TableName + Key.SK);
    const Item = globalThis.ITEMS[Key.PK.slice("USER#".length)];
    return Object.keys(Item).length ? { Item } : {};
  }
}
""",
}
"""Package of the AWS SDK → what stands in for it: it gives an item as lib-dynamodb unmarshals it."""

ASKING = """
import * as page from "./page.mjs";
const answers = [];
for (const user of Object.keys(globalThis.ITEMS))
  for (const moment of MOMENTS) {
    const item = await page.readItem(user), now = new Date(moment);
    answers.push([user, moment, {
      hasAccess: page.hasAccess(item, now),
      mayPass: page.mayPass(item, now),
      hasTeam: page.productOf(item, "prod_team", now) !== undefined,
      seats: [page.seatsOf(item, "prod_team", now), page.seatsOf(item, "prod_calls", now) ?? null],
      mayExport: page.hasEntitlement(item, "export"),
      onTrial: page.onTrial(item, now),
      endsAt: page.endsAt(item) ?? null,
      isToBeTold: page.isToBeTold(item),
      hasAccessNow: page.hasAccess(item) === page.mayPass(item),
    }]);
  }
console.log(JSON.stringify(answers));
"""


def javascript(value: Any) -> str:
    """Write a plain value as the SDK would give it: a set of DynamoDB is a `Set`."""
    if isinstance(value, set):
        return f"new Set({json.dumps(sorted(value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {javascript(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(javascript, value)) + "]"
    return json.dumps(value)


@pytest.mark.skipif(NODE is None, reason="node is not on PATH")
def test_the_javascript_snippets_answer_as_profile_does(tmp_path: Path) -> None:
    """For each item a little before its end, at the end itself, and after it."""
    items = items_around(A_MOMENT)
    offsets = (-timedelta(days=30), -timedelta(milliseconds=1), timedelta(0), timedelta(milliseconds=1))
    moments = [A_MOMENT + offset for offset in (*offsets, timedelta(days=30))]
    for name, source in STAND_IN.items():
        package = tmp_path / "node_modules" / "@aws-sdk" / name
        package.mkdir(parents=True)
        (package / "index.mjs").write_text(source, encoding="utf-8")
        (package / "package.json").write_text('{"exports": "./index.mjs"}', encoding="utf-8")
    (tmp_path / "page.mjs").write_text("\n".join(snippets("js")), encoding="utf-8")
    given = f"globalThis.ITEMS = {javascript(items)};\n"
    given += f"const MOMENTS = {json.dumps([one.isoformat(timespec='milliseconds') for one in moments])};\n"
    (tmp_path / "asking.mjs").write_text(given + ASKING, encoding="utf-8")
    asked = subprocess.run(  # noqa: S603 - our own page
        [str(NODE), "asking.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    answers = json.loads(asked.stdout)
    assert [answer[:2] for answer in answers] == [
        [user, one.isoformat(timespec="milliseconds")] for user in items for one in moments
    ]
    for (user, _, answer), now in zip(answers, moments * len(items), strict=True):
        profile = Profile.from_item(items[user])
        ends_at = profile.ends_at
        expected = {
            "hasAccess": profile.has_access(now),
            "mayPass": profile.has_access(now),
            "hasTeam": profile.has_product("prod_team", now),
            "seats": [profile.quantity("prod_team", now), profile.quantity("prod_calls", now)],
            "mayExport": profile.has_entitlement("export"),
            "onTrial": profile.on_trial(now),
            "endsAt": iso(ends_at) if ends_at else None,
            "isToBeTold": user == "overdue",
            "hasAccessNow": True,
        }
        assert answer == expected, (user, now)
