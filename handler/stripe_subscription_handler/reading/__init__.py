"""What an app needs to read a profile item: what may this user do, and until when. Pure.

It imports nothing of the rest of the package and needs attrs alone. docs/reading-a-profile.md says the
same for other languages.
"""

from stripe_subscription_handler.reading.as_json import contract_json
from stripe_subscription_handler.reading.contract import ATTRIBUTES, PRODUCT_FIELDS, Attribute, Kind
from stripe_subscription_handler.reading.errors import MalformedProfileError
from stripe_subscription_handler.reading.profile import LastPayment, ProductAccess, Profile
from stripe_subscription_handler.reading.subscriptions import LiveSubscription, SubscriptionItem

__all__ = [
    "ATTRIBUTES",
    "PRODUCT_FIELDS",
    "Attribute",
    "Kind",
    "LastPayment",
    "LiveSubscription",
    "MalformedProfileError",
    "ProductAccess",
    "Profile",
    "SubscriptionItem",
    "contract_json",
]
