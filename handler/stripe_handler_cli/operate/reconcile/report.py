"""Tells differences: each as JSON, or a table of the first ones, and what came of all. Prints only."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import attrs
import click
from rich.console import Console

from stripe_handler_cli.common.console import printer
from stripe_handler_cli.common.tables import table
from stripe_handler_cli.common.words import in_words, plural
from stripe_handler_cli.operate.reconcile.owners import OwnersFound
from stripe_handler_cli.stack import stored
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.fields import Field, product_changes
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.decisions.access import PRODUCTS
from stripe_subscription_handler.events.subscription_items import SubscriptionItem

_FIELDS = 4
"""Fields of one difference that are spelt out in the table."""

WITHOUT_DRY_RUN = "the same without --dry-run"
"""What of `sync` repairs; it has no `--apply`."""


def plain(value: object) -> Any:
    """What JSON does not know, as JSON takes it."""
    if isinstance(value, Decimal | set | frozenset):
        return stored.plain(value)
    return attrs.asdict(value) if isinstance(value, SubscriptionItem) else str(value)


def teller(*, as_json: bool) -> Callable[[Difference], None]:
    """Tells each difference as it is found: with `--json` a line, else nothing yet."""
    if not as_json:
        return lambda _difference: None
    return lambda difference: click.echo(json.dumps(difference.as_json(), default=plain))


def conclude(tally: Tally, *, as_json: bool, apply: bool, to_repair: str = "--apply") -> int:
    """Print the end, and return the exit code; `to_repair` is what of the command repairs what differs."""
    if as_json:
        click.echo(json.dumps({"summary": tally.as_json()}))
    else:
        console = printer()
        print_differences(console, tally)
        print_summary(console, tally, apply=apply, to_repair=to_repair)
    return 1 if tally.remaining else 0


def conclude_owners(found: OwnersFound, stack_options: str, *, as_json: bool) -> int:
    """Print what profiles hold that is not theirs, and return the exit code."""
    if as_json:
        for one in found.to_repair:
            click.echo(json.dumps(one.as_json(stack_options)))
        summary = {"profiles": found.profiles, "items": found.scanned, "misplaced": len(found.misplaced)}
        summary["lost"] = len(found.lost)
        click.echo(json.dumps({"summary": summary}))
    else:
        print_owners(printer(), found, stack_options)
    return 1 if found.to_repair else 0


def print_owners(console: Console, found: OwnersFound, stack_options: str) -> None:
    if found.misplaced:
        rows = table("subscription", "is held by", "but", prose=("but",))
        for one in found.misplaced:
            rows.add_row(one.subscription_id, one.user_id, one.told)
        console.print(rows, markup=False)
    if found.lost:
        rows = table("subscription", "is by its link", "whose profile has lost it; customer")
        for lost in found.lost:
            rows.add_row(lost.subscription_id, lost.user_id, lost.customer_id)
        console.print(rows, markup=False)
    looked = f"{plural(found.profiles, 'profile')} with a subscription, of {plural(found.scanned, 'item')}"
    if not found.to_repair:
        console.print(f"Looked at {looked}: every subscription is where its link says.")
        return
    counts = (
        (len(found.misplaced), "held by a profile that does not own it"),
        (len(found.lost), "lost by the profile that owns it"),
    )
    told = ", ".join(f"{count:,} {what}" for count, what in counts if count)
    console.print(f"Looked at {looked}: {told}.")
    console.print("To repair one, or all at once, with a Stripe key:")
    commands = found.to_repair[0].repair(stack_options), f"stripe-handler reconcile --apply{stack_options}"
    for command in commands:
        # Not folded: it is to be copied.
        console.print(f"  {command}", markup=False, soft_wrap=True)


def let_alone(forgotten: Mapping[str, str], stack_options: str) -> str:
    """Say which subscriptions were not brought up to date: they were forgotten; and what lifts that."""
    named = ", ".join(sorted(forgotten))
    commands = [
        f"stripe-handler forget --undo {one}{stack_options}" for one in sorted(set(forgotten.values()))
    ]
    lines = [f"{named} was forgotten, and is let alone. This lifts it:", *(f"  {one}" for one in commands)]
    return "\n".join(lines)


def print_differences(console: Console, tally: Tally) -> None:
    if not tally.shown:
        return
    rows = table(
        *("difference", "subscription", "user", "profile → Stripe", "repair"), prose=("profile → Stripe",)
    )
    for one in tally.shown:
        rows.add_row(
            one.kind.replace("_", " "), one.subscription_id, one.user_id or "?", told(one), _state(one)
        )
    console.print(rows, markup=False)
    more = tally.differences - len(tally.shown)
    if more > 0:
        console.print(f"… and {more:,} more; --json prints all.")


def print_summary(console: Console, tally: Tally, *, apply: bool, to_repair: str = "--apply") -> None:
    compared = [
        plural(count, what) + of_whom
        for count, what, of_whom in (
            (tally.subscriptions, "subscription", " of Stripe"),
            (tally.profiles, "profile", ""),
            (tally.events, "event", ""),
        )
        if count
    ]
    console.print(
        f"Compared {', '.join(compared) or 'nothing'}: {_found(tally, apply=apply, to_repair=to_repair)}"
    )
    if tally.other_settings:
        done = ", marked with today's settings now" if apply else ""
        console.print(
            "Written under other settings, and right all the same: "
            f"{plural(tally.other_settings, 'profile')}{done}."
        )


def _found(tally: Tally, *, apply: bool, to_repair: str) -> str:
    if not tally.differences:
        return "no differences."
    told = plural(tally.differences, "difference")
    if apply:
        sources = ((tally.recomputed, "computed anew from the ledger"), (tally.from_stripe, "from Stripe"))
        how = ", ".join(f"{count:,} {source}" for count, source in sources if count)
        repaired = f"{tally.repaired.total():,} repaired" + (f" ({how})" if how else "")
        return f"{told}, {repaired}, {tally.remaining:,} left."
    repairable = sum(one.can_be_repaired for one in tally.shown)
    return f"{told}." + (f" {to_repair} repairs what can be." if repairable else "")


def told(one: Difference) -> str:
    """What differs, in words."""
    fields = [part for field in one.fields for part in _parts(field)]
    shown = [_field(field) for field in fields[:_FIELDS]]
    more = len(fields) - len(shown)
    fields_told = ", ".join(shown) + (f", and {more} more" if more > 0 else "")
    return "; ".join(part for part in (fields_told, one.note) if part)


def _parts(field: Field) -> tuple[Field, ...]:
    """Of the products, only what differs."""
    if field.name != PRODUCTS:
        return (field,)
    return tuple(
        attrs.evolve(one, name=f"{PRODUCTS}.{one.name}")
        for one in product_changes(field.stored, field.stripe)
    )


def _field(field: Field) -> str:
    return f"{field.name} {_value(field.stored)} → {_value(field.stripe)}"


def _value(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, str | bool):
        return in_words(value)
    return json.dumps(value, default=plain)


def _state(one: Difference) -> str:
    if one.repaired:
        return "repaired"
    return "" if one.can_be_repaired else "by hand"
