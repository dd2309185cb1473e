"""What the operation `sync` is asked, read and checked. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

import attrs

from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.fields import is_storable
from stripe_subscription_handler.loggable import loggable

Kind = Literal["checkout_session", "subscription", "customer", "user_id"]
"""What can be asked about: the argument that names it."""
KINDS: tuple[Kind, ...] = get_args(Kind)
EXPECTED = "expected_user_id"
_OF_STRIPE = re.compile(r"(?!(sk|rk|pk|whsec)_)\w{1,255}", re.ASCII)
"""What an id of Stripe's looks like; a key or a secret is none."""
_OF_CUSTOMER = re.compile(r"(?!\.+$)(?!(sk|rk|pk|whsec)_)\S{1,255}")
"""Old accounts chose their customers' ids freely."""


@attrs.frozen
class Question:
    """What is to be brought up to date, and for whom.

    Attributes:
        kind: What the id names.
        id: Stripe's, or the app's own of a user.
        expected_user_id: Whose it must be; None: whoever's it is.
    """

    kind: Kind
    id: str
    expected_user_id: str | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, Any], policy: Policy) -> "Question":
        """Read the operation's arguments.

        Raises:
            InvalidEventError: One is missing, unknown, or cannot be what it should be; `field` names it.
        """
        unknown = sorted(str(name) for name in arguments if name not in {*KINDS, EXPECTED})
        if unknown:
            raise InvalidEventError(
                loggable(unknown[0]) or "", f"is not one of {', '.join(KINDS)}, {EXPECTED}"
            )
        # An argument that is null counts as one that is not there: so an app writes what it does not have.
        named = [kind for kind in KINDS if arguments.get(kind) is not None]
        if len(named) != 1:
            told = " and ".join(named) if named else "none"
            raise InvalidEventError("sync", f"takes exactly one of {', '.join(KINDS)}; there is {told}")
        [kind] = named
        identifier = arguments[kind]
        if kind == "user_id":
            identifier = _user_id(kind, identifier, policy)
        else:
            pattern = _OF_CUSTOMER if kind == "customer" else _OF_STRIPE
            is_text = isinstance(identifier, str) and is_storable(identifier)
            if not is_text or not pattern.fullmatch(identifier):
                raise InvalidEventError(kind, "must be an id of Stripe's")
        expected = arguments.get(EXPECTED)
        return cls(kind, identifier, None if expected is None else _user_id(EXPECTED, expected, policy))

    def is_for(self, user_id: str | None) -> bool:
        """Whether the answer may be about a user."""
        return self.expected_user_id is None or user_id == self.expected_user_id


def _user_id(name: str, value: Any, policy: Policy) -> str:
    if not isinstance(value, str) or not is_storable(value) or not policy.is_user_id(value):
        raise InvalidEventError(name, "must be a user id that matches USER_ID_PATTERN")
    return value
