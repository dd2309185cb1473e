"""The scenarios: whole stories of one subscription or several. Each is a generator over one life."""

from collections.abc import Callable

from stripe_handler_cli.lab.simulator import phases
from stripe_handler_cli.lab.simulator.calendar_time import DAY, HOUR, MINUTE
from stripe_handler_cli.lab.simulator.catalogue import MAIN_MONTHLY, OTHER_APP
from stripe_handler_cli.lab.simulator.life import Life, Steps
from stripe_handler_cli.lab.simulator.naming import another_user, complete_session, relabel
from stripe_handler_cli.lab.simulator.operations import (
    bill,
    bill_one_off,
    delete,
    dun,
    fail,
    new_subscription,
    next_period,
    pay,
    renewal,
    request_cancellation,
    run_out,
    swap_price,
    until,
    void,
    write_off,
)
from stripe_handler_cli.lab.simulator.options import USER_ID_KEY
from stripe_handler_cli.lab.simulator.state import Invoice, Subscription

Story = Callable[[Life], Steps[None]]


def buy(life: Life) -> Steps[None]:
    """Bought, paid, renewed a few times, still running."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *[phases.nothing] * life.rng.randrange(4))


def leave_unpaid(life: Life) -> Steps[None]:
    """Visits to a page where nobody pays: each leaves an `incomplete` subscription; some buy in the end.

    Such a page is the app's own (`payment_behavior=default_incomplete`), or a Checkout before 2025-03-31: one
    that nobody pays since then leaves nothing.
    """
    for _ in range(life.rng.choice((1, 1, 2, 3))):
        life.start(_visit(life))
        yield life.rng.randrange(MINUTE, 2 * DAY)
    if life.chance(0.5):
        yield life.rng.randrange(MINUTE, 9 * DAY)
        yield from buy(life)


def _visit(life: Life) -> Steps[None]:
    subscription = new_subscription(life, "incomplete")
    invoice = bill(life, subscription, "subscription_create")
    life.tell("created", subscription)
    yield life.rng.randrange(10 * MINUTE)
    if life.chance(0.3):
        fail(life, invoice, None)
    yield until(life, subscription.created + 23 * HOUR) + life.rng.randrange(MINUTE)
    void(life, invoice)
    life.update(subscription, status="incomplete_expired", ended_at=life.now)


def trial_converts(life: Life) -> Steps[None]:
    """A trial that becomes a paid subscription."""
    subscription = yield from phases.trial(life)
    pay(life, (yield from phases.trial_turns_paid(life, subscription)))
    yield from phases.periods(life, subscription, *phases.some(life, 2))


def trial_fails(life: Life) -> Steps[None]:
    """A trial whose first payment fails for good, or only at first."""
    subscription = yield from phases.trial(life)
    invoice = yield from phases.trial_turns_paid(life, subscription)
    yield from _dun_somehow(life, subscription, invoice)


def _dun_somehow(life: Life, subscription: Subscription, invoice: Invoice) -> Steps[None]:
    outcome = life.rng.choice(("active", "past_due", "unpaid", "canceled"))
    return dun(life, subscription, invoice, life.rng.randrange(1, 5), outcome)


def trial_pauses(life: Life) -> Steps[None]:
    """A trial without a payment method: paused, then resumed, canceled or left alone."""
    subscription = yield from phases.trial(life, at_end_without_payment_method="pause")
    life.update(subscription, status="paused")
    yield life.soon()
    life.tell("paused", subscription)
    yield life.rng.randrange(HOUR, 20 * DAY)
    what = life.rng.choice(("resume", "resume", "cancel", "stay"))
    if what == "resume":
        yield from phases.resume(life, subscription)
        yield from phases.periods(life, subscription, *phases.some(life, 2))
    elif what == "cancel":
        delete(life, subscription, "cancellation_requested")


def trial_cancels(life: Life) -> Steps[None]:
    """A trial that ends with nothing bought."""
    asked = "cancel" if life.version.has_paused else "create_invoice"
    subscription = yield from phases.trial(life, at_end_without_payment_method=asked)
    delete(life, subscription, "cancellation_requested", subscription.trial_end)


def upgrade(life: Life) -> Steps[None]:
    """Upgrades and downgrades."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *[phases.price_swap] * life.rng.randrange(1, 4))


def quantities(life: Life) -> Steps[None]:
    """Seats come and go."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *[phases.quantity] * life.rng.randrange(1, 4))


def several_items(life: Life) -> Steps[None]:
    """Add-ons, seats and usage come, go and are made anew; since 2025 with periods of their own."""
    subscription = yield from phases.checkout(life, price=life.rng.choice(MAIN_MONTHLY))
    kinds = (phases.add_item, phases.add_item, phases.remove_item, phases.recreate_item, phases.quantity)
    later = life.rng.choices(kinds, k=life.rng.randrange(1, 5))
    yield from phases.periods(life, subscription, phases.add_item, *later)
    if life.chance(0.4):
        # What happened last is not followed by a renewal, after which deleted items are listed no more.
        yield phases.part_of_period(life, subscription)
        yield from life.rng.choice((phases.remove_item, phases.recreate_item))(life, subscription)


def portal_cancel(life: Life) -> Steps[None]:
    """Canceled in the portal, and over at the period's end (or still running out)."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *phases.some(life, 2))
    yield phases.part_of_period(life, subscription)
    request_cancellation(life, subscription)
    if life.chance(0.8):
        yield from run_out(life, subscription)


def portal_uncancel(life: Life) -> Steps[None]:
    """Canceled in the portal, undone, renewed."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, phases.cancel_and_stay, *phases.some(life, 1))


def immediate_cancel(life: Life) -> Steps[None]:
    """Canceled at once; an update of the second before may carry a later stamp than the deletion."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *phases.some(life, 2))
    yield phases.part_of_period(life, subscription)
    if life.chance(0.3):
        with life.updating(subscription, stamped_later=1):
            subscription.metadata = {**subscription.metadata, "leaves": "yes"}
    delete(life, subscription, "cancellation_requested")


def collection_paused(life: Life) -> Steps[None]:
    """Collection is paused, and mostly taken up again; what is billed meanwhile is voided or given up."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, phases.pause_collection, *phases.some(life, 1))
    if life.chance(0.4):
        yield phases.part_of_period(life, subscription)
        phases.begin_pause(life, subscription)
        yield from phases.periods(life, subscription, *[phases.nothing] * life.rng.randrange(2))


def _fall_due(life: Life, outcome: str) -> Steps[Subscription]:
    subscription = yield from phases.checkout(life, price=life.rng.choice(MAIN_MONTHLY))
    yield from phases.periods(life, subscription, *phases.some(life, 2))
    invoice = yield from renewal(life, subscription)
    yield from dun(life, subscription, invoice, life.rng.randrange(1, 5), outcome)
    return subscription


def dunning_recovered(life: Life) -> Steps[None]:
    """A renewal fails and is paid after all."""
    subscription = yield from _fall_due(life, "active")
    yield from phases.periods(life, subscription, *phases.some(life, 1))


def dunning_past_due(life: Life) -> Steps[None]:
    """A renewal fails for good, and the account leaves such subscriptions past due."""
    yield from _fall_due(life, "past_due")


def dunning_unpaid(life: Life) -> Steps[None]:
    """A renewal fails for good: unpaid. Periods go on without attempts; some pay later, some are canceled."""
    subscription = yield from _fall_due(life, "unpaid")
    for _ in range(life.rng.randrange(3)):
        invoice = yield from next_period(life, subscription)
        if life.chance(0.3):
            yield life.rng.randrange(HOUR, DAY)
            pay(life, invoice)
            life.update(subscription, status="active")
            return
    if life.chance(0.3):
        yield DAY
        delete(life, subscription, "payment_failed")


def canceled_while_due(life: Life) -> Steps[None]:
    """A renewal fails, and before Stripe tries again the subscription is canceled; that attempt fails too."""
    subscription = yield from phases.checkout(life, price=life.rng.choice(MAIN_MONTHLY))
    invoice = yield from renewal(life, subscription)
    fail(life, invoice, life.now + 3 * DAY)
    yield life.soon()
    life.update(subscription, status="past_due")
    yield life.rng.randrange(HOUR, 2 * DAY)
    delete(life, subscription, "cancellation_requested")
    if life.chance(0.5):
        yield until(life, invoice.next_attempt or life.now)
        fail(life, invoice, None)


def invoice_voided(life: Life) -> Steps[None]:
    """A renewal fails, and the account voids its invoice: nothing is owed any more."""
    subscription, invoice = yield from _due(life)
    void(life, invoice)
    yield from _in_good_standing(life, subscription)


def invoice_written_off(life: Life) -> Steps[None]:
    """A renewal fails, and the account gives its invoice up; some are paid or voided after all."""
    subscription, invoice = yield from _due(life)
    write_off(life, invoice)
    yield from _in_good_standing(life, subscription)
    what = life.rng.choice(("stay", "stay", "pay", "void"))
    yield life.rng.randrange(HOUR, 2 * DAY)
    if what == "pay":
        pay(life, invoice, out_of_band=life.chance(0.5))
    elif what == "void":
        void(life, invoice)


def _due(life: Life) -> Steps[tuple[Subscription, Invoice]]:
    subscription = yield from phases.checkout(life, price=life.rng.choice(MAIN_MONTHLY))
    yield from phases.periods(life, subscription, *phases.some(life, 1))
    invoice = yield from renewal(life, subscription)
    while invoice.total <= 0:
        pay(life, invoice)
        invoice = yield from renewal(life, subscription)
    yield from dun(life, subscription, invoice, life.rng.randrange(1, 4), "past_due")
    yield life.rng.randrange(HOUR, DAY)
    return subscription, invoice


def _in_good_standing(life: Life, subscription: Subscription) -> Steps[None]:
    yield life.soon()
    life.update(subscription, status="active")
    if life.chance(0.4):
        yield from phases.periods(life, subscription, phases.nothing)


def zero_invoices(life: Life) -> Steps[None]:
    """A coupon makes the first periods free; a renewal that costs fails, and a credit comes meanwhile."""
    subscription = new_subscription(life, "active")
    subscription.free_until = life.now + life.rng.randrange(2, 60) * DAY
    first = bill(life, subscription, "subscription_create")
    life.tell("created", subscription)
    yield life.soon()
    pay(life, first)
    complete_session(life, subscription, life.naming)
    yield from phases.periods(life, subscription, *phases.some(life, 2))
    invoice = yield from renewal(life, subscription)
    if invoice.total > 0:
        life.start(_credited(life, subscription), life.rng.randrange(HOUR, 5 * DAY))
    yield from _dun_somehow(life, subscription, invoice)


def _credited(life: Life, subscription: Subscription) -> Steps[None]:
    """What was used less is given back: an invoice below zero."""
    if not subscription.is_over:
        with life.updating(subscription):
            items = [subscription.plan]
            credit = bill(life, subscription, "subscription_update", items, credits_it=True)
        yield life.soon()
        pay(life, credit)


def dunning_canceled(life: Life) -> Steps[None]:
    """A renewal fails for good, and the account cancels such subscriptions."""
    yield from _fall_due(life, "canceled")


def resubscribe(life: Life) -> Steps[None]:
    """Canceled in the portal; a second subscription is bought while the first one runs out."""
    first = yield from phases.checkout(life)
    yield from phases.periods(life, first, *phases.some(life, 1))
    yield phases.part_of_period(life, first)
    request_cancellation(life, first)
    life.start(run_out(life, first))
    yield phases.part_of_period(life, first)
    second = yield from phases.checkout(life)
    yield from phases.periods(life, second, *phases.some(life, 2))


def several_subscriptions(life: Life) -> Steps[None]:
    """Two or three subscriptions of one user side by side."""
    for _ in range(life.rng.randrange(1, 3)):
        life.start(mixed(life), life.rng.randrange(40 * DAY))
    yield from mixed(life)


def one_off_invoices(life: Life) -> Steps[None]:
    """Invoices that bill no subscription, beside one that runs or alone."""
    subscription = None
    if life.chance(0.7):
        subscription = yield from phases.checkout(life)
    for _ in range(life.rng.randrange(1, 4)):
        yield life.rng.randrange(MINUTE, 9 * DAY)
        invoice = bill_one_off(life, subscription if life.chance(0.4) else None)
        yield life.soon()
        if life.chance(0.3):
            fail(life, invoice, life.now + 3 * DAY)
            yield 3 * DAY
        pay(life, invoice)


def metadata_later(life: Life) -> Steps[None]:
    """The subscription names no user at first; an update adds the name, soon or after a renewal."""
    subscription = yield from phases.checkout(life, named=False)
    if life.chance(0.4):
        yield from phases.periods(life, subscription, phases.nothing)
    yield life.rng.choice((0, 1, 5, MINUTE, HOUR))
    yield from _named(life, subscription, subscription.owner)


def _named(life: Life, subscription: Subscription, user: str) -> Steps[None]:
    life.update(subscription, owner=user, metadata={**subscription.metadata, USER_ID_KEY: user})
    yield from phases.periods(life, subscription, *phases.some(life, 2))
    if life.chance(0.3):
        yield life.soon()
        delete(life, subscription, "cancellation_requested")


def same_second(life: Life) -> Steps[None]:
    """Bursts of updates in one second."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *[phases.same_second] * life.rng.randrange(1, 4))
    if life.chance(0.3):
        yield phases.part_of_period(life, subscription)
        yield from phases.same_second(life, subscription)
        delete(life, subscription, "cancellation_requested")


def mixed(life: Life) -> Steps[None]:
    """Any opening, any changes, any end."""
    if life.chance(0.25):
        subscription = yield from phases.trial(life)
        pay(life, (yield from phases.trial_turns_paid(life, subscription)))
    else:
        subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *phases.some(life, 4))
    end = life.rng.choice(("stay", "stay", "run out", "cancel", "dun"))
    yield phases.part_of_period(life, subscription)
    if end == "run out":
        request_cancellation(life, subscription)
        yield from run_out(life, subscription)
    elif end == "cancel":
        delete(life, subscription, "cancellation_requested")
    elif end == "dun":
        invoice = yield from renewal(life, subscription)
        yield from _dun_somehow(life, subscription, invoice)


def owner_move(life: Life) -> Steps[None]:
    """The metadata is edited: the subscription belongs to another user from then on."""
    subscription = yield from phases.checkout(life)
    yield from phases.periods(life, subscription, *phases.some(life, 1))
    yield phases.part_of_period(life, subscription)
    yield from _named(life, subscription, another_user(life))


def shared_customer(life: Life) -> Steps[None]:
    """One customer pays for two users, each named by their own subscription."""
    other = another_user(life)
    yield from _for(life, other)
    yield life.rng.randrange(MINUTE, 20 * DAY)
    yield from _for(life, life.user)


def _for(life: Life, user: str) -> Steps[None]:
    subscription = yield from phases.checkout(life, user=user)
    life.start(phases.periods(life, subscription, *phases.some(life, 3)))


def other_app(life: Life) -> Steps[None]:
    """The customer also pays for another app on the same account, which labels its subscriptions or not."""
    for _ in range(life.rng.randrange(1, 3)):
        life.start(_of_the_other_app(life), life.rng.randrange(40 * DAY))
    yield from mixed(life)


def _of_the_other_app(life: Life) -> Steps[None]:
    user = life.rng.choice((None, life.user, "another"))
    user = another_user(life) if user == "another" else user
    metadata = {"app": "other"} if user is None else {"app": "other", USER_ID_KEY: user}
    subscription = yield from phases.checkout(life, price=OTHER_APP, named=False, metadata=metadata)
    kinds = (phases.nothing, phases.detail, phases.quantity)
    yield from phases.periods(life, subscription, *life.rng.choices(kinds, k=life.rng.randrange(4)))
    yield phases.part_of_period(life, subscription)
    end = life.rng.choice(("stay", "cancel", "dun", "become ours"))
    if end == "cancel":
        delete(life, subscription, "cancellation_requested")
    elif end == "dun":
        yield from _dun_somehow(life, subscription, (yield from renewal(life, subscription)))
    elif end == "become ours" and user is not None:
        # What was another app's is ours from then on, by its product; and some goes back.
        swap_price(life, subscription, life.rng.choice(MAIN_MONTHLY))
        yield from phases.periods(life, subscription, phases.nothing)
        if life.chance(0.4):
            yield phases.part_of_period(life, subscription)
            swap_price(life, subscription, OTHER_APP)


def customer_metadata(life: Life) -> Steps[None]:
    """No subscription ever names the user; the customer's own metadata does."""
    life.customer.metadata = {USER_ID_KEY: life.user}
    life.book.note(life.customer, life.now)
    subscription = yield from phases.checkout(life, named=False)
    yield from phases.periods(life, subscription, *phases.some(life, 2))


def paid_out_of_band(life: Life) -> Steps[None]:
    """A failed renewal is paid outside Stripe, of which only `invoice.paid` tells."""
    subscription = yield from phases.checkout(life)
    invoice = yield from renewal(life, subscription)
    yield from dun(life, subscription, invoice, 1, "past_due")
    yield life.rng.randrange(HOUR, DAY)
    pay(life, invoice, out_of_band=True)
    life.update(subscription, status="active")


def moved_about(life: Life) -> Steps[None]:
    """The label goes from user to user and back, and may be taken off."""
    subscription = yield from phases.checkout(life)
    for user in (another_user(life), life.user, another_user(life))[: life.rng.randrange(1, 4)]:
        yield from phases.periods(life, subscription, *phases.some(life, 2))
        yield 1 + phases.part_of_period(life, subscription)
        life.update(subscription, owner=user, metadata={**subscription.metadata, USER_ID_KEY: user})
    yield from phases.periods(life, subscription, *phases.some(life, 1))
    if life.chance(0.3):
        yield 1
        kept = {key: value for key, value in subscription.metadata.items() if key != USER_ID_KEY}
        life.update(subscription, metadata=kept)
    if life.chance(0.3):
        yield life.soon()
        delete(life, subscription, "cancellation_requested")


def shared_by_sessions(life: Life) -> Steps[None]:
    """One customer pays for two users, each named by nothing but their own checkout."""
    for user in (life.user, another_user(life)):
        subscription = yield from phases.checkout(life, user=user, named=False, by="session")
        life.start(phases.periods(life, subscription, *phases.some(life, 2)))
        yield life.rng.randrange(MINUTE, 20 * DAY)


def customer_relabelled(life: Life) -> Steps[None]:
    """The customer's metadata names a user, later another: whatever has no label of its own goes along."""
    yield from relabel(life, life.user)
    subscription = yield from phases.checkout(life, named=False)
    life.start(phases.periods(life, subscription, *phases.some(life, 3)))
    yield life.rng.randrange(MINUTE, 60 * DAY)
    yield from relabel(life, another_user(life))
    yield life.rng.randrange(MINUTE, 9 * DAY)
    another = yield from phases.checkout(life, named=False)
    yield from phases.periods(life, another, *phases.some(life, 2))


def session_and_customer(life: Life) -> Steps[None]:
    """A checkout names one user, the customer's metadata another; the newer counts, or the session."""
    first = life.rng.choice((0, 0, 1, HOUR))
    if life.chance(0.5):
        life.start(relabel(life, another_user(life)), first)
    subscription = yield from phases.checkout(life, named=False, by="session")
    if life.chance(0.5):
        life.start(relabel(life, another_user(life)), life.rng.choice((0, 1, 2, DAY)))
    yield from phases.periods(life, subscription, *phases.some(life, 2))
