"""The snippets of docs/library.md run as they stand, and do what the page says."""

import re
from pathlib import Path
from typing import Any

import pytest

from stripe_subscription_handler import Write
from stripe_subscription_handler.dynamodb.wire import to_wire

PAGE = Path(__file__).parents[2] / "docs" / "library.md"


def run_page() -> dict[str, Any]:
    """The names that the page's blocks leave, run from the top down."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)  # noqa: S102 - our own page
    return names


@pytest.fixture
def page() -> dict[str, Any]:
    """The page, run."""
    return run_page()


class RefusedError(Exception):
    """As botocore raises it where a condition fails."""

    def __init__(self, item: dict[str, Any]) -> None:
        """With the item as it is."""
        super().__init__("refused")
        self.response = {"Item": to_wire(item)}


class Client:
    """DynamoDB that refuses the first write where it has an item, and takes the next.

    Attributes:
        item: The item that is there, if any.
    """

    class exceptions:  # noqa: N801 - boto3's name
        """As boto3's clients have it."""

        ConditionalCheckFailedException = RefusedError

    def __init__(self, item: dict[str, Any] | None = None) -> None:
        """No item unless given."""
        self.item = item
        self.requests: list[dict[str, Any]] = []

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Refuses once."""
        self.requests.append(request)
        if self.item is not None and len(self.requests) == 1:
            raise RefusedError(self.item)
        return {}


def test_the_page_runs_and_says_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Bare and in the envelope, the same event; the comment is what `print` wrote."""
    names = run_page()
    printed = capsys.readouterr().out.strip()
    assert f"# {printed}\n" in PAGE.read_text(encoding="utf-8")
    assert isinstance(names["decision"], Write)


def test_a_write_goes_to_ones_own_table(page: dict[str, Any]) -> None:
    """Under one's own key; a refusal is answered from the item that DynamoDB returns."""
    client = Client()
    written = page["apply"](page["event"], client)
    [request] = client.requests
    assert (request["TableName"], request["Key"]) == ("my-users", {"pk": {"S": "user_42"}})
    assert request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
    again = Client({**written.set, "stripeLedgerRevision": "seen"})
    assert page["apply"](page["event"], again).reason == "claimed"
    assert {"S": "seen"} in again.requests[1]["ExpressionAttributeValues"].values()


def test_the_function_is_called_as_the_page_calls_it(
    page: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own test passes."""
    page["test_a_subscription_is_written"](monkeypatch)
