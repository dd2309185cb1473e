"""Draws what is stored of users and customers for people. Only prints."""

from collections.abc import Iterable
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.repairs import print_repair
from stripe_handler_cli.common.tables import shown, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.stack.lost_ledger import LedgerLook
from stripe_handler_cli.stack.stored import CustomerRecord, Ownership, UserRecord
from stripe_handler_cli.stack.stored.lost import Lost
from stripe_handler_cli.stack.stored.misplaced import Misplaced
from stripe_handler_cli.stack.stored.owners import CLAIM_WORDS, since_words
from stripe_handler_cli.stack.stored.words import StateVersion, payment_second, why_shown
from stripe_subscription_handler.decisions.access import ACCESS_UNTIL, FOR_EVER, PRODUCTS
from stripe_subscription_handler.decisions.registers import Register


def print_user(
    console: Console, record: UserRecord, look: LedgerLook, now: datetime, stack_options: str
) -> None:
    key = " ".join(f"{name}={value}" for name, value in record.key.items())
    console.print(f"[bold]{escape(record.user_id)}[/bold]  [dim]{escape(key)}[/dim]")
    if look.unread:
        console.print(
            f"[yellow]Whether there was a ledger is not known:[/yellow] {look.unread}. "
            "`stripe-handler explain` reads all of it."
        )
    if record.profile is None:
        console.print("[red]no profile[/red]: the profile table has no such item")
    if look.lost is not None and look.lost.is_forgotten:
        console.print(f"[yellow]forgotten[/yellow]: {shown(look.lost.told_of_forgetting)}")
    elif look.lost is not None:
        told = f"The ledger is gone: {shown(look.lost.told)}"
        print_repair(console, told, look.lost.repair(stack_options))
    if record.profile is None:
        return
    _print_access(console, record, now)
    _print_profile(console, record)
    _print_subscriptions(console, record)
    _print_payments(console, record)
    ledger = record.ledger
    if ledger.closed or ledger.floor:
        floor = f", none of those created until {ledger.floor} by id" if ledger.floor else ""
        console.print(f"{plural(len(ledger.closed), 'more dead subscription')}, kept as ids{floor}")
    if ledger.revision is not None and not (
        ledger.held or ledger.closed or ledger.floor or ledger.entitlements
    ):
        console.print(
            "Its ledger knows nothing more: the user was forgotten, or what they had is others' now."
        )
    names = ", ".join(record.app_attributes) or "none"
    console.print(f"{plural(len(record.app_attributes), 'attribute')} of the app's own: {escape(names)}")


def print_customer(console: Console, record: CustomerRecord) -> None:
    users = ", ".join(record.users) or "no user is linked"
    console.print(f"\n[bold]{record.customer_id}[/bold]  {escape(users)}")
    if record.is_forgotten or record.forgotten_subscriptions:
        count = plural(record.forgotten_subscriptions, "subscription")
        whole = ", and so is what names a user for the customer alone" if record.is_forgotten else ""
        console.print(f"[yellow]forgotten[/yellow]: events of {count} are skipped{whole}")
    if record.deleted is not None:
        console.print(
            f"[yellow]deleted[/yellow] at Stripe {record.deleted}; `stripe-handler forget USER` follows"
        )
    if record.claim is not None:
        since = since_words(record.claim)
        console.print(f"its metadata names {escape(record.claim.user_id)}, since {since}")
    if record.ownerships:
        links = table("subscription", "owner", "by", "since", prose=("owner", "since"))
        for one in record.ownerships:
            links.add_row(one.subscription_id, _owner(one), one.why, _since(one))
        console.print(links)
    if record.parked:
        waiting = table("parked", "what waits", "since", "forgotten at", prose=("what waits",))
        for event in record.parked:
            waiting.add_row(event.event_id, shown(event.what), event.parked_at, event.expires_at)
        console.print(waiting)
    if record.lost:
        console.print(f"[red]waited too long and are gone[/red]: {', '.join(record.lost)}")


def print_to_repair(console: Console, found: Iterable[Misplaced | Lost], stack_options: str) -> None:
    for one in found:
        print_repair(console, shown(one.sentence), one.repair(stack_options))


def _owner(one: Ownership) -> str:
    if one.owner is None:
        return f"[yellow]nobody yet[/yellow], for {shown(one.claim.user_id)}"
    return shown(one.owner)


def _since(one: Ownership) -> str:
    former = f", before it {shown(one.former_user)}" if one.former_user else ""
    return f"{one.since}{former}"


def _theirs_by(record: UserRecord, register: Register) -> str:
    held = record.ledger.of(register.subscription.id)
    told = CLAIM_WORDS[held.claim.kind] if held.claim else ""
    return told if held.linked else f"{told}; [yellow]what waited is not all applied[/yellow]"


def _print_access(console: Console, record: UserRecord, now: datetime) -> None:
    """The answer first: until when, whether that is past, and to what."""
    until, looked = record.access_until, f"looked at {iso(now)}"
    if until is None:
        console.print(f"[yellow]no access[/yellow]: no subscription gives any ({looked})")
    elif not record.has_access(now):
        console.print(f"[red]no access any more[/red]: it ended {shown(until)} ({looked})")
    elif until == FOR_EVER:
        console.print(f"[green]access[/green] without an end: Stripe names no end of a period ({looked})")
    else:
        console.print(f"[green]access[/green] until {shown(until)} ({looked})")
    rows = table("product", "until", "quantity", "status", "subscription", "price", "lookup key")
    for product_id, product in sorted(record.products.items()):
        until = str(product.get("accessUntil"))
        rows.add_row(
            shown(product_id),
            shown(until) if until > iso(now) else f"[red]{shown(until)}, past[/red]",
            *(shown(product.get(name)) for name in ("quantity", "status", "subscriptionId")),
            *(shown(product.get(name)) for name in ("priceId", "lookupKey")),
        )
    if record.products:
        console.print(rows)
    console.print()


def _print_profile(console: Console, record: UserRecord) -> None:
    profile = record.profile or {}
    differences, own = record.differences, record.own_attributes
    rows = table("attribute", "value", prose=("value",))
    told = {ACCESS_UNTIL, PRODUCTS} - differences.keys()
    for name in sorted({**profile, **differences}.keys() - told, key=lambda one: (one in own, one)):
        value = shown(profile.get(name, "(absent)"))
        if name in differences:
            expected = differences[name][0]
            value = f"[red]{value}[/red], the ledger says {shown('absent' if expected is None else expected)}"
        rows.add_row(f"{shown(name)} (own)" if name in own else name, value)
    console.print(rows if profile or differences else "no subscription is shown")
    if profile and record.was_written_under_others:
        console.print(
            "[yellow]The settings have changed since this profile was written.[/yellow] "
            "`stripe-handler reconcile --views --apply` computes all of them anew."
        )
    elif differences:
        console.print("[red]Somebody else has changed these attributes:[/red] this project leaves none so.")


def _print_subscriptions(console: Console, record: UserRecord) -> None:
    rows = table(
        "subscription",
        "status",
        "newest known",
        "shown to the app",
        "customer",
        "theirs by",
        prose=("newest known", "shown to the app", "theirs by"),
    )
    for register in record.registers:
        subscription = register.subscription
        version = str(StateVersion.of(register))
        if len(register.candidates) > 1:
            version += f", {len(register.candidates)} of that second"
        rows.add_row(
            subscription.id,
            shown(subscription.status),
            version,
            shown(why_shown(register, record.registers, record.shows)),
            subscription.customer_id,
            _theirs_by(record, register),
        )
    if record.registers:
        console.print()
        console.print(rows)


def _print_payments(console: Console, record: UserRecord) -> None:
    rows = table("newest payment of", "status", "at", "amount", "invoice", "as of")
    for subscription_id, payment in sorted(record.ledger.payments.items()):
        amount = "" if payment.amount is None else f"{payment.amount} {payment.currency or ''}".strip()
        as_of = payment_second(payment)
        rows.add_row(subscription_id, payment.status, payment.at, amount, payment.invoice_id, as_of)
    if record.ledger.payments:
        console.print()
        console.print(rows)
