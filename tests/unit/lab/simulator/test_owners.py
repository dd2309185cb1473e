"""Whose a subscription is, on books written by hand: each rule of who names it, and which one wins."""

from typing import Any

import pytest

from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.owners import owner_of
from stripe_handler_cli.lab.simulator.state import CheckoutSession, Customer, Subscription

T0 = 1_700_000_000


def _metadata(user: str | None) -> dict[str, str]:
    return {} if user is None else {"userId": user}


def _book(
    labels: list[str | None],
    sessions: dict[int, tuple[str | None, str | None]] | None = None,
    customer: dict[int, str | None] | None = None,
) -> Book:
    """Labels of the subscription, one a second; second → session's label and reference, customer's label."""
    book, one = Book(), Customer("cus_1", T0, 1)
    fields: dict[str, Any] = dict.fromkeys(("owner", "status"), "")
    fields |= {"items": [], "anchor": T0, "flexible": False, "changed_plan_at": T0, "created": T0}
    subscription = Subscription(id="sub_1", customer=one, **fields)
    for second, label in enumerate(labels):
        subscription.metadata = _metadata(label)
        book.note(subscription, T0 + second)
    for second, (user, reference) in (sessions or {}).items():
        made = CheckoutSession(f"cs_{second}", T0 + second, one, subscription, _metadata(user), reference)
        book.note(made, T0 + second)
    for second, user in (customer or {}).items():
        one.metadata = _metadata(user)
        book.note(one, T0 + second)
    return book


@pytest.mark.parametrize(
    ("book", "owner"),
    [
        (_book([None]), None),
        (_book(["u1"]), "u1"),
        (_book(["u1", "u2"]), "u2"),
        (_book(["u1", None]), "u1"),
        (_book([None, "u1"], {9: ("u2", None)}, {9: "u3"}), "u1"),
        (_book([None], {0: ("u1", None)}), "u1"),
        (_book([None], {0: (None, "u1")}), "u1"),
        (_book([None], {0: ("u1", "u2")}), "u1"),
        (_book([None], {0: (None, None)}), None),
        (_book([None], {5: ("u1", None)}, {0: None, 4: "u2"}), "u1"),
        (_book([None], {5: ("u1", None)}, {0: None, 5: "u2"}), "u1"),
        (_book([None], {5: ("u1", None)}, {0: None, 6: "u2"}), "u2"),
        (_book([None], None, {0: "u1", 6: "u2"}), "u2"),
        (_book([None], None, {0: "u1", 6: None}), "u1"),
        # Made with a label, changed otherwise later: that says nothing anew.
        (_book([None], {5: ("u1", None)}, {0: "u2", 6: "u2"}), "u1"),
        # What it was made with comes before all else, even a session of the second before.
        (_book([None], {0: ("u1", None)}, {1: "u2"}), "u1"),
    ],
)
def test_who_named_the_user_counts(book: Book, owner: str | None) -> None:
    """Its own label; else the newer of session and customer, and of one second the session."""
    assert owner_of(book, "sub_1") == owner


def test_a_session_names_the_user_of_its_own_subscription_only() -> None:
    """Another one of the same customer has nothing of it."""
    book = _book([None], {0: ("u1", None)})
    other = book.subscriptions["sub_1"][0][1].copy()
    other.id = "sub_2"
    book.note(other, T0)
    assert (owner_of(book, "sub_1"), owner_of(book, "sub_2")) == ("u1", None)
