"""Lets in only the person who started the console: token, host, origin, and what a browser may do. ASGI.

The token comes once, in the address that the command prints, and becomes a cookie that no script can read;
the address without it is what stays in the browser's history. Every request must name this server as its host
(DNS rebinding), and none may come from another origin. What changes something carries a second secret, which
stands in the pages' own forms.
"""

import hmac
import secrets
from http import HTTPStatus
from urllib.parse import urlencode

import attrs
from starlette.datastructures import URL, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN, CSRF = "token", "csrf"
_BYTES = 32
_PUBLIC = "/static/"
"""What holds nothing of a stack's: the stylesheet and the script."""
_SAFE = frozenset({"GET", "HEAD"})
_WHOLE_DAY_SECONDS = 86_400
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not `no-referrer`, with which a browser says `Origin: null` of our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""On every answer."""
_ASK = (
    "This console belongs to whoever started it. Open the address that `stripe-handler console` printed: "
    "it ends with a token.\n"
)


def _new_secret() -> str:
    return secrets.token_urlsafe(_BYTES)


@attrs.frozen
class Gate:
    """Who is let in.

    Attributes:
        port: Of the loopback.
        token: Stands in the address that the command prints.
        csrf: Stands in the forms of the pages, and must come with whatever changes something.
    """

    port: int
    token: str = attrs.field(factory=_new_secret, repr=False)
    csrf: str = attrs.field(factory=_new_secret, repr=False)

    @property
    def cookie(self) -> str:
        """Its name. Cookies know no ports, so another console on this machine has another one."""
        return f"stripe_handler_console_{self.port}"

    @property
    def hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def address(self, path: str = "/") -> str:
        """Where a person goes first."""
        return f"http://127.0.0.1:{self.port}{path}?{urlencode({TOKEN: self.token})}"

    def refusal(self, request: Request) -> Response | None:
        """Why a request is not answered; None if it is."""
        if request.headers.get("host") not in self.hosts:
            return _said(HTTPStatus.MISDIRECTED_REQUEST, "This server answers on 127.0.0.1 alone.\n")
        if self._is_of_others(request):
            return _said(HTTPStatus.FORBIDDEN, "Another site may ask nothing here.\n")
        if request.url.path.startswith(_PUBLIC):
            return None
        given = request.query_params.get(TOKEN)
        if given is not None and request.method in _SAFE and self._is(given):
            return self._welcome(request)
        if given is None and self._is(request.cookies.get(self.cookie, "")):
            return None
        return _said(HTTPStatus.UNAUTHORIZED, _ASK)

    def _is_of_others(self, request: Request) -> bool:
        """Whether another site asks, by what browsers say of requests; what changes something must say."""
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if origin is not None or request.method not in _SAFE:
            return origin not in {f"http://{host}" for host in self.hosts}
        return site in {"cross-site", "same-site"} and not _is_navigation(request)

    def may_act(self, given: str | None) -> bool:
        """Whether a form came from one of our own pages."""
        return hmac.compare_digest((given or "").encode(), self.csrf.encode())

    def _is(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _welcome(self, request: Request) -> Response:
        """Send the browser to the same address without the token, and have it remember that."""
        address: URL = request.url.remove_query_params(TOKEN)
        path = "/" + address.path.lstrip("/")  # `//host` would lead away
        answer = RedirectResponse(path + (f"?{address.query}" if address.query else ""), HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            self.cookie, self.token, max_age=_WHOLE_DAY_SECONDS, httponly=True, samesite="strict", path="/"
        )
        return answer


def _is_navigation(request: Request) -> bool:
    """Whether a person follows a link that stands on another page, or opened the address."""
    headers = request.headers
    return (
        request.method in _SAFE
        and headers.get("sec-fetch-mode") == "navigate"
        and (headers.get("sec-fetch-dest") == "document")
    )


def _said(status: HTTPStatus, text: str) -> Response:
    return PlainTextResponse(text, status)


@attrs.frozen
class Guarded:
    """An app behind the gate, whose every answer has our headers."""

    app: ASGIApp
    gate: Gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    if name not in headers:
                        headers[name] = value
            await send(message)

        refusal = self.gate.refusal(Request(scope))
        answer: ASGIApp = self.app if refusal is None else refusal
        await answer(scope, receive, guarded_send)
