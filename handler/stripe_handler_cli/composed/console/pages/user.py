"""The page of a user: search, timeline, the profile as the app reads it, events; and the same as a file."""

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stripe_handler_cli.common.moments import iso
from stripe_handler_cli.composed.console.drawing.timeline import NARROW, WIDE, draw, legend
from stripe_handler_cli.composed.console.finding import find
from stripe_handler_cli.composed.console.history import MOST_ROWS, rows
from stripe_handler_cli.composed.console.lanes import lanes
from stripe_handler_cli.composed.console.site import FILES, Site
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.stack.stored.words import why_shown
from stripe_subscription_handler.decisions.access import FOR_EVER

from urllib.parse import urlencode  # isort: skip


def show(site: Site, request: Request) -> Response:
    user_id, typed = request.query_params.get("id", ""), request.query_params.get("q", "").strip()
    if typed:
        return _search(site, typed)
    if not user_id:
        return site.page("search.html", here="/user", typed="", found=None)
    explanation = site.desk.explain(user_id, ask_stripe="stripe" in request.query_params)
    return site.page("user.html", here="/user", typed=user_id, **values(site, explanation, request))


def _search(site: Site, typed: str) -> Response:
    found = find(site.desk, typed)
    if len(found.users) == 1:
        place = f"#{found.place}" if found.place else ""
        return RedirectResponse(f"/user?{urlencode({'id': found.users[0]})}{place}", HTTPStatus.SEE_OTHER)
    status = HTTPStatus.OK if found.users else HTTPStatus.NOT_FOUND
    return site.page("search.html", here="/user", status=status, typed=typed, found=found)


def values(site: Site, explanation: Explanation, request: Request) -> dict[str, Any]:
    """All that the page shows of a user."""
    record, now = explanation.record, site.desk.now()
    drawn = lanes(explanation, iso(now))
    history = rows(explanation)
    is_whole = "all" in request.query_params
    profile, differences = record.profile or {}, record.differences
    origins = {one.name: one for one in explanation.attributions}
    return {
        "explanation": explanation,
        "record": record,
        "has_access": record.has_access(now),
        "is_for_ever": record.access_until == FOR_EVER,
        "lanes": drawn,
        "legend": legend(drawn),
        "wide": draw(drawn, iso(now), WIDE),
        "narrow": draw(drawn, iso(now), NARROW),
        "rows": history if is_whole else history[-MOST_ROWS:],
        "left_out": 0 if is_whole else max(0, len(history) - MOST_ROWS),
        "attributes": [
            (name, profile.get(name), differences.get(name), origins.get(name), name in record.own_attributes)
            for name in sorted({**profile, **differences})
        ],
        "why_shown": {
            one.subscription.id: why_shown(one, record.registers, record.shows) for one in record.registers
        },
        "parked": [event for one in explanation.customers for event in one.parked],
        "anchors": {one.event_id for one in history},
        "link": f"/user?{urlencode({'id': record.user_id})}",
    }


def export(site: Site, request: Request) -> Response:
    """The page as one file that needs nothing else; the app's own attributes only where asked for."""
    user_id = request.query_params.get("id", "")
    explanation = site.desk.explain(user_id)
    style = (FILES / "static" / "console.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text = site.render(
        "export.html",
        style=style,
        digest=digest,
        with_own="own" in request.query_params,
        **values(site, explanation, request),
    )
    name = re.sub(r"[^A-Za-z0-9._-]", "_", user_id)[:80] or "user"
    return Response(
        text,
        media_type="text/html",
        headers={"Content-Disposition": f'attachment; filename="{name}.html"'},
    )
