"""Has users forgotten on the model of the tables, and searches it for what is left of them."""

from collections.abc import Generator, Mapping
from typing import Any

from stripe_subscription_handler.conversation.forgetting import Forgotten, forget_user
from stripe_subscription_handler.conversation.messages import Answer, Moved, Request
from support.model import Tables

KEYS = ("PK",)
_OF_OTHERS = frozenset({"s", "t"})
"""What the subscription, or the customer, of somebody else tells of how it came to him."""


def customers_naming(tables: Tables, user_id: str) -> set[str]:
    """Customers of which the sync table names a user, as the command finds them: by a look at all of it."""
    found = {customer for (customer, _), link in tables.links.items() if user_id in _texts(link)}
    found |= {customer for customer, record in tables.customers.items() if user_id in _texts(record)}
    found |= {
        customer
        for customer, waiting in tables.parked.items()
        for one in waiting.values()
        if user_id in _names(one)
    }
    return found


def forgetting(tables: Tables, user_id: str) -> Generator[Request, Answer, Forgotten]:
    """Forget a user of whom the tables tell by the time when it begins."""
    return (yield from forget_user(user_id, customers_naming(tables, user_id), tables.policy, KEYS))


def forget(tables: Tables, user_id: str) -> Forgotten:
    """Forget a user, alone."""
    return tables.hold(forgetting(tables, user_id))


def traces(tables: Tables, user_id: str) -> list[str]:
    """Where the tables still name a user; what others' claims tell of a change of hands is theirs."""
    found = [f"profile of {user}" for user, item in tables.profiles.items() if user_id in _texts(item)]
    found += [f"profile {user}" for user in tables.profiles if user == user_id]
    found += [f"link {key}" for key, link in tables.links.items() if user_id in _texts(link)]
    found += [f"record {key}" for key, record in tables.customers.items() if user_id in _texts(record)]
    waiting = ((customer, key, one) for customer, all_ in tables.parked.items() for key, one in all_.items())
    return found + [
        f"parked {key} of {customer}"
        for customer, key, one in waiting
        if user_id in _names(one) and not _is_anothers(tables, user_id, customer, one)
    ]


def _is_anothers(tables: Tables, user_id: str, customer_id: str, one: Any) -> bool:
    """Whether what waits is about a subscription that somebody else has a claim to, or nobody any more."""
    claim = tables.links.get((customer_id, one.subscription_id or ""), {}).get("claim")
    return claim is not None and claim["u"] != user_id


def _names(one: Any) -> frozenset[str]:
    if isinstance(one, Moved):
        return frozenset(filter(None, (one.held.claim and one.held.claim.user_id,)))
    return frozenset(filter(None, (one.user_id,)))


def _texts(value: Any) -> frozenset[str]:
    """Every text in a value, but in the parts that are the business of others."""
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, Mapping):
        parts = [inner for name, inner in value.items() if name not in _OF_OTHERS]
    elif isinstance(value, list | tuple | set | frozenset):
        parts = list(value)
    else:
        return frozenset()
    return frozenset[str]().union(*map(_texts, parts))
