"""What a SnapStart snapshot holds, and what each function started from it makes anew. Knows no events.

Lambda takes the snapshot once, after the import of the entry point, and starts every execution environment
from it (source: Lambda, SnapStart). So what is slow and the same for all is done before it: the settings, the
DynamoDB client, the import of stripe where there is a key. Nothing is sent to DynamoDB or Stripe for that, so
no connection is open. No Stripe key is read, so none is in the snapshot. The client takes its AWS credentials
from the container's endpoint, and renews them by the clock.

What must differ from one environment to the next is made after it. The operating system's randomness does,
and with it uuid4, of which botocore makes its idempotency tokens. Python's `random` does not: its state is in
the snapshot, and environments that start together would wait the same "random" time between retries.
"""

import contextlib
import functools
import random
from collections.abc import Callable, Mapping

INITIALIZATION_TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE"
_SNAP_START = "snap-start"


def prepare(environment: Mapping[str, str], *work: Callable[[], object]) -> None:
    """Do work before the snapshot is taken; without SnapStart, nothing.

    Work that fails is left to the first invocation, which does it again and tells why in the usual way. An
    error here would keep the version from being published instead.

    Args:
        environment: The process environment, in which Lambda says how the function is started.
        work: What to do.
    """
    if environment.get(INITIALIZATION_TYPE) != _SNAP_START:
        return
    for job in work:
        with contextlib.suppress(Exception):
            job()


@functools.cache
def renew_randomness() -> None:
    """Seed `random` anew; call it in each invocation: the first one is after the snapshot, and does it."""
    random.seed()
