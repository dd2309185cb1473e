"""What every page needs: desk, gate, jobs, looks, and the templates, which escape everything."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import attrs
import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.common.words import in_words, plural
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.drawing.sparkline import sparkline
from stripe_handler_cli.composed.console.jobs import Jobs
from stripe_handler_cli.composed.console.security import CSRF, Gate
from stripe_handler_cli.composed.console.watch import Watch
from stripe_handler_cli.stack.event_rows import value_text

FILES = Path(__file__).parent
_LARGEST_FORM_BYTES = 20_000
_BEAT_SECONDS = 15.0
PAGES = (
    ("/", "Pipeline"),
    ("/user", "User"),
    ("/failures", "Failures"),
    ("/doctor", "Doctor"),
    ("/drift", "Drift"),
    ("/play", "Play"),
)
"""The pages, in the order of the navigation."""


class RefusedError(Exception):
    """A form is not ours, or asks for what is not allowed here; the message is for the person."""


@functools.cache
def templates() -> jinja2.Environment:
    """The templates: a name that is not there is an error, and everything is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FILES / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"in_words": in_words, "value_text": value_text, "urlencode": urlencode, "iso": iso}
    made.globals |= {"plural": plural, "sparkline": sparkline}
    return made


@attrs.frozen
class Site:
    """One console."""

    desk: Desk
    gate: Gate
    jobs: Jobs
    watch: Watch

    def page(self, name: str, *, here: str, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> Response:
        """A page of a template; `here` is its place in the navigation."""
        text = self.render(name, here=here, pages=PAGES, **values)
        return HTMLResponse(text, status)

    def render(self, name: str, **values: Any) -> str:
        return (
            templates()
            .get_template(name)
            .render(desk=self.desk, csrf=self.gate.csrf, now=iso(self.desk.now()), **values)
        )

    async def form(self, request: Request) -> Mapping[str, str]:
        """What a form of ours sent.

        Raises:
            RefusedError: It is none of ours, or too large.
        """
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST_FORM_BYTES:
                raise RefusedError("The form is too large.")
        values = {name: found[-1] for name, found in parse_qs(body.decode("utf-8", "replace")).items()}
        if not self.gate.may_act(values.get(CSRF)):
            raise RefusedError(
                "The form is not of this console, or of an earlier start of it. Open the page anew."
            )
        return values

    def require_actions(self) -> None:
        """See that something may be changed.

        Raises:
            RefusedError: The console only looks.
        """
        if not self.desk.may_act:
            raise RefusedError("This console only looks. Start it with --allow-actions to change anything.")

    def stream(
        self, fragments: Callable[[], Mapping[str, str]], every_seconds: float, is_over: Callable[[], bool]
    ) -> Response:
        """Send fragments of a page, by the ids of their places, whenever one looks otherwise than before."""
        return StreamingResponse(
            _changes(fragments, every_seconds, is_over),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )


async def _changes(
    fragments: Callable[[], Mapping[str, str]], every_seconds: float, is_over: Callable[[], bool]
) -> AsyncIterator[str]:
    known: dict[str, str] = {}
    silent_seconds = 0.0
    while True:
        over = is_over()  # before the look, so that the last one is told
        try:
            found = await run_in_threadpool(fragments)
        except CliError as error:
            yield f"event: trouble\ndata: {json.dumps(str(error))}\n\n"
            return
        changed = {place: text for place, text in found.items() if known.get(place) != text}
        if changed:
            known |= changed
            silent_seconds = 0.0
            yield f"data: {json.dumps(changed)}\n\n"
        elif silent_seconds >= _BEAT_SECONDS:
            silent_seconds = 0.0
            yield ": still here\n\n"
        if over:
            yield "event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(every_seconds)
        silent_seconds += every_seconds


def said(status: HTTPStatus, text: str) -> Response:
    return PlainTextResponse(text, status)
