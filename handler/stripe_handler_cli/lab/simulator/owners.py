"""Whose each subscription is, from everything that ever named a user for it. Pure.

Written against section 4 of the design, on purpose without the library's own claims, so that the two can be
compared. The subscription's own label beats all else: the last one, even if it was taken off. Where it never
had one, the user counts who was named last, by its checkout session or by its customer's metadata; in one
second, the session's. What a customer was created with comes before all else.
"""

from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.options import USER_ID_KEY

_BEFORE_ALL = -1


def owner_of(book: Book, subscription_id: str) -> str | None:
    """The user whose subscription it is in the end; None where nothing names one."""
    states = [state for _, state in book.subscriptions[subscription_id]]
    labels = [label for state in states if (label := state.metadata.get(USER_ID_KEY))]
    if labels:
        return labels[-1]
    named = [*_by_session(book, subscription_id), *_by_customer(book, states[-1].customer.id)]
    return max(named)[2] if named else None


def entitled_user(book: Book, customer_id: str) -> str | None:
    """The user who has what a customer is entitled to: the owner of all its subscriptions.

    Where they have several, it is the one whom the customer's metadata names; else nobody can say.
    """
    owned = (key for key, states in book.subscriptions.items() if states[-1][1].customer.id == customer_id)
    owners = {owner_of(book, key) for key in owned} - {None}
    if len(owners) == 1:
        return owners.pop()
    named = _by_customer(book, customer_id)
    return max(named)[2] if named and max(named)[2] in owners else None


def _by_session(book: Book, subscription_id: str) -> list[tuple[int, int, str]]:
    sessions = (one for states in book.sessions.values() for one in states)
    # Under a test clock the session's own time is the clock's, which is ahead of what Stripe's events tell.
    return [
        (min(session.created, second), 1, user)
        for second, session in sessions
        if session.subscription.id == subscription_id
        and (user := session.metadata.get(USER_ID_KEY) or session.client_reference_id)
    ]


def _by_customer(book: Book, customer_id: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    before = None
    for index, (second, customer) in enumerate(book.customers.get(customer_id, ())):
        user = customer.metadata.get(USER_ID_KEY)
        if user and user != before:
            found.append((second if index else _BEFORE_ALL, 0, user))
        before = user
    return found
