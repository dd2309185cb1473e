"""The pages of what runs: a job under way, told live; and the playground, which begins such jobs."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_handler_cli.composed.console import play as playing
from stripe_handler_cli.composed.console.jobs import Job
from stripe_handler_cli.composed.console.site import RefusedError, Site, templates
from stripe_handler_cli.operate.dlq.dropping import Dropped
from stripe_handler_cli.operate.dlq.redriving import Tally as Redriven

_POLL_SECONDS = 0.2
_BACK = {"doctor": "/doctor", "failures": "/failures", "play": "/play"}
"""Kind of a job → the page that began it; the others are comparisons."""


def show(site: Site, request: Request) -> Response:
    job = _job(site, request)
    return site.page("job.html", here=_BACK.get(job.kind, "/drift"), **_values(job))


def live(site: Site, request: Request) -> Response:
    job = _job(site, request)
    return site.stream(lambda: fragments(job), _POLL_SECONDS, lambda: not job.is_running)


def fragments(job: Job) -> Mapping[str, str]:
    return {
        "job": templates().get_template("_job.html").render(**_values(job)),
        "said": str(escape(_said(job))),
        "lights": templates().get_template("_lights.html").render(lit=job.lit),
    }


def _said(job: Job) -> str:
    """What somebody who does not see the page is told of all that moves on it: the last line, or the end."""
    if job.is_running:
        return job.lines[-1] if job.lines else job.count
    return f"Ended early: {job.error}" if job.error else "Done."


def _job(site: Site, request: Request) -> Job:
    job = site.jobs.get(int(request.path_params["number"]))
    if job is None:
        raise RefusedError("There is no such job, or not any more.")
    return job


def _values(job: Job) -> dict[str, Any]:
    outcome = job.outcome
    return {
        "job": job,
        "lines": list(job.lines),
        "redriven": outcome if isinstance(outcome, Redriven) else None,
        "dropped": outcome if isinstance(outcome, Dropped) else None,
        "played": outcome if isinstance(outcome, playing.Played) else None,
        "back": _BACK.get(job.kind, "/drift"),
        "lit": job.lit,
        "said": _said(job),
    }


def play(site: Site, _request: Request) -> Response:
    return site.page(
        "play.html", here="/play", types=playing.TYPES, user=f"user_play_{secrets.token_hex(3)}",
        last=site.jobs.last("play"),
    )  # fmt: skip


async def play_on(site: Site, request: Request) -> Response:
    given = await site.form(request)
    site.require_actions()
    playing.refuse_aws(site.desk)
    if given.get("what") == "life":
        job = site.jobs.begin("play", "The demo's life", lambda job: playing.run_life(site.desk, job))
    else:
        event_type, user = given.get("type", ""), given.get("user", "").strip()
        if not user:
            raise RefusedError("Say whose event it is: a user's id.")
        job = site.jobs.begin(
            "play", f"{event_type} for {user}", lambda job: playing.send_one(site.desk, event_type, user, job)
        )
    return RedirectResponse(f"/jobs/{job.number}", HTTPStatus.SEE_OTHER)
