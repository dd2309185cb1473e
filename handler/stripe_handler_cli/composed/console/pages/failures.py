"""The page of what could not be applied: both queues by error, an event whole, sending again and dropping."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_handler_cli.composed.console import failed
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.hiding import hide, without_secrets
from stripe_handler_cli.composed.console.jobs import Job
from stripe_handler_cli.composed.console.runbook import runbook, section
from stripe_handler_cli.composed.console.site import RefusedError, Site
from stripe_handler_cli.operate.dlq.wiring import history
from stripe_handler_cli.stack.dead_letters import of_stack
from stripe_handler_cli.stack.dead_letters.messages import Choice, DeadLetter, Layer

_DOING: Mapping[str, tuple[str, Callable[[Desk, Choice, Job], Any]]] = {
    "redrive": ("Send again", failed.redrive),
    "drop": ("Drop", failed.drop),
    "retell": ("Tell the changes again", lambda desk, _, job: failed.retell(desk, job)),
}
"""What can be done → its name on buttons, and the work."""


def show(site: Site, _request: Request) -> Response:
    found = failed.read_failures(site.desk)
    page = runbook(Path.cwd())
    sections = {one.section: section(page, one.section) for one in found.groups}
    return site.page("failures.html", here="/failures", failures=found, age=failed.age, sections=sections)


def message(site: Site, request: Request) -> Response:
    wanted, is_whole = request.query_params.get("id", ""), "whole" in request.query_params
    letters = failed.whole(site.desk, wanted)
    key = of_stack.user_id_metadata_key(site.desk.stack, lambda _: None)
    told = [
        (letter if is_whole else letter.summary(), _event(letter, key, is_whole=is_whole),
         history(site.desk.stack, letter, lambda _: None))
        for letter in letters
    ]  # fmt: skip
    status = HTTPStatus.OK if letters else HTTPStatus.NOT_FOUND
    return site.page(
        "message.html", here="/failures", status=status, wanted=wanted, is_whole=is_whole, told=told,
        age=failed.age,
    )  # fmt: skip


def _event(letter: DeadLetter, key: str, *, is_whole: bool) -> str:
    if letter.payload is None:
        return ""
    event = json.loads(letter.payload)
    return json.dumps(
        without_secrets(event) if is_whole else hide(event, user_key=key), indent=2, ensure_ascii=False
    )


def confirm(site: Site, request: Request) -> Response:
    """Say what will be done, and ask."""
    site.require_actions()
    given = request.query_params
    doing, choice = _doing(given), _choice(given)
    return site.page("confirm.html", here="/failures", what=given["do"], doing=doing[0], choice=choice)


async def act(site: Site, request: Request) -> Response:
    """Begin what was confirmed."""
    given = await site.form(request)
    site.require_actions()
    (name, work), choice = _doing(given), _choice(given)
    title = f"{name}: {_told(choice)}" if given["do"] != "retell" else name
    job = await run_in_threadpool(
        lambda: site.jobs.begin("failures", title, lambda job: work(site.desk, choice, job))
    )
    return RedirectResponse(f"/jobs/{job.number}", HTTPStatus.SEE_OTHER)


def _doing(given: Mapping[str, str]) -> tuple[str, Callable[[Desk, Choice, Job], Any]]:
    found = _DOING.get(given.get("do", ""))
    if found is None:
        raise RefusedError("There is no such action.")
    return found


def _choice(given: Mapping[str, str]) -> Choice:
    """Which messages; a form without any choice means none.

    Raises:
        RefusedError: It names no messages, or no layer.
    """
    if given.get("do") == "retell":
        return Choice()
    try:
        layers = frozenset({Layer(given["layer"])}) if given.get("layer") else frozenset()
    except ValueError:
        raise RefusedError("There is no such queue.") from None
    ids = frozenset({given["id"]}) if given.get("id") else frozenset()
    errors = frozenset({given["error"]}) if given.get("error") else frozenset()
    if not (ids or errors):
        raise RefusedError("Say which messages are meant.")
    return Choice(ids, errors, layers)


def _told(choice: Choice) -> str:
    return ", ".join(sorted((*choice.ids, *choice.error_types)))
