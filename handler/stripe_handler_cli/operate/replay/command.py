"""The command `stripe-handler replay`: a range of time in, what its replay changed out."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common import interrupts
from stripe_handler_cli.common.moments import Moment, iso
from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.stack.options import given_stack_options, stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.operate.replay.summary import Summary
    from stripe_handler_cli.operate.replay.watching import Watcher
    from stripe_handler_cli.stack.archive import Archive, Replay
    from stripe_handler_cli.stack.deployed import DeployedStack

_ARCHIVED_AFTER = timedelta(minutes=10)
"""An event may take so long from the bus to the archive, says AWS."""


@click.command(
    epilog="""\b
Times are ISO-8601 (UTC unless they say otherwise) or so long ago (90m, 2h, 3d).

\b
Examples:
  stripe-handler replay --from 2h --dry-run
  stripe-handler replay --from 2026-11-23T08:00:00Z --to 2026-11-23T12:30:00Z
  stripe-handler replay --from 1d --workspace production --json
  stripe-handler replay --follow stripe-handler-20261123T123456Z
  stripe-handler replay --cancel stripe-handler-20261123T123456Z
"""
)
@click.option("--from", "start", type=Moment(), help="Replay events that arrived from this moment …")
@click.option("--to", "end", type=Moment(), help="… to this one. Now unless given.")
@click.option("--name", help="A name for the replay. One with the time in it unless given.")
@click.option("--dry-run", is_flag=True, help="Only show what would be replayed.")
@click.option("--follow", "followed", metavar="NAME", help="Follow a replay that was started before.")
@click.option("--cancel", "cancelled", metavar="NAME", help="Cancel a running replay.")
@click.option(
    "--bridge", "is_bridges", is_flag=True, help="Replay what came through the webhook bridge's own bus."
)
@click.option(
    "--quiet-seconds",
    type=click.FloatRange(min=0),
    default=30,
    show_default=True,
    help="The events count as handled when the log has told nothing new for so long.",
)
@json_option
@stack_options
def replay(  # noqa: PLR0913 - one argument per option
    *,
    stack: "DeployedStack",
    start: datetime | None,
    end: datetime | None,
    name: str | None,
    dry_run: bool,
    followed: str | None,
    cancelled: str | None,
    is_bridges: bool,
    quiet_seconds: float,
    as_json: bool,
) -> int:
    """Send archived events to the function again, and tell what that changed.

    Only this stack's rule gets them, no other consumer of the bus. What is known already is skipped, so a
    replay never makes a profile older. Ctrl-C stops following, not the replay. Exit code 1 if events failed,
    or the replay did.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.common.messages import tell
    from stripe_handler_cli.operate.replay.report import print_summary
    from stripe_handler_cli.operate.replay.watching import Watcher
    from stripe_handler_cli.stack.archive import Archive
    from stripe_handler_cli.stack.function_log import tells_decisions

    if sum(option is not None for option in (start, followed, cancelled)) != 1:
        raise click.UsageError("give --from, or --follow NAME, or --cancel NAME")
    archive = Archive.of(stack, is_bridges=is_bridges)
    if cancelled is not None:
        archive.cancel(cancelled)
        printer().print(
            f"The replay {cancelled} is being cancelled; what it has sent is handled all the same.",
            markup=False,
        )
        return 0
    if start is not None:
        now = datetime.now(UTC)
        end = end or now
        if start >= end:
            raise click.UsageError(f"--from {iso(start)} is not before --to {iso(end)}")
        tell(f"Events of {iso(start)} to {iso(end)} from the archive {archive.name} onto {archive.rule_arn}")
        if end > now - _ARCHIVED_AFTER:
            tell("Events of the last 10 minutes may not be in the archive yet.")
        if dry_run:
            return _print_dry_run(archive, start, end, as_json=as_json)
    is_told = tells_decisions(stack.config.log_level)
    if start is not None and end is not None:
        followed = name or f"stripe-handler-{now:%Y%m%dT%H%M%SZ}"
        archive.start(followed, start, end)
    try:
        ended, summary = _follow(Watcher(archive, stack.function_log, quiet_seconds), followed or "")
    except KeyboardInterrupt:
        options = given_stack_options(click.get_current_context()) + (" --bridge" if is_bridges else "")
        tell(
            f"\nNo longer following the replay {followed}; it goes on.\n"
            f"  stripe-handler replay --follow {followed}{options}    to follow it again\n"
            f"  stripe-handler replay --cancel {followed}{options}    to end it"
        )
        return interrupts.EXIT_CODE
    if as_json:
        told = {"name": ended.name, "state": ended.state, "from": iso(ended.start), "to": iso(ended.end)}
        click.echo(json.dumps({**told, "decisions_are_logged": is_told, **summary.as_json()}))
    else:
        print_summary(printer(), ended, summary, is_told=is_told)
    return 0 if ended.state == "COMPLETED" and not summary.failed else 1


def _print_dry_run(archive: "Archive", start: datetime, end: datetime, *, as_json: bool) -> int:
    import attrs

    from stripe_handler_cli.common.console import printer

    size = archive.size()
    if as_json:
        click.echo(json.dumps({"from": iso(start), "to": iso(end), "archive": attrs.asdict(size)}))
        return 0
    kept = f"kept {plural(size.retention_days, 'day')}" if size.retention_days else "kept for ever"
    printer().print(
        f"The whole archive holds about {plural(size.events, 'event')} "
        f"({plural(size.size_bytes, 'byte')}), {kept}; "
        "EventBridge does not tell how many are of that time. Nothing was started."
    )
    return 0


def _follow(watcher: "Watcher", name: str) -> "tuple[Replay, Summary]":
    from stripe_handler_cli.common.console import reporter
    from stripe_handler_cli.common.progress import step

    console = reporter()
    with step(console, f"Replay {name}") as replaying:
        ended = watcher.until_ended(
            name,
            lambda found: replaying(
                found.state if found.percent is None else f"{found.state} {found.percent} %"
            ),
        )
    with step(console, "Wait until the function has handled what was sent") as handling:
        summary = watcher.until_handled(
            ended, lambda lines: handling(f"{plural(lines, 'line')} in the log") if lines else None
        )
    return ended, summary
