"""Run in an interpreter of its own that finds a staged zip and what the Lambda runtime has: uses all of it.

`trial_run.py STAGE PLACES WITH_STRIPE`: PLACES are the directories where this machine has boto3 and what it
brings, and only those packages are found there. Imports every module of the library. With stripe, it asks a
server of this machine for everything that `StripeApi` can ask, and has each question answered in every way.
What a function could miss on Lambda is missed here: the process ends with an error that names it.
"""

import contextlib
import importlib
import itertools
import json
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import Any

RUNTIME = frozenset({"awscrt", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})
"""Packages of the Lambda runtime."""
LIBRARY = "stripe_subscription_handler"
STATUSES = (200, 302, 400, 401, 402, 403, 404, 409, 429, 500, 503)
OBJECTS: tuple[object, ...] = tuple(
    {"object": kind, "id": "sub_1", "data": []} for kind in ("subscription", "list", "customer")
)
NESTED = {"object": "payment_intent", "id": "pi_1", "last_payment_error": {"source": {"object": "card"}}}
ERRORS: tuple[object, ...] = (
    "text",
    [],
    {},
    {"error": "invalid_grant", "error_description": "OAuth's form"},
    {"error": {}},
    {"error": {"code": "resource_missing", "param": "customer", "message": "No such customer"}},
    {
        "error": {
            "type": "card_error",
            "message": "no",
            "payment_intent": NESTED,
            "source": {"object": "source"},
        }
    },
    *(
        {"error": {"type": kind, "code": kind, "message": "no", "object": "account", "data": [NESTED]}}
        for kind in (
            "idempotency_error",
            "rate_limit",
            "blocked_by_stripe",
            "not_cancelable",
            "invalid_request",
        )
    ),
)
"""Bodies of errors: as both generations of Stripe's API have them, with objects inside, and nonsense."""


class Runtime(MetaPathFinder):
    """Finds the packages of the Lambda runtime, and no others of this machine."""

    def __init__(self, places: list[str]) -> None:
        self.places = places

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in RUNTIME:
            return None
        return PathFinder.find_spec(fullname, self.places if path is None else path, target)


def import_all(*, with_stripe: bool) -> None:
    package = importlib.import_module(LIBRARY)
    for module in pkgutil.walk_packages(package.__path__, f"{LIBRARY}."):
        if with_stripe or module.name != f"{LIBRARY}.stripe_side.unparsed":
            importlib.import_module(module.name)
    for name in package.__all__:
        getattr(package, name)


class Answer(BaseHTTPRequestHandler):
    """Answers every request with the status and the body that are to be tried now."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms for the acknowledgement of its headers
    status: int
    body: bytes

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def questions(api: Any) -> Iterator[Callable[[], object]]:
    yield lambda: api.fetch_subscription("sub_1", account="acct_1", with_invoice=True)
    yield lambda: api.fetch_fresh("entitlements.active_entitlement_summary", "cus_1", "2020-01-01T00:00:00Z")
    yield lambda: api.fetch_event("v2.core.event", "evt_1", of_preview=True)
    yield lambda: api.fetch_page("subscriptions", [("customer", "cus_1")])
    yield lambda: api.fetch_customer_metadata("cus_1")
    yield lambda: api.may_read("invoices")


def ask_all() -> int:
    """Ask every question and have it answered in every way; return how many answers there were."""
    from stripe_subscription_handler.errors import HandlerError  # noqa: PLC0415 - found now that Runtime is there
    from stripe_subscription_handler.stripe_side.api import StripeApi  # noqa: PLC0415
    from stripe_subscription_handler.stripe_side.secret import StripeKey  # noqa: PLC0415

    key = StripeKey.from_environment({"STRIPE_SECRET_KEY": "rk_test_1"})
    if key is None:
        raise RuntimeError("there is no key")
    tried = 0
    # Not `HTTPServer`, which asks DNS for the name of this machine.
    with ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        api = StripeApi(key, lambda: 1e9, url, sleep=lambda _: None)
        for status, body in itertools.product(STATUSES, [*OBJECTS, *ERRORS]):
            Answer.status, Answer.body = status, json.dumps(body).encode()
            for ask in questions(api):
                with contextlib.suppress(HandlerError):
                    ask()
                tried += 1
        server.shutdown()
    return tried


def main(stage: str, places: str, with_stripe: str) -> None:
    sys.path.insert(0, stage)
    sys.meta_path.append(Runtime(places.split(os.pathsep)))
    import_all(with_stripe=with_stripe == "True")
    if with_stripe == "True":
        ask_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
