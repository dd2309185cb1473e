"""Whose subscription is it? Pure decisions over a customer's owner links.

The links live in the project's own sync table, one item per customer: `owner_<subscription>` maps to
`{user, version}`, the string set `users` holds every user the customer has paid for, and the string set
`parked` the ids of the events that wait for the customer.
"""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.decisions.decision import FindOwner, OwnerLink

USERS = "users"
PARKED = "parked"


def owner_attribute(subscription_id: str) -> str:
    return f"owner_{subscription_id}"


def link_value(link: OwnerLink) -> dict[str, str]:
    return {"user": link.user_id, "version": link.version}


def owner_from_links(question: FindOwner, links: Mapping[str, Any] | None) -> str | None:
    """Answer the question from the customer's links (plain Python values); None when they do not tell."""
    owner = owner_in_links(links, question.subscription_id)
    if owner is not None:
        return owner
    users = users_in_links(links)
    return next(iter(users)) if question.any_user and len(users) == 1 else None


def owner_in_links(links: Mapping[str, Any] | None, subscription_id: str) -> str | None:
    owner = links.get(owner_attribute(subscription_id)) if links else None
    return str(owner["user"]) if owner is not None else None


def users_in_links(links: Mapping[str, Any] | None) -> frozenset[str]:
    """Every user the customer has or had."""
    return frozenset(links.get(USERS, ()) if links else ())
