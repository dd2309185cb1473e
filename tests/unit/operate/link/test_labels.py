"""The label at Stripe, read and written by the real client over HTTP."""

from collections.abc import Iterator

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, Fault, objects, rate_limited
from stripe_handler_cli.operate.link.labels import Labelled, Labels
from stripe_handler_cli.stack.stripe_client import OperatorsStripe
from stripe_handler_cli.stack.stripe_options import StripeAccess
from support import events

UNLABELLED = events.subscription(user=None, livemode=True)
OTHER = events.subscription(id="sub_2", user="user_2", metadata={"userId": "user_2", "plan": "gold"})


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """A Stripe with two subscriptions."""
    with FakeStripe(objects(UNLABELLED, OTHER)) as server:
        yield server


def labels(fake: FakeStripe, key: str = API_KEY, metadata_key: str = "userId") -> Labels:
    """Its labels."""
    access = StripeAccess(key, "OPS_KEY", fake.url)
    return Labels(OperatorsStripe(access, fake.url, "to write subscriptions"), metadata_key)


def test_a_label_is_read(fake: FakeStripe) -> None:
    """With what else there is to know; none, where the metadata has none under this key."""
    assert labels(fake).read("sub_1") == Labelled(
        subscription_id="sub_1", customer_id="cus_1", status="active", user_id=None, livemode=True
    )
    found = labels(fake).read("sub_2")
    assert (found.user_id, found.livemode) == ("user_2", None)
    assert labels(fake, metadata_key="uid").read("sub_2").user_id is None


def test_a_label_is_written_and_the_rest_of_the_metadata_stays(fake: FakeStripe) -> None:
    """Under the stack's own key."""
    assert labels(fake).write("sub_2", "usér=4&2").user_id == "usér=4&2"
    assert labels(fake, metadata_key="your user").write("sub_2", "u").user_id == "u"
    assert fake.edits.metadata["sub_2"] == {"userId": "usér=4&2", "your user": "u"}
    [event, _] = fake.edits.events.values()
    assert event["data"]["object"]["metadata"] == {"userId": "usér=4&2", "plan": "gold"}
    assert event["data"]["previous_attributes"] == {"metadata": {"userId": "user_2"}}


def test_a_write_that_is_broken_off_is_repeated_once_and_counts_once(fake: FakeStripe) -> None:
    """The idempotency key is the same."""
    fake.misbehave([Fault(drop=True)])
    labels(fake).write("sub_1", "user_42")
    keys = [headers["Idempotency-Key"] for _, headers in fake.received]
    assert (len(keys), len(set(keys)), len(fake.edits.events)) == (2, 1, 1)


def test_two_writes_are_two(fake: FakeStripe) -> None:
    """There and back again: no key is used twice."""
    for user in ("user_1", "user_2", "user_1"):
        labels(fake).write("sub_1", user)
    assert len(fake.edits.events) == 3
    assert labels(fake).read("sub_1").user_id == "user_1"


ACCOUNT_REFUSED = Fault(status=403, code="account_invalid")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            Fault(status=403),
            "HTTP 403, with the key in OPS_KEY: it needs the permission to write",
        ),
        (ACCOUNT_REFUSED, "HTTP 403, with the key in OPS_KEY: it has no access to the account"),
        (rate_limited(), "HTTP 429, with the key in OPS_KEY: too many requests at this moment"),
        (Fault(status=401, message=f"Invalid API Key provided: {API_KEY}"), "HTTP 401.*knows no such key"),
        (Fault(status=402, message="secret words"), "HTTP 402, with the key in OPS_KEY$"),
    ],
)
def test_what_stripe_refuses_is_told_in_words(fake: FakeStripe, fault: Fault, told: str) -> None:
    """Which never hold the key."""
    fake.misbehave([fault])
    with pytest.raises(CliError, match=told) as caught:
        labels(fake).write("sub_1", "user_42")
    assert API_KEY not in str(caught.value)


def test_a_subscription_that_is_not_there_is_told(fake: FakeStripe) -> None:
    """In Stripe's words, which also say whether the other mode has it."""
    with pytest.raises(CliError, match=r"HTTP 404.*No such subscription: 'sub_none'"):
        labels(fake).read("sub_none")
    message = (
        "No such subscription: 'sub_1'; a similar object exists in live mode, but a test mode key was used"
    )
    fake.misbehave([Fault(status=404, code="resource_missing", message=message)])
    with pytest.raises(CliError, match="a similar object exists in live mode"):
        labels(fake).read("sub_1")


def test_a_stripe_that_does_not_answer_is_told() -> None:
    """After one more attempt."""
    with FakeStripe() as closed:
        unreachable = labels(closed)
    with pytest.raises(CliError, match=r"no answer .*, with the key in OPS_KEY"):
        unreachable.read("sub_1")


def test_the_account_is_named_to_stripe(fake: FakeStripe) -> None:
    """In every request, as `Stripe-Context`, which takes paths through an organisation too."""
    fake.misbehave([ACCOUNT_REFUSED] * 2)
    access = StripeAccess(API_KEY, "OPS_KEY", fake.url)
    theirs = Labels(OperatorsStripe(access, fake.url, "to write subscriptions"), "userId", "org_1/acct_1")
    with pytest.raises(CliError):
        theirs.read("sub_1")
    with pytest.raises(CliError):
        theirs.write("sub_1", "user_42")
    assert [headers["Stripe-Context"] for _, headers in fake.received] == ["org_1/acct_1"] * 2
