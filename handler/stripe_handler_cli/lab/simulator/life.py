"""One simulated customer: a clock, what the account holds, and the events it has sent so far.

Scenarios are generators: they change things at `life.now` and yield how many seconds to wait. Several run in
one life at the same time; the life's agenda wakes them in the order of their time. Knows no scenario.
"""

import heapq
import random
import string
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import attrs

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book, PaymentFact
from stripe_handler_cli.lab.simulator.catalogue import FEATURES
from stripe_handler_cli.lab.simulator.expansion import expand_invoice, expand_session, expand_subscription
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED, SimulationOptions
from stripe_handler_cli.lab.simulator.previous import previous_attributes
from stripe_handler_cli.lab.simulator.render_entitlements import MOST_TOLD, summary_object, told
from stripe_handler_cli.lab.simulator.render_invoices import invoice_object
from stripe_handler_cli.lab.simulator.render_sessions import session_object
from stripe_handler_cli.lab.simulator.render_subscriptions import customer_object, subscription_object
from stripe_handler_cli.lab.simulator.state import (
    CheckoutSession,
    Customer,
    Entitlements,
    Invoice,
    Json,
    Subscription,
)

_ALPHABET = string.digits + string.ascii_letters
_ID_LENGTHS = {"cus": 14, "req": 14, "cs_test": 58}
_ID_LENGTH = 24

_PAYMENT_STATUSES = {
    "invoice.payment_failed": "failed",
    "invoice.voided": "voided",
    "invoice.marked_uncollectible": "uncollectible",
}
"""Event type → what it tells of the invoice; the others say that it is paid."""
_ENTITLING = {"active", "trialing", "past_due"}

_Result = TypeVar("_Result")
Steps = Generator[int, None, _Result]
"""What a scenario is: yields seconds to wait, returns something at the end."""


def stripe_id(rng: random.Random, prefix: str) -> str:
    """An id that looks like Stripe's, such as `evt_9zP…`; there is no order in ids."""
    return f"{prefix}_{''.join(rng.choices(_ALPHABET, k=_ID_LENGTHS.get(prefix, _ID_LENGTH)))}"


@attrs.frozen
class Happening:
    """An event and the second in which it truly happened.

    Attributes:
        second: The second. Stripe may stamp an update a second after the deletion it preceded, so the event
            can be of another one.
        event: As it is sent.
        snapshot: As Stripe's API lists it; the same unless a thin event is sent.
    """

    second: int
    event: Json
    snapshot: Json


Naming = Literal["label", "session", "customer"]
"""What names the user of a life's subscriptions: their own metadata, their session, or their customer."""


@attrs.define
class Life:
    """One customer's life while it is being simulated; its events carry `expanded` references whole.

    Attributes:
        aside: The source of chance of sessions and customers, so that all else in a life is the same without
            them.
        entitled: The same for entitlements; None: they are not told.
        own_page: Whether the app has a payment page of its own, where that differs from Checkout.
    """

    rng: random.Random
    aside: random.Random
    options: SimulationOptions
    version: ApiVersion
    users: list[str]
    customer: Customer
    now: int
    expanded: frozenset[str]
    naming: Naming = "label"
    own_page: bool = False
    entitled: random.Random | None = None
    book: Book = attrs.Factory(Book)
    happenings: list[Happening] = attrs.Factory(list)
    _agenda: list[tuple[int, int, Steps[Any]]] = attrs.Factory(list)
    _started: int = 0

    def __attrs_post_init__(self) -> None:
        self.book.note(self.customer, self.now)

    @property
    def user(self) -> str:
        return self.users[0]

    def new_id(self, prefix: str) -> str:
        return stripe_id(self.rng, prefix)

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of cases happens now."""
        return self.rng.random() < share

    def soon(self) -> int:
        """A wait in which Stripe does the next thing by itself: mostly within the same second."""
        return self.rng.choices((0, 1, 2, 3), weights=(60, 25, 10, 5))[0]

    def start(self, steps: Steps[Any], delay: int = 0) -> None:
        """Let something begin after so many seconds, beside what is already under way."""
        self._started += 1
        heapq.heappush(self._agenda, (self.now + delay, self._started, steps))

    def run(self) -> None:
        while self._agenda:
            self.now, order, steps = heapq.heappop(self._agenda)
            try:
                wait = next(steps)
            except StopIteration:
                continue
            heapq.heappush(self._agenda, (self.now + wait, order, steps))

    @contextmanager
    def updating(self, subscription: Subscription, *, stamped_later: int = 0) -> Iterator[None]:
        """Send `customer.subscription.updated` for what is changed inside, if this version shows it."""
        before = subscription_object(subscription, self.version)
        yield
        after = subscription_object(subscription, self.version)
        previous = previous_attributes(before, after, self.version)
        self._note(subscription)
        if previous:
            self._send_subscription("updated", subscription, after, previous, stamped_later)

    def update(self, subscription: Subscription, **changes: object) -> None:
        """Change fields of a subscription, and send that as one update."""
        with self.updating(subscription):
            for name, value in changes.items():
                setattr(subscription, name, value)

    def tell(self, kind: str, subscription: Subscription) -> None:
        """Send `customer.subscription.<kind>` with the subscription as it is; nothing is told as changed."""
        self._note(subscription)
        body = subscription_object(subscription, self.version)
        self._send_subscription(kind, subscription, body, None, 0)

    def _note(self, subscription: Subscription) -> None:
        self.book.note(subscription, self.now)
        if self.entitled is not None:
            # Stripe works out a customer's entitlements afterwards.
            self.start(self._entitle(self.entitled), self.entitled.choice((1, 1, 2, 5)))

    def _entitle(self, rng: random.Random) -> Steps[None]:
        states = self.book.entitlements.get(self.customer.id, ())
        while states and states[-1][0] == self.now:
            # One second has one summary: nothing tells which of two came last.
            yield 1
        keys = self._entitled_to()
        before = states[-1][1] if states else Entitlements(self.customer, ())
        if keys == before.lookup_keys:
            return
        after = Entitlements(self.customer, keys)
        self.book.note(after, self.now)
        old, new = told(summary_object(before)), told(summary_object(after))
        self._send(ENTITLEMENTS_UPDATED, new, previous_attributes(old, new, CURRENT), self.now, rng)
        yield 0

    def _entitled_to(self) -> tuple[str, ...]:
        states = (states[-1][1] for states in self.book.subscriptions.values())
        products = {
            item.price.product_id for state in states if state.status in _ENTITLING for item in state.items
        }
        keys = sorted({key for product_id in products for key in FEATURES.get(product_id, ())})
        return tuple(keys if self.options.long_entitlements else keys[:MOST_TOLD])

    def tell_payment(self, event_type: str, invoice: Invoice) -> None:
        """Send one of the payment events."""
        self.book.note(invoice, self.now)
        if event_type not in self.options.event_types:
            return
        body = invoice_object(invoice, self.version)
        expand_invoice(body, invoice, self.expanded, self.version)
        self._send(event_type, body, None, self.now)
        if invoice.subscription is not None:
            fact = PaymentFact(
                subscription_id=invoice.subscription.id,
                status=_PAYMENT_STATUSES.get(event_type, "succeeded"),
                second=self.now,
                invoice=invoice.copy(),
            )
            self.book.payments.append(fact)

    @contextmanager
    def updating_customer(self) -> Iterator[None]:
        """Send `customer.updated` for what is changed inside."""
        before = customer_object(self.customer, self.version)
        yield
        previous = previous_attributes(before, customer_object(self.customer, self.version), self.version)
        if previous:
            self.tell_customer("updated", previous)

    def tell_customer(self, kind: str, previous: Json | None = None) -> None:
        """Send `customer.<kind>` with the customer as it is, or was before its deletion."""
        self.book.note(self.customer, self.now)
        self._send(
            f"customer.{kind}", customer_object(self.customer, self.version), previous, self.now, self.aside
        )

    def tell_session(self, session: CheckoutSession) -> None:
        """Send `checkout.session.completed`."""
        self.book.note(session, self.now)
        body = session_object(session, self.version)
        expand_session(body, session, self.expanded, self.version)
        self._send("checkout.session.completed", body, None, self.now, self.aside)

    def _send_subscription(
        self, kind: str, subscription: Subscription, body: Json, previous: Json | None, stamped_later: int
    ) -> None:
        invoices = self.book.invoices.get(subscription.latest_invoice or "")
        latest = invoices[-1][1] if invoices else None
        expand_subscription(body, subscription, latest, self.expanded, self.version)
        self._send(f"customer.subscription.{kind}", body, previous, self.now + stamped_later)

    def _send(
        self,
        event_type: str,
        body: Json,
        previous: Json | None,
        stamp: int,
        rng: random.Random | None = None,
    ) -> None:
        if event_type not in self.options.event_types:
            return
        rng = rng or self.rng
        data = {"object": body} if previous is None else {"object": body, "previous_attributes": previous}
        request_id = stripe_id(rng, "req") if rng.random() < 0.5 else None  # noqa: PLR2004 - a half
        request: Any = {"id": request_id, "idempotency_key": None}
        event = {
            "id": stripe_id(rng, "evt"),
            "object": "event",
            "api_version": self.version.name,
            "created": stamp,
            "data": data,
            "livemode": self.options.livemode,
            "pending_webhooks": 1,
            "request": request if self.version.has_request_object else request_id,
            "type": event_type,
        }
        self.happenings.append(Happening(self.now, event, event))
