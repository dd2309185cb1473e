"""The pages of the doctor and of the drift: the last verdicts, and a button that looks again."""

import tempfile
from collections.abc import Callable
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.composed.console.boxes import drift_figure
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.jobs import Job
from stripe_handler_cli.composed.console.looks import last_drift
from stripe_handler_cli.composed.console.site import RefusedError, Site
from stripe_handler_cli.operate.doctor import CHECKS, Result, examine
from stripe_handler_cli.operate.doctor import Site as Examined
from stripe_handler_cli.operate.doctor.examination import worst
from stripe_handler_cli.operate.reconcile.command import connect, pace, workers_for
from stripe_handler_cli.operate.reconcile.owners import OwnersFound, find_misplaced
from stripe_handler_cli.operate.reconcile.report import told
from stripe_handler_cli.operate.reconcile.running import Run, views_compared
from stripe_subscription_handler.comparison.tally import Tally

_PACKAGE = Path("dist/handler.zip")
_RATE = 20.0


def doctor(site: Site, _request: Request) -> Response:
    job = site.jobs.last("doctor")
    results: list[Result] = (job.outcome or []) if job else []
    areas = [(str(area), list(some)) for area, some in groupby(results, key=lambda one: one.check.area)]
    return site.page("doctor.html", here="/doctor", job=job, areas=areas, worst=str(worst(results)))


async def examine_again(site: Site, request: Request) -> Response:
    await site.form(request)
    job = site.jobs.begin("doctor", "Go through the checklist", lambda job: _examined(site.desk, job))
    return RedirectResponse(f"/jobs/{job.number}", HTTPStatus.SEE_OTHER)


def _examined(desk: Desk, job: Job) -> list[Result]:
    looked = 0

    def on_check(title: str) -> None:
        nonlocal looked
        looked += 1
        job.say(title)
        job.progress("checks", looked, len(CHECKS))

    package = _PACKAGE if _PACKAGE.is_file() else None
    examined = Examined(desk.stack, package=package, stripe=desk.stripe, stack_options=desk.options)
    return examine(examined, {check.key for check in CHECKS}, on_check)


def drift(site: Site, _request: Request) -> Response:
    has_check = bool(site.desk.outputs.get("drift_check_function_name"))
    last = last_drift(site.desk) if has_check else None
    jobs = [job for kind in _LOOKS if (job := site.jobs.last(kind)) is not None]
    return site.page(
        "drift.html", here="/drift", has_check=has_check, last=last, figure=drift_figure(last), jobs=jobs,
        looks=_LOOKS, told=told, has_key=site.desk.stripe is not None,
    )  # fmt: skip


async def look_again(site: Site, request: Request) -> Response:
    given = await site.form(request)
    found = _LOOKS.get(given.get("what", ""))
    if found is None:
        raise RefusedError("There is no such comparison.")
    title, *_, work = found
    job = site.jobs.begin(given["what"], title, lambda job: work(site.desk, job))
    return RedirectResponse(f"/jobs/{job.number}", HTTPStatus.SEE_OTHER)


def _compared(desk: Desk, job: Job) -> Tally:
    """As `reconcile`, from its beginning, in a directory that nobody else goes on from.

    Raises:
        CliError: No Stripe key was given, or Stripe does not tell.
    """
    stack = desk.given
    if desk.stripe is None:
        raise CliError(
            "No Stripe key was given when the console was started; it is read from STRIPE_API_KEY."
        )
    api = connect(stack.config, desk.stripe, pace(_RATE))
    run = Run(
        stack, api, workers_for(_RATE), apply=False, as_json=False, progress=job.progress, notes=desk.may_act
    )
    with tempfile.TemporaryDirectory() as directory:
        return run.compared(Path(directory) / "run.sqlite")


def _views(desk: Desk, job: Job) -> Tally:
    return views_compared(desk.given, job.progress, lambda _: None, apply=False, notes=desk.may_act)


def _owners(desk: Desk, job: Job) -> OwnersFound:
    tables = desk.given.tables
    return find_misplaced(tables, job.progress, tables.item_count())


_LOOKS: dict[str, tuple[str, str, str, Callable[[Desk, Job], Any]]] = {
    "stripe": (
        "Compare Stripe with every profile",
        "stripe-handler reconcile",
        "Needs a Stripe key of yours, and reads everything.",
        _compared,
    ),
    "views": (
        "Hold each profile against its own ledger",
        "stripe-handler reconcile --views",
        "Finds what somebody else has changed; needs no key.",
        _views,
    ),
    "owners": (
        "Hold profiles and owner links against each other",
        "stripe-handler reconcile --owners",
        "Finds what the wrong profile holds, and what one has lost; needs no key.",
        _owners,
    ),
}
"""What can be compared: its title, the command that does the same, what it finds, the work."""
