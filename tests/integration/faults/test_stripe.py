"""Stripe, or the key to it, is away. Events that need neither are applied; the others wait in the queue."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, Fault, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from support.lives import Life
from support.provoking import configuration, scheduled_for_deletion, secret
from support.trials import Trial

pytestmark = pytest.mark.embedded

Begin = Callable[[str], Trial]
AWAY = Fault(status=503, message="Down for maintenance.")
REQUESTS_WHILE_AWAY = 1_000


def _lives(name: str) -> tuple[Life, Life]:
    """One whose events name their user, and one about whom Stripe must be asked."""
    return Life(f"{name}_labelled"), Life(f"{name}_asked")


def _story(labelled: Life, asked: Life) -> list[dict[str, Any]]:
    return [
        labelled.created(),
        asked.created(user=None),
        labelled.paid("paid", 2),
        asked.paid("paid", 2, user=None),
    ]


def _profiles(trial: Trial, *lives: Life) -> list[tuple[str | None, str | None]]:
    profiles = [trial.pipeline.profile(life.user_id) for life in lives]
    return [(profile.get("subscriptionStatus"), profile.get("lastPaymentStatus")) for profile in profiles]


def _errors(trial: Trial) -> set[str]:
    return {line["error_type"] for line in trial.lines() if line["decision"] == "error"}


def test_the_secret_is_gone(endpoint: Endpoint, begin: Begin) -> None:
    """Somebody deleted it: labelled events do not notice; restored, it serves the others."""
    trial, (labelled, asked) = begin("Stripe secret deleted, restored"), _lives("secret")
    with ExitStack() as stack:
        stripe = stack.enter_context(FakeStripe(objects(asked.subscription())))
        arn = stack.enter_context(secret(endpoint, "itest-stripe-key-to-delete", API_KEY))
        stack.enter_context(
            configuration(endpoint, trial.function_name, STRIPE_SECRET_ARN=arn, STRIPE_API_URL=stripe.url)
        )
        with scheduled_for_deletion(endpoint, arn):
            trial.put(*_story(labelled, asked))
            assert trial.settle().dropped == 2
            assert _errors(trial) == {"ConfigError"}
            assert _profiles(trial, labelled, asked) == [("active", "succeeded"), (None, None)]
        assert trial.redrive() == 2
        assert stripe.received
    assert _profiles(trial, labelled, asked) == [("active", "succeeded"), ("active", "succeeded")]
    trial.finish()


def test_stripe_is_down(endpoint: Endpoint, begin: Begin) -> None:
    """It answers 503: three attempts of several tries each, then the queue; up again, it is asked."""
    trial, (labelled, asked) = begin("Stripe down, up again"), _lives("down")
    with ExitStack() as stack:
        stripe = stack.enter_context(FakeStripe(objects(asked.subscription())))
        stack.enter_context(configuration(endpoint, trial.function_name, STRIPE_API_URL=stripe.url))
        stripe.misbehave([AWAY] * REQUESTS_WHILE_AWAY)
        trial.put(*_story(labelled, asked))
        assert trial.settle().dropped == 2
        assert _errors(trial) == {"StripeUnavailableError"}
        assert _profiles(trial, labelled, asked) == [("active", "succeeded"), (None, None)]
        stripe.faults.clear()
        assert trial.redrive() == 2
    assert _profiles(trial, labelled, asked) == [("active", "succeeded"), ("active", "succeeded")]
    trial.finish()
