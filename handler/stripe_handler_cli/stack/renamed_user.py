"""Gives an event another user. Pure."""

from typing import Any

from stripe_subscription_handler.events.event_types import SUBJECTS

_LABELLED = frozenset({"subscription", "checkout.session", "customer"})


def with_user(event: dict[str, Any], metadata_key: str, user_id: str) -> dict[str, Any]:
    """The same event about another user.

    The user is set wherever metadata names one, and in the metadata of a subscription, a checkout session or
    a customer in any case. An invoice that names none stays so: the handler finds its user by the
    subscription, as for Stripe's own. A thin event names no user and stays as it is, and so does what a
    customer is entitled to, which has no metadata.
    """
    renamed: dict[str, Any] = _renamed(event, metadata_key, user_id)
    data = renamed.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    if SUBJECTS.get(event.get("type", "")) in _LABELLED and isinstance(subject, dict):
        metadata = subject.get("metadata")
        subject["metadata"] = {**(metadata if isinstance(metadata, dict) else {}), metadata_key: user_id}
        if subject.get("client_reference_id"):
            subject["client_reference_id"] = user_id
    return renamed


def _renamed(value: Any, key: str, user_id: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, key, user_id) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _renamed(item, key, user_id) for name, item in value.items()}
    metadata = found.get("metadata")
    # Metadata without a user stays so: `null` in previous_attributes says that the user was added.
    if isinstance(metadata, dict) and isinstance(metadata.get(key), str):
        metadata[key] = user_id
    return found
