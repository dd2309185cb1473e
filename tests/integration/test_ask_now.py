"""Ask now, on a real stack: the success page before the event, twice, for somebody else, without a key."""

import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import boto3
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import root
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.operations.dispatch import perform
from stripe_subscription_handler.operations.names import OPERATION_KEY
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded
PAGE = Path(__file__).parents[2] / "docs" / "ask-now.md"


@attrs.frozen
class Bought:
    """Somebody has bought at Stripe, who calls the things by this name.

    Attributes:
        more: Subscriptions beside the first.
        is_labelled: Whether the first one names its user too.
    """

    name: str
    more: int = 0
    is_labelled: bool = False

    def made(self, kind: str, **changes: Any) -> dict[str, Any]:
        """One of Stripe's objects."""
        about = {"customer": f"cus_{self.name}", "livemode": False, **changes}
        return getattr(events, kind)(**about)

    @property
    def session(self) -> dict[str, Any]:
        """The completed session, which alone names the user."""
        return self.made("session", id=f"cs_{self.name}", sub=f"sub_{self.name}", user=f"user_{self.name}")

    @property
    def subscription(self) -> dict[str, Any]:
        """The subscription it made, with its paid invoice."""
        user = f"user_{self.name}" if self.is_labelled else None
        invoice = self.invoice["id"]
        return self.made("subscription", id=f"sub_{self.name}", user=user, latest_invoice=invoice)

    @property
    def invoice(self) -> dict[str, Any]:
        """The invoice, paid at once."""
        paid = {"paid_at": events.T0 + 1}
        about = {"id": f"in_{self.name}", "sub": f"sub_{self.name}", "user": None}
        return self.made("invoice", status="paid", status_transitions=paid, **about)

    @property
    def everything(self) -> list[dict[str, Any]]:
        """All that Stripe has of it."""
        also = [
            self.made("subscription", id=f"sub_{self.name}_{number}", user=f"user_{self.name}")
            for number in range(self.more)
        ]
        return [self.session, self.subscription, self.invoice, *also]


@pytest.fixture
def shop(stripe: FakeStripe) -> Iterator[FakeStripe]:
    """The Stripe that the second workspace's function asks."""
    before = stripe.account
    yield stripe
    stripe.account = before


@pytest.fixture
def page(endpoint: Endpoint, other_stack: "Stack", monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The page's Python, as a reader copies it, with the output that Terraform tells."""
    monkeypatch.setattr(boto3, "client", endpoint.client)
    monkeypatch.setenv("ASK_NOW_ARN", other_stack.outputs["ask_now_arn"])
    found: dict[str, Any] = {}
    [snippet] = re.findall(
        r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    exec(snippet, found)  # noqa: S102 - our own page
    return found


def later(body: Mapping[str, Any], event_type: str, name: str) -> dict[str, Any]:
    """The event of something that Stripe shows already."""
    return events.event(event_type, dict(body), event_id=f"evt_{name}_{event_type}", created=events.T0 + 1)


def test_the_success_page_is_there_before_the_event(
    page: dict[str, Any], other_stack: "Stack", shop: FakeStripe
) -> None:
    """It shows what was bought. Asked again, and when the events come, nothing changes any more."""
    bought, pipeline = Bought("asks"), other_stack.pipeline
    shop.account = objects(*bought.everything)
    asked = page["ask_now"](checkout_session="cs_asks", expected_user_id="user_asks")
    assert asked["profile"]["subscriptionStatus"] == "active"
    assert asked["profile"]["lastPaymentStatus"] == "succeeded"
    stored = pipeline.profile("user_asks")
    assert stored["subscriptionStatus"] == "active"
    assert page["ask_now"](checkout_session="cs_asks") == {**asked, "done": []}
    come = [
        later(bought.session, "checkout.session.completed", "asks"),
        later(bought.subscription, "customer.subscription.created", "asks"),
        later(bought.invoice, "invoice.paid", "asks"),
    ]
    pipeline.put(*come)
    reasons = [pipeline.follow(event["id"])["reason"] for event in come]
    assert reasons == ["duplicate", "stale", "duplicate"]
    assert pipeline.profile("user_asks") == stored
    # The period of the made-up subscription is over.
    assert page["success_page"]("cs_asks", "user_asks") == "the payment is still to come"


def test_somebody_else_learns_nothing_and_a_slip_is_an_answer(
    page: dict[str, Any], stack: "Stack", shop: FakeStripe
) -> None:
    """Neither is an error of the function; nor is a function without a key."""
    shop.account = objects(*Bought("owns").everything)
    answer = page["ask_now"](checkout_session="cs_owns", expected_user_id="user_other")
    assert answer == {"ok": False, "error": {"code": "wrong_owner", "message": "it is not this user's"}}
    assert page["success_page"]("cs_owns", "user_other") == "this is not yours"
    assert page["ask_now"](session="cs_owns")["error"]["code"] == "bad_argument"
    os.environ["ASK_NOW_ARN"] = stack.outputs["ask_now_arn"]
    assert page["ask_now"](subscription="sub_owns")["error"]["code"] == "no_key"


def test_whoever_has_no_key_has_the_function_ask(
    endpoint: Endpoint, other_stack: "Stack", shop: FakeStripe, tmp_path: Path
) -> None:
    """`stripe-handler sync` says which way it went."""
    shop.account = objects(*Bought("operator").everything)
    outputs = {name: {"value": value} for name, value in other_stack.outputs.items()}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    arguments = ["sync", "--subscription", "sub_operator", "--outputs", str(tmp_path / "outputs.json")]
    keyless = {**endpoint.variables, "STRIPE_API_KEY": ""}
    for way, key in (
        ("Through the function", keyless),
        ("With the Stripe key in", {"STRIPE_API_KEY": API_KEY}),
    ):
        ran = CliRunner().invoke(root, arguments, env={**endpoint.variables, **key}, catch_exceptions=False)
        assert way in ran.stderr, ran.output
    assert CliRunner().invoke(root, [*arguments, "--dry-run"], env=keyless).exit_code == 2


def counted(stack: "Stack", url: str, **question: Any) -> tuple[int, int, int]:
    """Ask the handler in this process; requests to DynamoDB and to Stripe, and milliseconds."""
    pipeline, output = stack.pipeline, io.StringIO()
    stripe = StripeApi(StripeKey("a test", lambda: API_KEY), lambda: 30.0, url=url)
    store = Store(pipeline.dynamodb, pipeline.config, stripe)
    perform({OPERATION_KEY: "sync", **question}, store, make_logger(output=output))
    line = json.loads(output.getvalue())
    return line["requests"], line["stripe_requests"], line["duration_ms"]


def test_the_page_tells_how_many_requests_a_question_takes(other_stack: "Stack", shop: FakeStripe) -> None:
    """Each row of the table, in its order; the milliseconds are one run's."""
    many = Bought("many", more=2, is_labelled=True)
    waiting = {**Bought("waits").session, "status": "open", "subscription": None}
    shop.account = objects(*Bought("counts").everything, *many.everything, waiting)
    questions: tuple[tuple[str, dict[str, str]], ...] = (
        ("a session, before any event", {"checkout_session": "cs_counts"}),
        ("the same session, once more", {"checkout_session": "cs_counts"}),
        ("it, for somebody else", {"checkout_session": "cs_counts", "expected_user_id": "user_other"}),
        ("a session that is not completed", {"checkout_session": "cs_waits"}),
        ("a subscription, nothing differs", {"subscription": "sub_counts"}),
        ("a user, nothing differs", {"user_id": "user_counts"}),
        ("a customer with 3 new subscriptions", {"customer": "cus_many"}),
        ("that customer, nothing differs", {"customer": "cus_many"}),
        ("an argument that is wrong", {"subscription": "?"}),
    )
    rows = [(name, *counted(other_stack, shop.url, **question)) for name, question in questions]
    told = PAGE.read_text(encoding="utf-8").partition("<!-- counted by")[2].partition("<!-- end -->")[0]
    table = [re.split(r" *\| *", line.strip("| ")) for line in told.splitlines()[3:] if line]
    anew = "\n".join(f"| {name} | {dynamodb} | {asked} | {ms} |" for name, dynamodb, asked, ms in rows)
    assert [row[:3] for row in table] == [[name, str(one), str(two)] for name, one, two, _ in rows], anew
