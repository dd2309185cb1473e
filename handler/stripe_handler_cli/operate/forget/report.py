"""Tells what was forgotten of a user, or would be, and what is left where. Only prints."""

from collections.abc import Sequence
from typing import Any

import attrs
from rich.console import Console

from stripe_handler_cli.common.tables import shown, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.operate.forget.letters import Looked
from stripe_handler_cli.operate.forget.remaining import Left
from stripe_subscription_handler.conversation.forgetting import Forgotten


@attrs.frozen
class Report:
    """What came of a command.

    Attributes:
        done: What was forgotten, or would be.
        queues: What each queue had.
        left: What is left where.
        scanned: How many items of the sync table were looked at.
    """

    done: Forgotten
    queues: tuple[Looked, ...]
    left: Sequence[Left]
    scanned: int
    is_dry_run: bool = False

    @property
    def messages(self) -> int:
        """How many messages are about the user."""
        return sum(one.meant for one in self.queues)

    @property
    def found_nothing(self) -> bool:
        return self.done.found_nothing and not self.messages

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to do."""
        return self.is_dry_run or all(
            one.removed == one.meant and not one.held_by_others for one in self.queues
        )

    @property
    def told(self) -> str:
        """What is stored, in one sentence."""
        done = self.done
        subscriptions = sum(len(one.subscriptions) for one in done.customers)
        parked = sum(len(one.parked) for one in done.customers)
        parts = (
            plural(len(done.removed), "attribute") + " of the profile",
            plural(subscriptions, "subscription") + " of " + plural(len(done.customers), "customer"),
            plural(parked, "parked event"),
            plural(self.messages, "message") + " of the queues",
        )
        return ", ".join(parts)

    def as_json(self) -> dict[str, Any]:
        done = self.done
        return {
            "user_id": done.user_id,
            "is_dry_run": self.is_dry_run,
            "found_nothing": self.found_nothing,
            "is_whole": self.is_whole,
            "profile": {
                "removed": list(done.removed),
                "is_deleted": done.is_deleted,
                "left": list(done.left),
            },
            "customers": [
                {
                    "id": one.customer_id,
                    "is_whole": not one.others,
                    "other_users": len(one.others),
                    "subscriptions": sorted(one.subscriptions),
                    "parked": sorted(one.parked),
                }
                for one in done.customers
            ],
            "queues": [attrs.asdict(one) | {"queue": one.layer.queue_name} for one in self.queues],
            "left": [attrs.asdict(one) for one in self.left],
            "sync_table_items_looked_at": self.scanned,
        }


def print_report(console: Console, report: Report, stack_options: str) -> None:
    done, dry = report.done, report.is_dry_run
    if report.found_nothing:
        console.print(
            f"Nothing is stored of {shown(done.user_id)}: "
            "no subscription on the profile, no link, no parked event, no message."
        )
    else:
        word = "Would forget" if dry else "Forgotten"
        console.print(f"[bold]{word}[/bold] of {shown(done.user_id)}: {report.told}.")
    _print_customers(console, report)
    if done.is_deleted:
        console.print(
            f"The profile item {'would be' if dry else 'is'} deleted: nothing of the app's is on it."
        )
    looked = ", ".join(f"{one.layer.queue_name} {one.seen:,}" for one in report.queues)
    console.print(f"Messages looked at: {looked}.")
    for one in report.queues:
        if not dry and one.removed < one.meant:
            count = one.meant - one.removed
            console.print(f"[red]{plural(count, 'message')} could not be deleted[/red]: run this again.")
    console.print("\nLeft, and until when:")
    rows = table("where", "what", "until", prose=("where", "what", "until"))
    for place in report.left:
        rows.add_row(shown(place.where), shown(place.what), shown(place.until))
    console.print(rows)
    if not dry and done.customers:
        console.print(
            "\nEvents of these subscriptions are skipped from now on (forgotten). A mistake? This lifts it:"
        )
        for customer in done.customers:
            # Not folded: it is to be copied.
            command = f"  stripe-handler forget --undo {customer.customer_id}{stack_options}"
            console.print(command, markup=False, soft_wrap=True)


def _print_customers(console: Console, report: Report) -> None:
    rows = table(
        "customer", "subscriptions", "parked", "forgotten", prose=("subscriptions", "parked", "forgotten")
    )
    for one in report.done.customers:
        shared = (
            f"only this user's part: {plural(len(one.others), 'other user')} stay"
            if one.others
            else "as a whole"
        )
        rows.add_row(
            one.customer_id, ", ".join(sorted(one.subscriptions)), ", ".join(sorted(one.parked)), shared
        )
    if report.done.customers:
        console.print(rows)
