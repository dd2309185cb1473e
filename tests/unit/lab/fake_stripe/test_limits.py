"""The fake Stripe answers so many requests a second, as Stripe does."""

import attrs

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.limits import Limits, endpoint_of
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events


@attrs.define
class Clock:
    """A clock that somebody sets."""

    now: float = 0.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def test_an_endpoint_is_its_path_whatever_the_id() -> None:
    """Lists are another one, and so is another method."""
    assert endpoint_of("GET", "/v1/subscriptions/sub_1?expand[]=x") == "GET v1 subscriptions {id}"
    assert endpoint_of("GET", "/v1/subscriptions/sub_2") == endpoint_of("GET", "/v1/subscriptions/sub_1")
    assert endpoint_of("GET", "/v1/subscriptions?limit=1") == "GET v1 subscriptions"
    assert endpoint_of("POST", "/v1/subscriptions/sub_1") == "POST v1 subscriptions {id}"
    assert endpoint_of("GET", "/v2/core/events/evt_1") == "GET v2 core events {id}"


def test_an_endpoint_takes_so_many_in_a_second_and_the_account_all_of_them() -> None:
    """What is refused does not count."""
    clock = Clock()
    limits = Limits(per_endpoint=2, per_account=3, clock=clock)
    paths = ["/v1/events/evt_1", "/v1/events/evt_2", "/v1/events/evt_3", "/v1/customers/cus_1", "/v1/events"]
    assert [limits.takes("GET", path) for path in paths] == [True, True, False, True, False]
    assert limits.refused == 2
    clock.now = 1.0
    assert limits.takes("GET", paths[0])


def test_what_is_too_many_is_answered_with_429() -> None:
    """The real client waits for the next second, and is answered."""
    clock = Clock()
    key = StripeKey.from_environment({"STRIPE_SECRET_KEY": API_KEY})
    assert key is not None

    def sleep(seconds: float) -> None:
        clock.now += seconds

    with FakeStripe(objects(events.subscription()), limits=Limits(per_endpoint=1, clock=clock)) as stripe:
        api = StripeApi(key, lambda: 30.0, url=stripe.url, sleep=sleep)
        found = [api.fetch_subscription("sub_1") for _ in range(3)]
    assert None not in found
    assert stripe.limits is not None
    assert stripe.limits.refused >= 1
