"""What an execution environment makes before its first event, and what it makes anew after a snapshot.

Lambda runs the import of the entry point in a phase of its own, before it hands over an event (source:
Lambda, execution environment lifecycle). The settings and the DynamoDB client are made there: every
environment needs them. Where nobody waits for that phase, stripe is imported too if there is a key: with
provisioned concurrency, and with SnapStart, which takes a snapshot after it and starts every environment
from that.

Nothing is sent to DynamoDB or Stripe here, so no connection is open in a snapshot, and no Stripe key is in
it. The client takes its AWS credentials from the container's endpoint, and renews them by the clock.

What must differ between environments is made after the snapshot. The operating system's randomness does
differ, and with it uuid4, of which botocore makes its idempotency tokens. Python's `random` does not: its
state is in the snapshot, and environments that start together would wait the same "random" time between
retries.
"""

import contextlib
import functools
import random
from collections.abc import Callable, Mapping

INITIALIZATION_TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE"
_ON_DEMAND = "on-demand"


def prepare(
    environment: Mapping[str, str], for_all: Callable[[], object], unless_waited_for: Callable[[], object]
) -> None:
    """Do work before the first event; outside Lambda, do nothing.

    `for_all` is what every execution environment needs, `unless_waited_for` what some need: it is done where
    no event waits for this phase to end.

    Work that fails is left to the first invocation, which does it again and tells why in the usual way. An
    error here would say less, and keep a version with SnapStart from being published.
    """
    initialization = environment.get(INITIALIZATION_TYPE)
    if initialization is None:
        return
    for job in (for_all,) if initialization == _ON_DEMAND else (for_all, unless_waited_for):
        with contextlib.suppress(Exception):
            job()


@functools.cache
def renew_randomness() -> None:
    """Seed `random` anew, once. Each invocation calls this; the first one comes after the snapshot."""
    random.seed()
