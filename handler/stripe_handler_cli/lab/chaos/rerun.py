"""Runs a story again on tables in memory: the handler's own decisions, without AWS. Pure and seeded.

What is left out is what only the real thing has: processes, the network, AWS.
"""

import random
from collections.abc import Callable
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.plan import Event
from stripe_handler_cli.lab.chaos.stories import Story
from stripe_handler_cli.lab.fake_stripe import AHEAD_SECONDS
from stripe_handler_cli.lab.simulator import second_of
from stripe_handler_cli.lab.simulator.options import USER_ID_KEY
from stripe_subscription_handler.conversation.handling import handling
from stripe_subscription_handler.conversation.messages import Fetched, FetchedInvoice, FetchInvoice, Handling
from stripe_subscription_handler.conversation.model import Asked, Tables
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.view import PAYMENT_VIEW, SUBSCRIPTION_VIEW
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.fields import iso_time
from stripe_subscription_handler.events.invoices import read_invoice
from stripe_subscription_handler.events.subscriptions import read_subscription, with_end

VIEW = (*SUBSCRIPTION_VIEW, *PAYMENT_VIEW)
_HANDLERS = 4
_KILL_SHARE = 0.03
_TRIES_PER_DELIVERY = 20

Views = dict[str, dict[str, Any]]
Handle = Callable[[StripeEvent, Policy], Handling]


@attrs.frozen
class _Running:
    """A delivery that is being handled."""

    raw: Event
    event: StripeEvent
    conversation: Handling
    answer: Any = None


def rerun(story: Story, policy: Policy, schedule: int = 0, handle: Handle = handling) -> Views:
    """Run a story to its end, and return what each user's profile says.

    Schedule 0 handles one delivery after the other; any other number seeds an interleaving of several
    handlers, some of which die.
    """
    rng = random.Random(schedule)  # noqa: S311 - repeatable on purpose
    stripe = _Stripe(story)
    tables = Tables(policy=policy, stripe=stripe.fetched, customer_users=stripe.customer_users)
    waiting, running = list(story.deliveries), list[_Running]()
    tries = _TRIES_PER_DELIVERY * len(waiting)
    most = _HANDLERS if schedule else 1
    while waiting or running:
        if waiting and (not running or (len(running) < most and rng.random() < 1 / 2)):
            raw = waiting.pop(0)
            stripe.sent(raw)
            event = parse_event(raw)
            running.append(_Running(raw, event, handle(event, policy)))
            continue
        one = running.pop(rng.randrange(len(running)))
        try:
            request = one.conversation.send(one.answer)
        except StopIteration:
            continue
        except HandlerError:
            ends_early = True
        else:
            one = attrs.evolve(one, answer=tables.execute(request, one.event))
            ends_early = bool(schedule) and rng.random() < _KILL_SHARE
        if not ends_early:
            running.append(one)
        elif (tries := tries - 1) > 0:
            waiting.append(one.raw)
    profiles = {user: tables.profiles.get(user, {}) for user in story.life.users}
    return {user: {name: item[name] for name in item if name in VIEW} for user, item in profiles.items()}


@attrs.define
class _Stripe:
    """What Stripe says while a story runs: as it was shortly after the newest event so far."""

    story: Story
    now: int = 0

    def sent(self, raw: Event) -> None:
        self.now = max(self.now, second_of(raw) + int(AHEAD_SECONDS))

    def fetched(self, request: Asked) -> Fetched | FetchedInvoice:
        # The round trip is below a second, so the answer counts as of two seconds before its date.
        as_of = iso_time(self.now - 2, "now")
        if isinstance(request, FetchInvoice):
            bill = self.story.book.find("invoice", request.invoice_id, self.now)
            return FetchedInvoice(read_invoice(bill, "invoice", USER_ID_KEY) if bill else None, as_of)
        body = self.story.book.find("subscription", request.subscription_id, self.now)
        if body is None:
            return Fetched(None, as_of)
        return Fetched(with_end(read_subscription(body, "subscription", USER_ID_KEY), as_of), as_of)

    @property
    def customer_users(self) -> dict[str, str]:
        return {
            customer.id: user
            for customer in self.story.book.customers.values()
            if (user := customer.metadata.get(USER_ID_KEY))
        }
