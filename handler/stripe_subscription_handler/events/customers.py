"""A Stripe customer of any API version, as far as its metadata names a user. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.fields import metadata_value, optional_boolean, text
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.value import Value


@attrs.frozen(repr=False)
class Customer(Value):
    """What this library keeps of a Stripe customer.

    Attributes:
        user_id: The user named by the metadata.
        former_user_id: The user that the metadata named before an update which changed that.
        is_relabelled: Whether the event is an update that named a user, another one, or nobody any more. Most
            updates of a customer are about something else.
        deleted: Whether Stripe has deleted it. Read by its id, a deleted customer has no metadata any more.
    """

    id: str
    user_id: str | None
    former_user_id: str | None = None
    is_relabelled: bool = False
    deleted: bool = False


def read_customer(source: Mapping[str, Any], path: str, selection: Selection) -> Customer:
    """Normalise a Stripe customer, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.

    Source: https://docs.stripe.com/api/customers/object
    """
    return Customer(
        id=text(source, "id", path),
        user_id=metadata_value(source, selection.user_id_metadata_key, path),
        deleted=optional_boolean(source, "deleted", path) or False,
    )


def with_former(customer: Customer, previous: Mapping[str, Any], path: str, selection: Selection) -> Customer:
    """Add what an update changed about the user, by its `previous_attributes`, which stand at `path`.

    Raises:
        InvalidEventError: An old value has the wrong type.
    """
    former = metadata_value(previous, selection.user_id_metadata_key, path)
    # Null means that it was not set: the key, or the metadata as a whole.
    metadata = previous.get("metadata", {})
    changed = metadata is None or selection.user_id_metadata_key in metadata
    return attrs.evolve(customer, former_user_id=former, is_relabelled=changed)
