"""What names a life's user beside the labels of subscriptions: checkout sessions, and the customer. Steps.

It is drawn from the life's `aside`: with sessions and customers or without, all else in a life is the same.
"""

import random

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, MINUTE
from stripe_handler_cli.lab.simulator.life import Life, Naming, Steps, stripe_id
from stripe_handler_cli.lab.simulator.options import USER_ID_KEY, SimulationOptions
from stripe_handler_cli.lab.simulator.state import CheckoutSession, Subscription

_BY_SESSION, _BY_CUSTOMER = 0.3, 0.2
"""Shares of the lives in which nothing but that names the user."""
_MISTAKEN = 0.2
"""Share of the sessions beside a label that name another user, whom nobody believes then."""
_SOME = 0.3
_LATER = (0, 1, 5, MINUTE, HOUR, DAY)


def drawn_naming(
    aside: random.Random, options: SimulationOptions, version: ApiVersion, *, own_page: bool
) -> Naming:
    """Draw what names the user of a life; with a payment page of its own there are no sessions."""
    may_be_session = options.tells_sessions and version.has_checkout_sessions and not own_page
    by_session = _BY_SESSION if may_be_session else 0
    by_customer = _BY_CUSTOMER if options.tells_customers else 0
    weights = (by_session, by_customer, 1 - by_session - by_customer)
    found: Naming = aside.choices(("session", "customer", "label"), weights)[0]
    return found


def metadata_of(life: Life, user: str, *, named: bool) -> dict[str, str]:
    """The metadata that a new subscription of ours has: what says so, and the user if it is `named`."""
    label = {USER_ID_KEY: user} if named and life.naming == "label" else {}
    return {**life.options.settings.required_metadata, **label}


def has_own_page(life: Life, by: Naming) -> bool:
    """Whether something is bought on the app's own page; what a session names is not."""
    return life.own_page and by != "session"


def complete_session(life: Life, subscription: Subscription, by: Naming) -> None:
    """The checkout that made a subscription is over, and Stripe says so within moments.

    `by` is what names the subscription's user. A page of the app's own has no sessions.
    """
    if has_own_page(life, by):
        return
    if life.options.tells_sessions and life.version.has_checkout_sessions:
        delay = life.aside.choices((0, 1, 2, 3), weights=(60, 25, 10, 5))[0]
        life.start(_completed(life, subscription, by), delay)


def _completed(life: Life, subscription: Subscription, by: Naming) -> Steps[None]:
    metadata: dict[str, str] = {}
    reference = None
    if by == "session":
        metadata, reference = life.aside.choice(
            (
                ({}, subscription.owner),
                ({USER_ID_KEY: ""}, subscription.owner),
                ({USER_ID_KEY: subscription.owner}, None),
                ({USER_ID_KEY: subscription.owner}, "cart-1"),
            )
        )
    elif by == "label" and life.aside.random() < _MISTAKEN:
        reference = another_user(life)
    session = CheckoutSession(
        id=stripe_id(life.aside, "cs_test"),
        created=life.now,
        customer=life.customer,
        subscription=subscription.copy(),
        metadata=metadata,
        client_reference_id=reference,
    )
    life.tell_session(session)
    yield 0


def begin_customer(life: Life) -> None:
    """The customer is made, with a label or without; some get it later, all may change otherwise."""
    if not life.options.tells_customers:
        return
    later = life.aside.choice(_LATER)
    is_named = life.naming == "customer"
    if is_named and later == 0:
        life.customer.metadata = {USER_ID_KEY: life.user}
    life.tell_customer("created")
    if is_named and later:
        life.start(relabel(life, life.user), later)
    if life.aside.random() < _SOME:
        life.start(_described(life), life.aside.randrange(30 * DAY))


def relabel(life: Life, user: str) -> Steps[None]:
    """The customer's metadata names a user, or another one than before."""
    with life.updating_customer():
        life.customer.metadata = {**life.customer.metadata, USER_ID_KEY: user}
    yield 0


def _described(life: Life) -> Steps[None]:
    with life.updating_customer():
        life.customer.description = "Pays for the club"
    yield 0


def end_customer(life: Life) -> None:
    """Some customers whose subscriptions are all over are deleted in the end."""
    states = [states[-1][1] for states in life.book.subscriptions.values()]
    may_go = life.options.tells_customers and all(state.is_over for state in states)
    if may_go and life.aside.random() < _SOME:
        life.now += life.aside.randrange(1, DAY)
        life.tell_customer("deleted")
        life.customer.deleted = True
        life.book.note(life.customer, life.now)


def another_user(life: Life) -> str:
    """A second user of this life, made on first use."""
    if len(life.users) == 1:
        life.users.append(f"{life.user}_b")
    return life.users[1]
