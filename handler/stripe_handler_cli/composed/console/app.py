"""The web application: which address is which page, and what becomes of errors. Starts nothing."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.jobs import Jobs
from stripe_handler_cli.composed.console.looks import looks_at
from stripe_handler_cli.composed.console.pages import failures, health, pipeline, user, work
from stripe_handler_cli.composed.console.security import Gate, Guarded
from stripe_handler_cli.composed.console.site import FILES, RefusedError, Site, templates
from stripe_handler_cli.composed.console.watch import Watch

_EVERY_SECONDS_LOCAL, _EVERY_SECONDS = 2.0, 30.0
"""How often the pipeline is looked at while a page of it is open: on AWS every look costs a little."""
_SERVICES = ("events", "lambda", "dynamodb", "logs", "cloudwatch", "sqs")
Page = Callable[[Site, Request], Any]


def make_app(desk: Desk, gate: Gate) -> Guarded:
    """Make it for a stack, behind a gate."""
    every = _EVERY_SECONDS_LOCAL if desk.is_local else _EVERY_SECONDS
    site = Site(desk, gate, Jobs(), Watch(looks_at(desk), desk.threads, every))

    def get(path: str, page: Page) -> Route:
        return Route(path, functools.partial(_called, page, site), methods=["GET"])

    def post(path: str, page: Page) -> Route:
        return Route(path, functools.partial(_awaited, page, site), methods=["POST"])

    told = functools.partial(_told, site)
    app = Starlette(
        routes=[
            get("/", pipeline.show),
            get("/live/pipeline", pipeline.live),
            get("/user", user.show),
            get("/user/export", user.export),
            get("/failures", failures.show),
            get("/failures/message", failures.message),
            get("/failures/confirm", failures.confirm),
            post("/failures", failures.act),
            get("/doctor", health.doctor),
            post("/doctor", health.examine_again),
            get("/drift", health.drift),
            post("/drift", health.look_again),
            get("/play", work.play),
            post("/play", work.play_on),
            get("/jobs/{number:int}", work.show),
            get("/live/jobs/{number:int}", work.live),
            Mount("/static", StaticFiles(directory=FILES / "static")),
        ],
        exception_handlers={
            CliError: told,
            BotoCoreError: told,
            ClientError: told,
            RefusedError: told,
            HTTPException: told,
            Exception: told,
        },
    )
    return Guarded(app, gate)


def warm_up(desk: Desk) -> None:
    """Make what the first page would wait for: clients and templates, half a second together."""
    for service in _SERVICES:
        desk.stack.endpoint.client(service)
    made = templates()
    for name in made.list_templates():
        made.get_template(name)


def _called(page: Page, site: Site, request: Request) -> Any:
    """In a thread: it waits for AWS."""
    return page(site, request)


async def _awaited(page: Page, site: Site, request: Request) -> Any:
    return await page(site, request)


def _told(site: Site, _request: Request, error: Exception) -> Response:
    """An error as a page; of what nobody expected only its kind, for its text may quote anything."""
    match error:
        case RefusedError():
            status, text = HTTPStatus.FORBIDDEN, str(error)
        case HTTPException():
            status, text = HTTPStatus(error.status_code), HTTPStatus(error.status_code).phrase
        case CliError():
            status, text = HTTPStatus.BAD_GATEWAY, str(error)
        case BotoCoreError() | ClientError():
            status, text = HTTPStatus.BAD_GATEWAY, f"AWS: {error}"
        case _:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            text = f"An error in the console itself: {type(error).__name__}"
    return site.page("error.html", here="", status=status, text=text)
