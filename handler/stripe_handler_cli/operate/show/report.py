"""Draws what is stored of users and customers for people. Only prints."""

from rich.console import Console
from rich.markup import escape

from stripe_handler_cli.common.tables import shown, table
from stripe_handler_cli.stack.stored import CustomerRecord, UserRecord
from stripe_handler_cli.stack.stored.words import PaymentVersion, StateVersion, why_shown


def print_user(console: Console, record: UserRecord) -> None:
    key = " ".join(f"{name}={value}" for name, value in record.key.items())
    console.print(f"[bold]{escape(record.user_id)}[/bold]  [dim]{escape(key)}[/dim]")
    if record.profile is None:
        console.print("[red]no profile[/red]: the profile table has no such item")
        return
    _print_profile(console, record)
    _print_subscriptions(console, record)
    _print_payments(console, record)
    ledger = record.ledger
    if ledger.closed or ledger.floor:
        floor = f", none of those created until {ledger.floor} by id" if ledger.floor else ""
        console.print(f"{len(ledger.closed)} more dead subscriptions, kept as ids{floor}")
    names = ", ".join(record.app_attributes) or "none"
    console.print(f"{len(record.app_attributes)} attributes of the app's own: {escape(names)}")


def print_customer(console: Console, record: CustomerRecord) -> None:
    users = ", ".join(record.users) or "no user is linked"
    console.print(f"\n[bold]{record.customer_id}[/bold]  {escape(users)}")
    if record.owners:
        owners = table("subscription", "owner")
        for subscription_id, user_id in record.owners.items():
            owners.add_row(subscription_id, escape(user_id))
        console.print(owners)
    if record.parked:
        waiting = table("parked event", "type", "since", "forgotten at")
        for event in record.parked:
            waiting.add_row(event.event_id, event.event_type or "?", event.parked_at, event.expires_at)
        console.print(waiting)
    if record.lost:
        console.print(f"[red]waited too long and are gone[/red]: {', '.join(record.lost)}")


def _print_profile(console: Console, record: UserRecord) -> None:
    profile = record.profile or {}
    differences = record.differences
    rows = table("attribute", "value")
    for name in sorted({**profile, **differences}):
        value = shown(profile.get(name, "(absent)"))
        if name in differences:
            expected = differences[name][0]
            value = f"[red]{value}[/red], the ledger says {shown('absent' if expected is None else expected)}"
        rows.add_row(name, value)
    console.print(rows if profile or differences else "no subscription is shown")
    if differences:
        console.print("[red]Somebody else has changed these attributes:[/red] this project leaves none so.")


def _print_subscriptions(console: Console, record: UserRecord) -> None:
    rows = table("subscription", "status", "newest known", "shown to the app", "customer", "owner link")
    for register in record.registers:
        subscription = register.subscription
        version = str(StateVersion.of(register.version))
        if len(register.candidates) > 1:
            version += f", {len(register.candidates)} of that second"
        rows.add_row(
            subscription.id,
            shown(subscription.status),
            version,
            shown(why_shown(register, record.registers, record.user_id)),
            subscription.customer_id,
            "written" if register.linked else "[yellow]not yet[/yellow]",
        )
    if record.registers:
        console.print()
        console.print(rows)


def _print_payments(console: Console, record: UserRecord) -> None:
    rows = table("newest payment of", "status", "at", "amount", "invoice", "event")
    for subscription_id, payment in sorted(record.ledger.payments.items()):
        amount = "" if payment.amount is None else f"{payment.amount} {payment.currency or ''}".strip()
        event_id = PaymentVersion.of(payment.version).event_id
        rows.add_row(subscription_id, payment.status, payment.at, amount, payment.invoice_id, event_id)
    if record.ledger.payments:
        console.print()
        console.print(rows)
