"""One run of `reconcile` with Stripe: its workers, its state file, its end. The command reads the options."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from stripe_handler_cli.common.console import reporter
from stripe_handler_cli.common.progress import step
from stripe_handler_cli.operate.reconcile.attempts import gather
from stripe_handler_cli.operate.reconcile.checkpoint import Checkpoint, alone
from stripe_handler_cli.operate.reconcile.missed import handle_missed
from stripe_handler_cli.operate.reconcile.report import conclude, teller
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.stripe_api import stripe_errors
from stripe_subscription_handler.comparison.crew import Workers
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.full_pass import note_full_pass
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.walk import Progress, Walk, look_at_views
from stripe_subscription_handler.comparison.wiring import Work, views, work
from stripe_subscription_handler.stripe_side.api import Page, Snapshot, StripeApi, key_mode

if TYPE_CHECKING:
    from stripe_subscription_handler.comparison.account import Account

_IN_MEMORY = Path(":memory:")
"""SQLite's word for a file that there is not."""


@attrs.frozen
class Only:
    """What is looked at where it is not everything."""

    customers: tuple[str, ...] = ()
    test_clocks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.customers or self.test_clocks)


@attrs.frozen
class _Some:
    """The subscriptions of a few customers and test clocks, as the only ones there are."""

    account: "Account"
    only: Only

    def subscriptions(self, _after: str | None) -> Iterable[Page]:
        return self.account.subscriptions_of(self.only.customers, self.only.test_clocks)

    def subscription(self, subscription_id: str) -> Snapshot | None:
        return self.account.subscription(subscription_id)


@attrs.frozen
class Run:
    """What a run works with.

    Attributes:
        api: Stripe, at the pace that was asked for.
        workers: How many work side by side.
        progress: Is told how far it is; unless given, the terminal shows it.
        notes: Whether it is kept that all profiles were looked at, where they were.
    """

    stack: DeployedStack
    api: StripeApi
    workers: int
    apply: bool
    as_json: bool
    progress: Progress | None = None
    notes: bool = True

    def everything(self, path: Path, since: datetime | None, *, restart: bool) -> int:
        """Do what `compared` does, and tell it; the exit code."""
        tally = self.compared(path, since, restart=restart)
        if since is None and key_mode(self.api.key.get()) == "test":
            reporter().print("Stripe's lists leave out what is under test clocks; --test-clock looks at it.")
        return conclude(tally, as_json=self.as_json, apply=self.apply)

    def compared(self, path: Path, since: datetime | None = None, *, restart: bool = False) -> Tally:
        """Go through all subscriptions and profiles, or through the events since a moment.

        `path` is the state file, by which a run that was broken off goes on unless `restart` begins anew.

        Raises:
            CliError: Stripe did not tell, or the state file is another run's.
        """
        run = {
            "table": self.stack.config.table_name,
            "apply": self.apply,
            "events": since is not None,
            "settings": self.stack.config.shows.fingerprint,
        }
        console = reporter()
        with alone(path), Checkpoint.at(path, run, restart=restart) as checkpoint:
            if checkpoint.read("tally") is not None:
                console.print(f"Going on with the run that {path} tells of.", markup=False)
            tally = Tally.from_json(checkpoint.read("tally"))
            first, *others = self._works(checkpoint, tally)
            with stripe_errors("The same command goes on where this one ended."), self._step() as count:
                if since is None:
                    gather(first.stripe, checkpoint, count)
                    about = first.tables.item_count()
                    with Workers.of(one.worker for one in others) as crew:
                        Walk(first.stripe, first.tables, checkpoint, first.comparer, count, about, crew).run()
                else:
                    # A run that goes on keeps its beginning: "6h" means another moment when typed again.
                    second = checkpoint.read("from") or int(since.timestamp())
                    checkpoint.note(state={"from": second})
                    handle_missed(first.stripe, second, checkpoint, first.comparer, count)
            if since is None and self.notes and not tally.unrepaired:
                note_whole_pass(self.stack, asked_stripe=True)
            checkpoint.finish()
        return tally

    def some(self, only: Only) -> int:
        """Go through the subscriptions of some customers and test clocks; the exit code.

        Raises:
            CliError: Stripe did not tell.
        """
        tally = Tally()
        with Checkpoint.at(_IN_MEMORY, {}) as checkpoint:
            first, *others = self._works(checkpoint, tally)
            with (
                stripe_errors(),
                self._step() as count,
                Workers.of(one.worker for one in others) as crew,
            ):
                stripe = _Some(first.stripe, only)
                Walk(stripe, first.tables, checkpoint, first.comparer, count, crew=crew).run_through_stripe()
        return conclude(tally, as_json=self.as_json, apply=self.apply)

    @contextmanager
    def _step(self) -> Iterator[Progress]:
        if self.progress is not None:
            yield self.progress
            return
        with step(reporter(), "Reconcile" if self.apply else "Compare") as going:
            yield going.count

    def _works(self, checkpoint: Checkpoint, tally: Tally) -> list[Work]:
        """One for the thread that leads, and one for each worker."""
        client = self.stack.endpoint.dynamodb_for(self.workers + 1)
        report = teller(as_json=self.as_json)
        apis = [self.api, *(attrs.evolve(self.api) for _ in range(self.workers))]
        return [
            work(self.stack.config, client, api, report, apply=self.apply, tally=tally).with_payments(
                attempts=checkpoint.attempt
            )
            for api in apis
        ]


def views_compared(
    stack: DeployedStack,
    progress: Progress,
    report: Callable[[Difference], None],
    *,
    apply: bool,
    notes: bool = True,
) -> Tally:
    """Hold each profile against its own ledger, without Stripe; `apply` computes what differs anew."""
    tables, tally = stack.tables, Tally()
    looking = views(stack.config, stack.endpoint.dynamodb, report, apply=apply, tally=tally)
    look_at_views(tables, looking, progress, tables.item_count())
    if notes and not tally.unrepaired:
        note_whole_pass(stack, asked_stripe=False)
    return tally


def note_whole_pass(stack: DeployedStack, *, asked_stripe: bool) -> None:
    """Keep that all profiles follow today's settings."""
    config = stack.config
    note_full_pass(
        stack.endpoint.dynamodb, config.sync_table_name, config.shows, time.time(), asked_stripe=asked_stripe
    )
