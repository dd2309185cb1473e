"""What the pages ask the stack with: clients that are shared, settings that are fresh, threads side by side.

Holds what the command line said and nothing that it has seen of a stack but its settings, for a minute.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar

import attrs
from botocore.config import Config

from stripe_handler_cli.common.console import nobody
from stripe_handler_cli.common.progress import Step, step
from stripe_handler_cli.operate.explain.gathering import Explanation, Gatherer
from stripe_handler_cli.stack.bus import is_local
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.stripe_api import stripe_api
from stripe_handler_cli.stack.stripe_options import StripeAccess

_SETTINGS_SECONDS = 60.0
_THREADS = 16
_QUICK = Config(
    # It slows down where AWS throttles: parts of a log are read side by side.
    retries={"mode": "adaptive", "total_max_attempts": 6},
    connect_timeout=3,
    read_timeout=20,
    max_pool_connections=_THREADS,
)
LOG_PARTS_AT_ONCE = 4
_STRIPE_PAGES = 20
"""Pages of Stripe's list of events that a page is made of at most; `explain` reads more."""
_Answer = TypeVar("_Answer")


@attrs.define
class _Clients:
    """One client a service: making one takes longer than most requests."""

    endpoint: Endpoint
    made: dict[str, Any] = attrs.Factory(dict)
    lock: threading.Lock = attrs.Factory(threading.Lock)

    def __call__(self, service: str) -> Any:
        with self.lock:
            if service not in self.made:
                self.made[service] = self.endpoint.client(service, _QUICK)
            return self.made[service]


@attrs.define
class Desk:
    """A stack, and what the person at the console may do with it.

    Attributes:
        given: The stack as the command found it; its clients are as patient as an action needs.
        options: What leads other commands to the same stack, with a space before each.
        stripe: The operator's own access to Stripe.
        may_act: Whether anything may be changed.
    """

    given: DeployedStack
    options: str = ""
    stripe: StripeAccess | None = None
    may_act: bool = False
    clock: Callable[[], float] = time.monotonic
    threads: ThreadPoolExecutor = attrs.field(factory=lambda: ThreadPoolExecutor(_THREADS), repr=False)
    _shared: DeployedStack = attrs.field(init=False, repr=False)
    _renewed: float = attrs.field(init=False, default=float("-inf"))
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        endpoint = self.given.endpoint
        if endpoint.make_client is None:
            endpoint = attrs.evolve(endpoint, make_client=_Clients(endpoint))
        self._shared = attrs.evolve(self.given, endpoint=endpoint)

    @property
    def stack(self) -> DeployedStack:
        """The stack, for looking; the function's settings are asked for once a minute."""
        with self._lock:
            if self.clock() - self._renewed > _SETTINGS_SECONDS:
                self._shared, self._renewed = attrs.evolve(self._shared), self.clock()
            return self._shared

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.given.outputs

    @property
    def name(self) -> str:
        """Of the environment."""
        return str(self.outputs.get("environment") or self.outputs.get("function_name") or "stack")

    @property
    def is_local(self) -> bool:
        """Whether the stack is on local AWS."""
        return is_local(self.stack)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def together(self, **calls: Callable[[], _Answer]) -> dict[str, _Answer]:
        """Make calls side by side, and return what they answer; the first error is raised."""
        asked = {name: self.threads.submit(call) for name, call in calls.items()}
        return {name: one.result() for name, one in asked.items()}

    def explain(self, user_id: str, *, ask_stripe: bool = False) -> Explanation:
        """What `stripe-handler explain` says of a user."""
        api = None
        if ask_stripe and self.stripe is not None:
            api = stripe_api(self.stripe, self.stack.config.stripe_api_url, "events")
        with silent() as reading:
            gatherer = Gatherer(self.stack, self.now(), LOG_PARTS_AT_ONCE)
            return gatherer.explain(user_id, None, api, _STRIPE_PAGES, reading)


def silent() -> AbstractContextManager[Step]:
    """A step of which nothing is shown, for what tells how far it is."""
    return step(nobody(), "")
