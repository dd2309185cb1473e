"""The command for somebody else's shell works as it stands, and holds no key."""

import json
import shutil
import subprocess
from collections.abc import Iterator

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.operate.link.by_hand import Request
from support import events

REQUEST = Request(
    url="https://api.stripe.com",
    subscription_id="sub_1",
    metadata_key="userId",
    user_id="user_42",
    account=None,
    key_variable="STRIPE_API_KEY",
)


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """A Stripe with a subscription."""
    with FakeStripe(objects(events.subscription(user=None))) as server:
        yield server


def test_the_command_is_one_line_with_the_key_in_a_variable() -> None:
    """As somebody would paste it."""
    assert REQUEST.command == (
        "printf 'Authorization: Bearer %s' \"$STRIPE_API_KEY\" | curl --fail-with-body --silent --show-error "
        "--header @- --data-urlencode 'metadata[userId]=user_42' "
        "https://api.stripe.com/v1/subscriptions/sub_1"
    )


def test_another_account_is_named() -> None:
    """By Stripe's header."""
    command = attrs.evolve(REQUEST, account="acct_1").command
    assert "--header 'Stripe-Context: acct_1'" in command


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.parametrize(
    ("metadata_key", "user_id"),
    [("userId", "user_42"), ("your user's id&=", "a'b\"c$(id)`id`=&%+;é"), ("userId", "@/etc/hostname")],
)
def test_the_command_labels_the_subscription(fake: FakeStripe, metadata_key: str, user_id: str) -> None:
    """In any POSIX shell, whatever the id holds."""
    request = attrs.evolve(REQUEST, url=fake.url, metadata_key=metadata_key, user_id=user_id)
    ran = subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", request.command],
        env={"PATH": "/usr/bin:/bin", "STRIPE_API_KEY": API_KEY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran
    assert json.loads(ran.stdout)["metadata"] == {metadata_key: user_id}
    [event] = fake.edits.events.values()
    assert event["data"]["previous_attributes"] == {"metadata": {metadata_key: None}}


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_refusal_ends_the_command_with_an_error(fake: FakeStripe) -> None:
    """With Stripe's words."""
    command = attrs.evolve(REQUEST, url=fake.url).command
    ran = subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode != 0, "Invalid API Key provided" in ran.stdout) == (True, True)
