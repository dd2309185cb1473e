"""A Stripe customer of any API version, as far as its metadata names a user. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.fields import metadata_value, optional_boolean, optional_object, text


@attrs.frozen
class Customer:
    """What this library keeps of a Stripe customer.

    Attributes:
        user_id: The user named by the metadata.
        former_user_id: The user that the metadata named before an update which changed that.
<<<<<<< HEAD
        is_labelled_anew: Whether an update changed whom the metadata names.
=======
        is_relabelled: Whether the event is an update that named a user, another one, or nobody any more. Most
            updates of a customer are about something else.
>>>>>>> wt-claims_events
        deleted: Whether Stripe has deleted it. Read by its id, a deleted customer has no metadata any more.
    """

    id: str
    user_id: str | None
    former_user_id: str | None = None
<<<<<<< HEAD
    is_labelled_anew: bool = False
=======
    is_relabelled: bool = False
>>>>>>> wt-claims_events
    deleted: bool = False


def read_customer(source: Mapping[str, Any], path: str, user_id_metadata_key: str) -> Customer:
    """Normalise a Stripe customer, which stands at `path` in the event.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.

    Source: https://docs.stripe.com/api/customers/object
    """
    return Customer(
        id=text(source, "id", path),
        user_id=metadata_value(source, user_id_metadata_key, path),
        deleted=optional_boolean(source, "deleted", path) or False,
    )


def with_former(
    customer: Customer, previous: Mapping[str, Any], path: str, user_id_metadata_key: str
) -> Customer:
<<<<<<< HEAD
    """Add whom a customer's metadata named before an update, from the event's `previous_attributes`.
=======
    """Add what an update changed about the user, by its `previous_attributes`, which stand at `path`.
>>>>>>> wt-claims_events

    Raises:
        InvalidEventError: An old value has the wrong type.
    """
<<<<<<< HEAD
    changed = optional_object(previous, "metadata", path) or {}
    if user_id_metadata_key not in changed:
        return customer  # it changed something else
    former = metadata_value(previous, user_id_metadata_key, path)
    return attrs.evolve(customer, former_user_id=former, is_labelled_anew=former != customer.user_id)
=======
    former = metadata_value(previous, user_id_metadata_key, path)
    # Null means that it was not set: the key, or the metadata as a whole.
    metadata = previous.get("metadata", {})
    changed = metadata is None or user_id_metadata_key in metadata
    return attrs.evolve(customer, former_user_id=former, is_relabelled=changed)
>>>>>>> wt-claims_events
