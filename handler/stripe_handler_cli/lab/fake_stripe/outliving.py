"""A fake Stripe that outlives its command: it answers for a kept stack, at the stack's address of Stripe.

A process of its own, for as long as the stack's local AWS runs. It shows the account as it was left, with a
clock that goes on from there, and sends what is changed in it (`link`) to the stack's event source.
"""

import functools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.lab.fake_stripe.accounts import Account, objects
from stripe_handler_cli.lab.fake_stripe.destinations import EVENTBRIDGE, Destinations
from stripe_handler_cli.lab.fake_stripe.edits import EditedAccount
from stripe_handler_cli.lab.fake_stripe.partner_side import LocalPartner
from stripe_handler_cli.lab.fake_stripe.server import FakeStripe
from stripe_handler_cli.lab.simulator.render_entitlements import SUMMARY
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools import local_aws
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES

_FILE, _LOG = "stripe.json", "stripe.log"
_KINDS = ("subscription", "customer", "invoice", "checkout.session", "event")
_ACCOUNT_ID = "000000000000"  # local AWS has one account
_LOOK_SECONDS, _START_SECONDS = 0.5, 20.0
_PAST_SECONDS = 60.0
"""So long after the newest object somebody looks, where the account's own clock is behind that."""


@contextmanager
def outliving(stripe: FakeStripe, state_directory: Path, event_source: str | None) -> Iterator[FakeStripe]:
    """Run a fake Stripe; if in the end local AWS runs on in the state directory, so does that."""
    try:
        with stripe:
            yield stripe
    finally:
        if _aws(state_directory) is not None:
            go_on(state_directory, _known(stripe), event_source)


def standing_by(state_directory: Path) -> str:
    """The URL of the fake Stripe beside the local AWS of a state directory; one without objects is begun."""
    path = state_directory / _FILE
    port = json.loads(path.read_text(encoding="utf-8"))["port"] if path.is_file() else None
    if port is not None and _answers(port):
        return f"http://127.0.0.1:{port}"
    with FakeStripe() as begun:
        known = _known(begun)
    return go_on(state_directory, known, None)


def go_on(state_directory: Path, known: Mapping[str, Any], event_source: str | None) -> str:
    """Start the process, wait until it answers, and return its URL.

    Raises:
        CliError: It does not start.
    """
    directory = state_directory.resolve()
    path = directory / _FILE
    path.write_text(json.dumps({**known, "event_source": event_source}), encoding="utf-8")
    with (directory / _LOG).open("w") as log:
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", __name__, str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    answering = functools.partial(_answers, known["port"])
    if not poll(answering, every_seconds=0.05, timeout_seconds=_START_SECONDS):
        raise CliError(f"The fake Stripe of {state_directory} did not go on; {directory / _LOG} says why.")
    return f"http://127.0.0.1:{known['port']}"


def serve(state_directory: Path) -> None:
    """Answer until local AWS of the state directory ends."""
    known = json.loads((state_directory / _FILE).read_text(encoding="utf-8"))
    running = _aws(state_directory)
    if running is None:
        return
    partner = LocalPartner(Endpoint(running.environment()).events)
    destinations = Destinations(partner)
    if known["event_source"] is not None:
        destinations.adopt(known["event_source"].rpartition("/")[2], _destination(running))
    with FakeStripe(
        objects(*known["objects"]),
        port=known["port"],
        now=lambda: time.time() + known["ahead_seconds"],
        destinations=destinations,
    ):
        while _aws(state_directory) is not None:
            time.sleep(_LOOK_SECONDS)


def _known(stripe: FakeStripe) -> dict[str, Any]:
    """What the process must know to answer as this one did."""
    handed = list(_objects(EditedAccount(stripe.account, stripe.edits)))
    newest = max((float(one.get("created") or 0) for one in handed), default=0.0)
    ahead = max(stripe.now(), newest + _PAST_SECONDS) - time.time()
    return {"port": int(stripe.url.rpartition(":")[2]), "ahead_seconds": max(0.0, ahead), "objects": handed}


def _objects(account: Account) -> Iterator[Mapping[str, Any]]:
    for kind in _KINDS:
        for identifier in account.newest_first(kind):
            found = [account.find(kind, identifier)]
            if kind == "customer":
                found.append(account.find(SUMMARY, identifier))
            yield from (one.body for one in found if one.body is not None)


def _destination(running: local_aws.LocalAws) -> dict[str, Any]:
    return {
        "name": "local stack",
        "type": EVENTBRIDGE,
        "event_payload": "snapshot",
        "enabled_events": list(DEFAULT_EVENT_TYPES),
        EVENTBRIDGE: {"aws_account_id": _ACCOUNT_ID, "aws_region": running.region},
    }


def _aws(state_directory: Path) -> local_aws.LocalAws | None:
    return local_aws.status(state_directory / "local-aws")


def _answers(port: int) -> bool | None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return None


if __name__ == "__main__" and os.fork() == 0:
    os.setsid()  # Ctrl-C in the terminal is not for this one
    serve(Path(sys.argv[1]))
