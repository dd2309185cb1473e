"""Draws each attribute of a profile under the event that it has its value from. Only prints."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.tables import shown
from stripe_handler_cli.operate.explain.attribution import Attribution
from stripe_handler_cli.operate.explain.changes import Change
from stripe_handler_cli.stack.function_log.reasons import sentence


def print_attributes(console: Console, attributions: Sequence[Attribution]) -> None:
    ordered = sorted(attributions, key=_order)
    width = max((len(one.name) for one in ordered), default=0)
    # Attributes of one event stand together under it, in the order in which the events were handled.
    for _, group in itertools.groupby(ordered, key=_told):
        together = list(group)
        console.print()
        if _is_untold(together[0]):
            _print_untold(console, together)
        else:
            _print_origin(console, together[0])
        for one in together:
            value = "(removed)" if one.value is None else shown(one.value)
            if not one.is_found:
                read = "(absent)" if one.found is None else shown(one.found)
                value += f"  [red]but the app reads {read}: somebody else has changed it[/red]"
            console.print(f"  [cyan]{one.name:<{width}}[/cyan]  {value}")


def _told(one: Attribution) -> tuple[object, ...]:
    """What stands above it."""
    if _is_untold(one):
        return (one.newest,)
    return one.set_by, one.or_by, one.brought_to_light, None if one.is_certain else one.newest


def _order(one: Attribution) -> tuple[datetime, str, str]:
    if one.set_by is None:
        return datetime.min.replace(tzinfo=UTC), "", one.name
    if _is_untold(one):
        return datetime.max.replace(tzinfo=UTC), str(one.newest), one.name
    return one.set_by.handled_at, one.set_by.event_id, one.name


def _is_untold(one: Attribution) -> bool:
    """Whether it came of a subscription of which the log does not tell, as one that was reconciled."""
    return one.brought_to_light is not None and not one.brought_to_light.is_logged


def _print_untold(console: Console, together: Sequence[Attribution]) -> None:
    newest = together[0].newest
    if newest is None:
        return
    console.print(
        f"[bold]{shown(newest.subscription_id)}[/bold] is shown now, whose newest is: {newest.in_words}, "
        "[yellow]which left no line[/yellow]"
    )
    last = dict.fromkeys(shown(one.set_by.event_id) for one in together if one.set_by)
    console.print(f"[dim]the last lines about these tell of another subscription: {', '.join(last)}[/dim]")


def _print_origin(console: Console, one: Attribution) -> None:
    change, newest = one.set_by, one.newest
    others = ", ".join(other.event_id for other in one.or_by)
    if change is None:
        told = f"one of {others}" if others else "older than the log"
        known = f"; newest known of its subscription: {newest.in_words}" if newest else ""
        console.print(f"[yellow]{told}[/yellow]{known}")
        return
    told = f"[bold]{shown(change.event_id)}[/bold]  {shown(change.event_type)}"
    if change.event_created:
        told += f" of {change.event_created}"
    if one.brought_to_light is not None:
        told += f" about {shown(change.subscription_id)}"
    replay = f" by replay {shown(change.replay)}" if change.replay else ""
    console.print(f"{told}, handled {iso(change.handled_at)}{replay}")
    console.print(f"[dim]why: {_why(one, change)}[/dim]")
    if others:
        console.print(f"[yellow]or set by {others}, handled at the same time[/yellow]")
    elif newest is not None and not newest.is_logged:
        console.print(f"[yellow]or by the newest known, {newest.in_words}, which left no line[/yellow]")


def _why(one: Attribution, change: Change) -> str:
    source = one.brought_to_light
    if source is None:
        return sentence(change.reason)
    event = f" ({shown(source.event_id)})" if source.event_id else ""
    return f"since then {shown(source.subscription_id)} is shown, whose newest is: {source.in_words}{event}"
