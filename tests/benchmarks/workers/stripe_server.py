"""Shows a Stripe account on the loopback, in a process of its own: `stripe_server.py ACCOUNT`.

ACCOUNT is a JSON file with `objects` and `now`, the Unix time that Stripe shows. Each line on standard
input is answered by a line of JSON: the server's URL, and how many requests it got. It ends with that input.
"""

import functools
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.lab.fake_stripe.accounts import Found


@attrs.define(slots=False)
class Listed:
    """Objects by kind and id; each kind's order, and what a subscription was billed, is found once.

    Stripe has machines of its own for that: here it would take its time from what is measured.
    """

    by_name: Mapping[tuple[str, str], Mapping[str, Any]]

    def find(self, kind: str, identifier: str) -> Found:
        """An object."""
        return Found(self.by_name.get((kind, identifier)))

    def newest_first(self, kind: str, of: str | None = None) -> Sequence[str]:
        """The ids of a kind."""
        if kind == "invoice" and of is not None:
            return self._billed.get(of, ())
        return self._ids.get(kind, ())

    @functools.cached_property
    def _billed(self) -> dict[str, list[str]]:
        billed = defaultdict(list)
        for identifier in self._ids.get("invoice", ()):
            parent = self.by_name["invoice", identifier].get("parent") or {}
            details = parent.get("subscription_details") or {}
            billed[details.get("subscription")].append(identifier)
        return billed

    @functools.cached_property
    def _ids(self) -> dict[str, list[str]]:
        kinds = defaultdict(list)
        for (kind, identifier), body in self.by_name.items():
            kinds[kind].append((int(body["created"]), identifier))
        return {kind: [one for _, one in sorted(found, reverse=True)] for kind, found in kinds.items()}


def main() -> None:
    """Serve until there is nobody to serve any more."""
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    account = Listed({(one["object"], one["id"]): one for one in found["objects"]})
    with FakeStripe(account=account, now=lambda: float(found["now"])) as stripe:
        for _ in sys.stdin:
            sys.stdout.write(json.dumps({"url": stripe.url, "requests": len(stripe.received)}) + "\n")
            sys.stdout.flush()


main()
