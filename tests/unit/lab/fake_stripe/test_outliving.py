"""A fake Stripe goes on for a stack that is kept, and ends with its local AWS."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import stripe

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.lab.demo import life
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, SimulatedAccount, objects
from stripe_handler_cli.lab.fake_stripe import outliving as module
from stripe_handler_cli.lab.fake_stripe.outliving import outliving
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from support.local_stacks import running_aws

NOW = life.BACK + 60


def asked(url: str) -> tuple[set[str], str]:
    """The subscriptions that Stripe lists at a URL, and the moment by its clock."""
    client = stripe.StripeClient(API_KEY, base_addresses={"api": url})
    listed = client.v1.subscriptions.list({"status": "all"})
    return {one.id for one in listed}, str(listed.last_response.headers["Date"])  # type: ignore[union-attr]


def is_away(url: str) -> bool | None:
    """Whether nobody answers there."""
    try:
        asked(url)
    except stripe.APIConnectionError:
        return True
    return None


def test_it_answers_at_the_same_address_as_long_as_local_aws_runs(tmp_path: Path) -> None:
    """What it had, with its clock going on; a command in between that fails keeps it too."""
    account = objects(*life.stripes_side())
    with running_aws(tmp_path / "local-aws"):
        with (
            pytest.raises(KeyboardInterrupt),
            outliving(FakeStripe(account, now=lambda: NOW), tmp_path, "aws.partner/stripe.com/ed_test_x"),
        ):
            raise KeyboardInterrupt
        url = f"http://127.0.0.1:{known(tmp_path)['port']}"
        ids, date = asked(url)
        assert ids == {"sub_1QDemoSubscription", "sub_1QDemoComeback"}
        assert "04 Jan 2027" in date
    wait_for(lambda: is_away(url), "the fake Stripe ends", 20)


def known(directory: Path) -> Mapping[str, Any]:
    """What was left for the process."""
    found: Mapping[str, Any] = json.loads((directory / "stripe.json").read_text("utf-8"))
    return found


def test_without_local_aws_nothing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that is not kept."""
    monkeypatch.setattr(module, "go_on", lambda *_: pytest.fail("it went on"))
    with outliving(FakeStripe(), tmp_path, None):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_simulated_account_goes_on_as_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every object of every kind, entitlements too; the clock is past the newest of them."""
    left: list[Mapping[str, Any]] = []
    monkeypatch.setattr(module, "go_on", lambda _directory, known, _source: left.append(known))
    made = simulate(3, 5, SimulationOptions(entitlements=True, entitled_share=1))
    with running_aws(tmp_path / "local-aws"), outliving(FakeStripe(SimulatedAccount(made)), tmp_path, None):
        pass
    [known_now] = left
    kinds = [one["object"] for one in known_now["objects"]]
    assert kinds.count("subscription") == len(made.subscriptions)
    assert kinds.count("event") == len(made.snapshot_events)
    assert "entitlements.active_entitlement_summary" in kinds
    assert known_now["ahead_seconds"] >= 0
