"""What a user's profile item is after some events, delivered one after the other, under an app's settings."""

from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.events.envelope import parse_event
from support.model import Tables
from support.stripe_account import selection_of

USER = "user_1"


def tables_after(*raw: Mapping[str, Any], **settings: Any) -> Tables:
    """The tables after raw events, each of which may fail only by an assertion of the test."""
    shows = ViewSettings(**settings)
    tables = Tables(policy=Policy(shows=shows))
    for one in raw:
        tables.deliver(parse_event(one, selection_of(shows)))
    return tables


def profile_after(*raw: Mapping[str, Any], **settings: Any) -> Mapping[str, Any]:
    """The only user's profile item."""
    return tables_after(*raw, **settings).profiles[USER]
