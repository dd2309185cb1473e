"""The page of the pipeline: its boxes, live, and the ringing alarms with what to do."""

from collections.abc import Mapping
from pathlib import Path

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.composed.console.boxes import Picture, picture
from stripe_handler_cli.composed.console.runbook import Part, runbook, section
from stripe_handler_cli.composed.console.site import Site, templates

_POLL_SECONDS = 1.0


def picture_now(site: Site) -> Picture:
    return picture(site.watch.look(), site.desk.outputs, iso(site.desk.now()))


def sections(found: Picture) -> dict[str, tuple[Part, ...]]:
    """The runbook's section of each alarm that rings."""
    page = runbook(Path.cwd())
    return {one.key: section(page, one.key) for one in found.alarms if one.is_ringing}


def show(site: Site, _request: Request) -> Response:
    found = picture_now(site)
    return site.page("pipeline.html", here="/", picture=found, sections=sections(found))


def live(site: Site, _request: Request) -> Response:
    return site.stream(lambda: fragments(picture_now(site)), _POLL_SECONDS, lambda: False)


def fragments(found: Picture) -> Mapping[str, str]:
    """Each box by its place on the page, the alarms and the summary; times of looking are no change."""
    box, alarms = templates().get_template("_box.html"), templates().get_template("_alarms.html")
    return {
        **{f"box-{one.key}": box.render(box=one) for one in found.boxes},
        "alarms": alarms.render(picture=found, sections=sections(found)),
        "summary": str(escape(found.summary)),
    }
