"""From what a person types to users: the id of one, or of a customer, subscription or event. Reads only."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs

from stripe_handler_cli.composed.console.desk import LOG_PARTS_AT_ONCE, Desk
from stripe_handler_cli.stack.function_log import LogLine, patterns

_MONTH = timedelta(days=30)


@attrs.frozen
class Found:
    """What was found.

    Attributes:
        users: Their ids, sorted.
        what: What was looked for, in words.
        place: Where on the user's page it is, an anchor; empty for its top.
    """

    users: tuple[str, ...]
    what: str
    place: str = ""


def find(desk: Desk, typed: str) -> Found:
    """Look for it; a text that begins as no id of Stripe's is taken for a user's id."""
    if typed.startswith("cus_"):
        return _or_a_user(desk, typed, Found(desk.stack.tables.customer(typed).users, f"customer {typed}"))
    if typed.startswith("sub_"):
        users = {*_of_lines(desk, typed), *_of_links(desk, typed)}
        return _or_a_user(desk, typed, Found(tuple(sorted(users)), f"subscription {typed}"))
    if typed.startswith("evt_"):
        log, now = desk.stack.function_log, desk.now()
        history = log.history(typed, log.read_from(now))
        users = {user for line in history.attempts for user in _users_of(line)}
        return _or_a_user(desk, typed, Found(tuple(sorted(users)), f"event {typed}", typed))
    return Found((typed,), f"user {typed}")


def _or_a_user(desk: Desk, typed: str, found: Found) -> Found:
    """An app may give its users ids that look like Stripe's."""
    if found.users or desk.stack.tables.user(typed).profile is None:
        return found
    return Found((typed,), f"user {typed}")


def _users_of(line: LogLine) -> Iterator[str]:
    if line.user_id is not None:
        yield line.user_id
    yield from (one.user_id for one in line.also_applied)


def _of_lines(desk: Desk, subscription_id: str) -> set[str]:
    """Whose profile the newest line of a subscription is about."""
    log, now = desk.stack.function_log, desk.now()
    since: datetime = log.read_from(now, now - _MONTH)
    wanted = patterns([("subscription_id", subscription_id)])
    lines = list(
        log.lines(
            wanted,
            lambda line: line.subscription_id == subscription_id,
            since,
            now,
            at_once=LOG_PARTS_AT_ONCE,
        )
    )
    named = [line.user_id for line in lines if line.user_id is not None]
    return set(named[-1:])


def _of_links(desk: Desk, subscription_id: str) -> set[str]:
    """Who owns a subscription, by a scan of the links: no index leads there."""
    found: set[str] = set()
    after, is_over = None, False
    while not is_over and not found:
        page = desk.stack.tables.scan_links(after)
        found |= {link.owner for link in page.links if link.subscription_id == subscription_id}
        after = page.after
        is_over = after is None
    return found
