"""One simulated day, from nothing to its certificate."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import attrs
from rich.console import Console

from stripe_handler_cli.common.progress import step
from stripe_handler_cli.lab.chaos.accounts import read_account
from stripe_handler_cli.lab.chaos.day.certificate import DayCertificate, Difference, healings
from stripe_handler_cli.lab.chaos.day.clock import DayClock
from stripe_handler_cli.lab.chaos.day.evidence import Log, alarms_rung, waiting
from stripe_handler_cli.lab.chaos.day.incidents import Amounts
from stripe_handler_cli.lab.chaos.day.loop import Loop, in_account_time, reconfigured
from stripe_handler_cli.lab.chaos.day.past import forget_day, play_past
from stripe_handler_cli.lab.chaos.day.plan import DayPlan, plan_day
from stripe_handler_cli.lab.chaos.day.play import DayPlayer, Hands
from stripe_handler_cli.lab.chaos.day.stage import Stage
from stripe_handler_cli.lab.chaos.day.story import story_of
from stripe_handler_cli.lab.chaos.day.stripe import stripe_is
from stripe_handler_cli.lab.chaos.day.table import ProfileTable
from stripe_handler_cli.lab.chaos.day.truth import Truths
from stripe_handler_cli.lab.chaos.day.watch import Watch, harms, wrong
from stripe_handler_cli.lab.simulator.calendar_time import iso
from stripe_handler_cli.lab.simulator.days import DAY_SECONDS, USUAL_DAY, SimulatedDay, simulate_day

_LAST_PASS_AFTER_SECONDS = 3600
"""A pass that begins so long after the day sees all of it, what was on its way included."""
_SETTLED_AFTER_SECONDS = 1800
_LONGEST_WITHOUT_LOOP_SECONDS = 120.0
"""How long to wait, in our time, for what is under way where no drift check will help."""
_LEAVES = (
    "the day's events in the archive and in the function's log",
    "messages in the queues, if any are counted above: stripe-handler dlq list",
)


@attrs.frozen
class Day:
    """What to play.

    Attributes:
        minutes: How long the day lasts in our time.
        check_every_hours: From one pass of the drift check to the next.
        repair: Whether the drift check repairs.
    """

    users: int = 1000
    seed: int = 1
    minutes: float = 6.0
    check_every_hours: float = 6.0
    repair: bool = True
    amounts: Amounts = attrs.field(factory=Amounts)
    start: int = USUAL_DAY

    @property
    def speed(self) -> float:
        """Seconds of the account in one of ours."""
        return DAY_SECONDS / (self.minutes * 60)

    def run(self, stage: Stage, console: Console) -> DayCertificate:
        """Play it on a stack.

        Raises:
            CliError: EventBridge refused an event, or the day could not be begun.
        """
        amounts, left_out = stage.amounts(self.amounts)
        with step(console, "Simulate a day") as simulating:
            told = simulating.counter("customers")
            day = simulate_day(self.seed, self.users, stage.simulation(), self.start, told)
        plan = plan_day(day, self.seed, amounts, stage.pipeline.event_pattern.admits)
        clock = DayClock(start=day.start, speed=self.speed)
        try:
            with stripe_is(stage.stripe, day, plan, clock):
                return self._played(stage, console, day, plan, clock, left_out)
        finally:
            if not stage.is_own:
                with step(console, "Delete the day's users"):
                    forget_day(day, stage.pipeline, stage.config)

    def _played(
        self,
        stage: Stage,
        console: Console,
        day: SimulatedDay,
        plan: DayPlan,
        clock: DayClock,
        left_out: tuple[str, ...],
    ) -> DayCertificate:
        stripe = stage.stripe
        began = datetime.now(UTC)
        with step(console, "Play what was before it") as playing:
            url = None if stripe is None else stripe.url
            play_past(day, stage.pipeline, stage.config, url, playing.counter("events"))
        past_seconds = (datetime.now(UTC) - began).total_seconds()
        truths = Truths(day)
        watch = Watch(truths.at)
        users = tuple(sorted(day.account.profiles))
        table = ProfileTable(stage.pipeline.dynamodb, stage.config, stage.settings, users)
        cloudwatch = stage.endpoint.client("cloudwatch")
        before = read_account(cloudwatch, stage.outputs["function_name"])
        asked, failed = (0, 0) if stripe is None else (len(stripe.received), stripe.misbehaved)
        began = datetime.now(UTC)
        with self._looped(stage, clock) as loop:
            player = DayPlayer(
                clock,
                plan,
                watch,
                Hands(
                    lambda events: stage.pipeline.put(*events),
                    table.views,
                    table.copied,
                    table.set_back,
                    table.replace,
                    stage.kill or (lambda: False),
                    stripe.misbehave if stripe else (lambda _faults: None),
                ),
                day.end,
                lambda now: self._is_over(loop, day, now),
            )
            with step(console, "Play the day") as playing:
                player.play(playing.counter("minutes of the day"))
        seconds = clock.elapsed_seconds
        sent = {event["id"] for _, event in plan.deliveries}
        log = Log.of(stage.pipeline.log_lines(began), sent)
        found = harms(plan.incidents, watch.spans, watch.looks)
        differing = {user: wrong(truths.at_the_end(user), player.last[user]) for user in users}
        account = read_account(cloudwatch, stage.outputs["function_name"]).since(before)
        befallen = {one.event_id for one in plan.incidents if one.event_id is not None}
        return DayCertificate(
            seed=self.seed,
            users=self.users,
            day=iso(day.start)[:10],
            speed=self.speed,
            check_every_hours=self.check_every_hours,
            repair=self.repair and loop is not None,
            profiles=len(users),
            past_events=sum(len(events) for _, events in day.past()),
            past_seconds=past_seconds,
            events=plan.events,
            deliveries=len(plan.deliveries),
            duplicates=plan.duplicates,
            thin_events=sum(event["object"] == "v2.core.event" for _, event in plan.deliveries),
            kills=player.kills,
            stripe_faults=0 if stripe is None else stripe.misbehaved - failed,
            stripe_requests=0 if stripe is None else len(stripe.received) - asked,
            attempts=account.attempts,
            errors=log.errors,
            healing=healings(plan.incidents, found),
            ever_wrong=len({one.user_id for one in found}),
            usual=log.usual(player.put_at, befallen),
            passes=0 if loop is None else len(loop.passes),
            found=_by_kind(loop),
            repaired=0 if loop is None else sum(one.repaired for one in loop.passes),
            slice_errors=0 if loop is None else loop.errors,
            told_missed=log.told_missed,
            alarms=alarms_rung(stage.endpoint, stage.outputs["alarm_names"], began),
            waiting=waiting(stage.endpoint, stage.outputs),
            seconds=seconds,
            right_after_hours=watch.hours_until_right(day.end),
            looks=len(watch.looks),
            left_out=left_out,
            leaves=() if stage.is_own else _LEAVES,
            differences=tuple(
                Difference(user, one, story_of(day, plan, log, user))
                for user, one in differing.items()
                if one
            ),
        )

    @contextmanager
    def _looped(self, stage: Stage, clock: DayClock) -> Iterator[Loop | None]:
        """The drift check's schedule, in the account's time, for as long as this lasts."""
        name = stage.drift_check
        if name is None:
            yield None
            return
        environment = in_account_time(self.speed, repair=self.repair)
        set_back = reconfigured(stage.endpoint.functions, name, environment)
        loop = Loop.of(stage.endpoint, name, clock, self.check_every_hours)
        thread = threading.Thread(target=loop.run, daemon=True)
        try:
            clock.on_begin(thread.start)
            yield loop
        except BaseException:
            loop.abandon()
            raise
        finally:
            loop.stop()
            if thread.is_alive():
                thread.join()
            set_back()

    def _is_over(self, loop: Loop | None, day: SimulatedDay, now: float) -> bool:
        """Whether what is still wrong will stay so, for nothing more is done about it."""
        if loop is None:
            return (now - day.end) / self.speed > _LONGEST_WITHOUT_LOOP_SECONDS
        if loop.failure is not None:
            raise loop.failure
        last = [one for one in loop.passes if one.began >= day.end + _LAST_PASS_AFTER_SECONDS]
        return bool(last) and now > last[0].ended + _SETTLED_AFTER_SECONDS


def _by_kind(loop: Loop | None) -> dict[str, int]:
    """What the passes found."""
    found: Counter[str] = Counter()
    for one in loop.passes if loop else ():
        found.update(one.found)
    return dict(sorted(found.items()))
