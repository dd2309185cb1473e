"""The made-up user, subscription and events of an exercise, in today's shape of Stripe's events. Pure.

The user and the customer are always the same, so that what an interrupted exercise left is found by the next
one; the subscription and the events are of one exercise alone. None can be Stripe's or an app's: Stripe's ids
hold no words, and the user's is checked against the table before anything is sent.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.stripe_side.api import API_VERSION

USER = "stripe-handler-exercise"
CUSTOMER = "cus_stripeHandlerExercise"
EVENT_PREFIX = "evt_stripeHandlerExercise"
_SUBSCRIPTION_PREFIX = "sub_stripeHandlerExercise"
_PRODUCT = "prod_stripeHandlerExercise"
_MONTH_SECONDS = 30 * 86_400
_NAMED = uuid.uuid5(uuid.NAMESPACE_URL, USER)
CREATED = "customer.subscription.created"
UPDATED = "customer.subscription.updated"
DELETED = "customer.subscription.deleted"


@attrs.frozen
class MadeUp:
    """One exercise's user and subscription.

    Attributes:
        number: Hexadecimal digits that no other exercise has.
        began: Unix second in which the subscription was created.
        metadata: Of the subscription: the user, and what `required_metadata` wants.
        product_id: One that is this app's.
    """

    user_id: str
    number: str
    began: int
    is_live: bool
    metadata: Mapping[str, str]
    product_id: str

    @property
    def subscription_id(self) -> str:
        return f"{_SUBSCRIPTION_PREFIX}{self.number}"

    def created(self, event_type: str = CREATED) -> dict[str, Any]:
        """The subscription is there, active, for a month."""
        return self._event("A", event_type, self.began, self._subscription(status="active"))

    def deleted(self, now: int) -> dict[str, Any]:
        """It has ended, at a Unix second."""
        ended = max(now, self.began + 1)
        changes = {"status": "canceled", "canceled_at": ended, "ended_at": ended}
        return self._event("B", DELETED, ended, self._subscription(**changes))

    def unreadable(self, event_type: str, now: int) -> dict[str, Any]:
        """An update without a status, which no handler can apply."""
        subscription = self._subscription()
        return self._event("C", event_type, max(now, self.began + 1), subscription)

    def _event(self, which: str, event_type: str, created: int, subscription: Any) -> dict[str, Any]:
        return {
            "id": f"{EVENT_PREFIX}{which}{self.number}",
            "object": "event",
            "api_version": API_VERSION,
            "created": created,
            "livemode": self.is_live,
            "type": event_type,
            "data": {"object": subscription},
        }

    def _subscription(self, **changes: Any) -> dict[str, Any]:
        return {
            "id": self.subscription_id,
            "object": "subscription",
            "created": self.began,
            "customer": CUSTOMER,
            "livemode": self.is_live,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "ended_at": None,
            "trial_end": None,
            "metadata": dict(self.metadata),
            "items": {
                "object": "list",
                "has_more": False,
                "data": [
                    {
                        "id": f"si_stripeHandlerExercise{self.number}",
                        "object": "subscription_item",
                        "price": {
                            "id": "price_stripeHandlerExercise",
                            "object": "price",
                            "lookup_key": None,
                            "product": self.product_id,
                        },
                        "quantity": 1,
                        "current_period_start": self.began,
                        "current_period_end": self.began + _MONTH_SECONDS,
                    }
                ],
            },
            **changes,
        }


def made_up(config: Config, number: str, now: int, user_id: str | None = None) -> MadeUp:
    """Make a user and a subscription that fit an environment's settings.

    Args:
        config: Its settings: mode, pattern of user ids, products and metadata of this app's subscriptions.
        number: Hexadecimal digits that no other exercise has.
        now: Unix seconds.
        user_id: The user's id, where somebody named one.

    Raises:
        CliError: No user's id that is known here fits the settings, or the one that was named does not.
    """
    policy, shows = config.policy(can_ask_stripe=False), config.shows
    candidates = [user_id] if user_id is not None else list(_ids())
    fitting = next((one for one in candidates if policy.is_user_id(one)), None)
    if fitting is None:
        raise CliError(
            f"No made-up user fits user_id_pattern ({config.user_id_pattern}). Name one that no user of yours"
            " has and that fits: --exercise-user ID"
        )
    key = config.user_id_metadata_key
    if shows.required_metadata.get(key, fitting) != fitting:
        raise CliError(
            f"required_metadata wants one value of {key}, which is where the user's id stands; no made-up"
            " user can have it. Correct the settings."
        )
    ours = sorted(shows.handled_product_ids) or [*shows.plan_product_ids, _PRODUCT]
    return MadeUp(
        user_id=fitting,
        number=number,
        began=now,
        is_live=config.livemode is Livemode.LIVE,
        metadata={**shows.required_metadata, key: fitting},
        product_id=ours[0],
    )


def is_ours(event_id: str | None) -> bool:
    """Whether an event is one of an exercise, this one or another."""
    return (event_id or "").startswith(EVENT_PREFIX)


def _ids() -> Iterator[str]:
    """Ids of the usual kinds: words, a UUID, letters and digits, digits of a length that nobody counts to."""
    yield USER
    yield USER.replace("-", "_")
    yield "stripeHandlerExercise"
    yield str(_NAMED)
    yield _NAMED.hex
    yield _NAMED.hex[:24]
    yield f"9{_NAMED.int % 10**17:017d}"
